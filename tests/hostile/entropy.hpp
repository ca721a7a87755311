// An entropy device (virtio 1.2, 5.4) driven by the child that owns it: one queue of buffers that the device fills.
// By hand and without a C library, since this runs in a bare child, and free to name any address, since it attacks.
// Facts: drivers/virtio/spec.hpp. The rings lie on the first page of the child's buffer (lent_function.hpp).
#pragma once

#include "drivers/virtio/spec.hpp"
#include "tests/hostile/lent_function.hpp"

namespace hostile {

class Entropy {
public:
    static constexpr std::uint16_t queue_size = 64;

    // Reset, features, queue 0 with this MSI-X vector; false when the device does not agree.
    bool start(std::uint16_t vector = exo::virtio::no_vector);
    // Offers `bytes` at an address of the function's domain, from descriptor `place`.
    void offer(std::uint16_t place, std::uint64_t device_address, std::uint32_t bytes);
    void kick() const;
    // Buffers that the device has given back so far; wraps.
    std::uint16_t given_back() const;
    // Bytes written into the last of them.
    std::uint32_t last_bytes() const;
    // Waits for the device to give back what was offered.
    bool drained(std::uint64_t cycles) const;

private:
    std::uint64_t structure(exo::virtio::StructureType type) const;

    std::uint64_t common_ = 0;
    std::uint64_t doorbell_ = 0;
    std::uint16_t offered_ = 0;
};

} // namespace hostile
