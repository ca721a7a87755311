// A modern virtio device over PCI: reset, features, queues, device configuration, in the order of virtio 1.2, 3.1.1.
// Control only, slow and careful; requests travel through split_queue.hpp.
#pragma once

#include "drivers/virtio/capabilities.hpp"
#include "drivers/virtio/environment.hpp"

namespace exo::virtio {

inline constexpr std::uint64_t reset_timeout_us = 2'000'000;
inline constexpr unsigned config_reads_max = 16;

// The register that tells a device to look at a queue (4.1.4.4).
struct Doorbell {
    volatile std::uint16_t* place = nullptr;
    std::uint16_t queue = 0;

    // Preceded by before_doorbell() where the requests were written.
    void ring() const { *place = queue; }
};

// Where a queue's three parts lie for the device; the same for split and packed rings.
struct QueuePlaces {
    std::uint16_t size = 0;
    std::uint64_t descriptors = 0;
    std::uint64_t driver_area = 0;
    std::uint64_t device_area = 0;
};

class Transport {
public:
    Transport() = default;

    // Finds and maps the structures, resets the device and says that a driver has come (steps 1 to 3).
    static Expected<Transport> open(const Environment& environment, DeviceType type);

    // Agrees on `required` and what is offered of `wanted`; gives the agreed bits (steps 4 to 6). Virtio 1 and the
    // IOMMU (VERSION_1, ACCESS_PLATFORM) are always required: without them a device would bypass its DMA domain.
    Expected<std::uint64_t> negotiate(std::uint64_t required, std::uint64_t wanted);

    std::uint16_t queue_count() const;
    // Largest size the device allows for a queue; 0 when it has no such queue.
    std::uint16_t queue_size_max(std::uint16_t queue) const;
    // Tells the device where a queue lies and enables it (step 7). `vector` is an MSI-X vector, or no_vector for
    // polling.
    Expected<Doorbell> set_up_queue(std::uint16_t queue, const QueuePlaces& places, std::uint16_t vector = no_vector);
    // The device may work from here on (step 8).
    void start();

    // Copies the device configuration from `offset`, whole as of one moment. Fails when it is shorter or never holds
    // still.
    Expected<void> read_config(std::uint64_t offset, std::byte* destination, std::size_t bytes) const;
    // Bytes of device configuration there are.
    std::size_t config_bytes() const { return regions_.device.bytes; }

    // True when the device has asked to be reset (2.1.2).
    bool needs_reset() const;
    // Tells the device that the driver has given up.
    void give_up();
    // Takes every queue back; false when the device did not obey in time. Afterwards the device touches no memory.
    bool reset();

private:
    void add_status(std::uint8_t bits);
    std::uint64_t offered_features() const;
    void accept_features(std::uint64_t features);

    const Environment* environment_ = nullptr;
    Regions regions_{};
    BarWindow common_{};
    BarWindow notify_{};
    BarWindow device_{};
};

} // namespace exo::virtio
