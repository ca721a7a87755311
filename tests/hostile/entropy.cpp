// See entropy.hpp.
#include "tests/hostile/entropy.hpp"

namespace hostile {

using namespace exo::virtio;

namespace {

struct Rings {
    volatile Descriptor descriptor[Entropy::queue_size];
    volatile RingHeader available;
    volatile std::uint16_t available_ring[Entropy::queue_size];
    volatile std::uint16_t reserved[2];
    alignas(64) volatile RingHeader used;
    volatile UsedElement used_ring[Entropy::queue_size];
};
static_assert(sizeof(Rings) <= exo::page_bytes);

// Safe, all of these: places that lend() mapped in this child.
Rings& rings() {
    return *reinterpret_cast<Rings*>(buffer_at);
}
template <typename T>
volatile T& place(std::uint64_t address) {
    return *reinterpret_cast<volatile T*>(address);
}

} // namespace

// Register structures of QEMU's virtio functions are all in the BAR that lend() maps.
std::uint64_t Entropy::structure(StructureType type) const {
    std::uint64_t at = place<std::uint8_t>(configuration_at + pci_config::capabilities);
    for (unsigned i = 0; at != 0 && i < pci_config::capability_count_max; i++) {
        std::uint64_t entry = configuration_at + at;
        if (place<std::uint8_t>(entry + pci_capability::id) == pci_config::capability_vendor &&
            place<std::uint8_t>(entry + pci_capability::type) == static_cast<std::uint8_t>(type))
            return registers_at + place<std::uint32_t>(entry + pci_capability::offset);
        at = place<std::uint8_t>(entry + pci_capability::next);
    }
    return 0;
}

bool Entropy::start(std::uint16_t vector) {
    common_ = structure(StructureType::Common);
    doorbell_ = structure(StructureType::Notify); // queue 0 is at offset 0 of it
    if (!common_ || !doorbell_)
        return false;
    volatile std::uint8_t& state = place<std::uint8_t>(common_ + common::device_status);
    state = 0;
    for (std::uint64_t i = 0; i < exo::page_bytes / 8; i++) // whatever the frame held before
        place<std::uint64_t>(buffer_at + i * 8) = 0;
    state = status::acknowledge | status::driver;
    place<std::uint32_t>(common_ + common::driver_feature_select) = 1;
    place<std::uint32_t>(common_ + common::driver_feature) =
        static_cast<std::uint32_t>((feature::version_1 | feature::access_platform) >> 32);
    state = status::acknowledge | status::driver | status::features_ok;
    if (!(state & status::features_ok))
        return false;
    place<std::uint16_t>(common_ + common::queue_select) = 0;
    place<std::uint16_t>(common_ + common::queue_size) = queue_size;
    place<std::uint16_t>(common_ + common::queue_vector) = vector;
    auto write = [this](std::uint64_t offset, const volatile void* part) {
        std::uint64_t address = device_buffer + (reinterpret_cast<std::uint64_t>(part) - buffer_at);
        place<std::uint32_t>(common_ + offset) = static_cast<std::uint32_t>(address);
        place<std::uint32_t>(common_ + offset + 4) = static_cast<std::uint32_t>(address >> 32);
    };
    write(common::queue_descriptors, &rings().descriptor);
    write(common::queue_driver, &rings().available);
    write(common::queue_device, &rings().used);
    place<std::uint16_t>(common_ + common::queue_enable) = 1;
    state = status::acknowledge | status::driver | status::features_ok | status::driver_ok;
    return !(state & (status::failed | status::needs_reset));
}

void Entropy::offer(std::uint16_t slot, std::uint64_t device_address, std::uint32_t bytes) {
    volatile Descriptor& descriptor = rings().descriptor[slot];
    descriptor.address = device_address;
    descriptor.bytes = bytes;
    descriptor.flags = descriptor_flag::device_writes;
    rings().available_ring[offered_ % queue_size] = slot;
    offered_++;
    __atomic_store_n(&rings().available.index, offered_, __ATOMIC_RELEASE);
}

void Entropy::kick() const {
    place<std::uint16_t>(doorbell_) = 0;
}

std::uint16_t Entropy::given_back() const {
    return __atomic_load_n(&rings().used.index, __ATOMIC_ACQUIRE);
}

std::uint32_t Entropy::last_bytes() const {
    return rings().used_ring[static_cast<std::uint16_t>(given_back() - 1) % queue_size].bytes;
}

bool Entropy::drained(std::uint64_t cycles) const {
    for (std::uint64_t end = lab::tsc() + cycles; lab::tsc() < end;) {
        if (given_back() == offered_)
            return true;
        asm volatile("pause"); // Safe: a hint.
    }
    return given_back() == offered_;
}

} // namespace hostile
