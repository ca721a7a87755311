// Setting a packed ring up, and putting it out of use. See packed_ring.hpp.
#include "drivers/virtio-net/packed_ring.hpp"

namespace exo::virtio_net {

namespace {

constexpr std::size_t line = 64; // what the driver writes and what the device writes share none

constexpr std::size_t driver_events_offset(std::uint16_t size) {
    return (sizeof(PackedDescriptor) * size + line - 1) & ~(line - 1);
}
constexpr std::size_t device_events_offset(std::uint16_t size) {
    return driver_events_offset(size) + line;
}

} // namespace

std::size_t PackedRing::memory_bytes(std::uint16_t size) {
    return device_events_offset(size) + sizeof(PackedEvents);
}

virtio::Expected<void> PackedRing::open(const virtio::DmaBuffer& memory, std::uint16_t size) {
    const bool power_of_two = size != 0 && (size & (size - 1)) == 0;
    if (!power_of_two || size > ring_size_max || !memory.memory || memory.bytes < memory_bytes(size) ||
        reinterpret_cast<std::uintptr_t>(memory.memory) % line != 0 || memory.device_address % line != 0)
        return std::unexpected(virtio::Problem::BadQueueMemory);
    std::byte* const base = memory.memory;
    // Safe: each part lies inside the memory, checked above, at an address aligned for it.
    slots_ = reinterpret_cast<PackedDescriptor*>(base);
    looked_at_ = slots_;
    driver_events_ = reinterpret_cast<PackedEvents*>(base + driver_events_offset(size));
    device_events_ = reinterpret_cast<const PackedEvents*>(base + device_events_offset(size));
    mask_ = size - 1u;
    places_ = {size, memory.device_address, memory.device_address + driver_events_offset(size),
               memory.device_address + device_events_offset(size)};
    disable_interrupts();
    return {};
}

std::uint32_t PackedRing::break_with(virtio::Problem problem) {
    if (broken_)
        return 0;
    broken_ = true;
    problem_ = problem;
    // From here on the ring looks empty to take from and full to offer to, so that the data path needs no check.
    taken_ = 0;
    used_flags_ = both_flags;
    looked_at_ = &nothing_;
    no_events_.flags = packed_events::disable;
    device_events_ = &no_events_;
    for (std::size_t slot = 0; slot <= mask_; ++slot)
        if (!tokens_[slot])
            tokens_[slot] = &nothing_;
    return 0;
}

void* PackedRing::recover() {
    while (recovered_ <= mask_) {
        void* const token = tokens_[recovered_];
        tokens_[recovered_++] = &nothing_;
        if (token && token != &nothing_)
            return token;
    }
    return nullptr;
}

} // namespace exo::virtio_net
