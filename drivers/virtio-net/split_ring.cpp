// Setting a split ring up, and putting it out of use. See split_ring.hpp.
#include "drivers/virtio-net/split_ring.hpp"

namespace exo::virtio_net {

namespace {

constexpr std::size_t line = 64; // what the driver writes and what the device writes share none

constexpr std::size_t round_up(std::size_t bytes) {
    return (bytes + line - 1) & ~(line - 1);
}
constexpr std::size_t available_offset(std::uint16_t size) {
    return sizeof(virtio::Descriptor) * size;
}
constexpr std::size_t used_offset(std::uint16_t size) {
    return round_up(available_offset(size) + sizeof(virtio::RingHeader) + sizeof(std::uint16_t) * size +
                    virtio::ring_event_bytes);
}

} // namespace

std::size_t SplitRing::memory_bytes(std::uint16_t size) {
    return used_offset(size) + sizeof(virtio::RingHeader) + sizeof(virtio::UsedElement) * size +
           virtio::ring_event_bytes;
}

virtio::Expected<void> SplitRing::open(const virtio::DmaBuffer& memory, std::uint16_t size) {
    const bool power_of_two = size != 0 && (size & (size - 1)) == 0;
    if (!power_of_two || size > ring_size_max || !memory.memory || memory.bytes < memory_bytes(size) ||
        reinterpret_cast<std::uintptr_t>(memory.memory) % line != 0 || memory.device_address % line != 0)
        return std::unexpected(virtio::Problem::BadQueueMemory);
    std::byte* const base = memory.memory;
    // Safe: each part lies inside the memory, checked above, at an address aligned for it.
    slots_ = reinterpret_cast<Slot*>(base);
    available_ = reinterpret_cast<virtio::RingHeader*>(base + available_offset(size));
    used_ = reinterpret_cast<const virtio::RingHeader*>(base + used_offset(size));
    used_ring_ = reinterpret_cast<const virtio::UsedElement*>(used_ + 1);
    mask_ = size - 1u;
    places_ = {size, memory.device_address, memory.device_address + available_offset(size),
               memory.device_address + used_offset(size)};
    auto* const heads = reinterpret_cast<std::uint16_t*>(available_ + 1);
    for (std::uint16_t slot = 0; slot < size; ++slot)
        heads[slot] = slot;
    disable_interrupts();
    return {};
}

std::uint32_t SplitRing::break_with(virtio::Problem problem) {
    if (broken_)
        return 0;
    broken_ = true;
    problem_ = problem;
    // From here on the ring looks empty to take from and full to offer to, so that the data path needs no check.
    taken_ = 0;
    nothing_ = {virtio::ring_flag::no_notify, 0};
    used_ = &nothing_;
    no_element_ = {.id = ~0u, .bytes = 0};
    used_ring_ = &no_element_;
    for (std::size_t slot = 0; slot <= mask_; ++slot)
        if (!tokens_[slot])
            tokens_[slot] = &nothing_;
    return 0;
}

void* SplitRing::recover() {
    while (recovered_ <= mask_) {
        void* const token = tokens_[recovered_];
        tokens_[recovered_++] = &nothing_;
        if (token && token != &nothing_)
            return token;
    }
    return nullptr;
}

} // namespace exo::virtio_net
