// Bring-up of a virtio NIC by whoever owns the function: reset, features, address, queue pairs, commands.
// Slow and careful; frames travel through queue.hpp. The queues' memory is the caller's matter.
#pragma once

#include "drivers/virtio-net/command_queue.hpp"
#include "drivers/virtio-net/spec.hpp"
#include "drivers/virtio/transport.hpp"

#include <array>

namespace exo::virtio_net {

// What the owner would like; what it gets is in Facts.
struct Wishes {
    std::uint16_t pairs = 1;
    bool packed = true;     // rings, where offered
    bool checksums = true;  // the device's help with them, where offered
    bool mergeable = false; // frames spread over several rooms
    bool promiscuous = false;
};

struct Facts {
    std::uint64_t features = 0; // agreed
    std::array<std::uint8_t, 6> mac{};
    std::uint16_t mtu = 1500; // octets above the Ethernet header
    std::uint16_t pairs = 1;  // at most as many as wished for
    bool packed = false;

    bool has(std::uint64_t feature_bits) const { return (features & feature_bits) == feature_bits; }
};

class Control {
public:
    Control() = default;
    Control(const Control&) = delete; // the environment outlives it where it stands
    Control& operator=(const Control&) = delete;

    // Resets the device, agrees with it on features and reads what it is. After a failure the device has been reset.
    virtio::Expected<void> open(const virtio::Environment& environment, const Wishes& wishes);
    const Facts& facts() const { return facts_; }

    // The size to use for a queue of which `wanted` entries would do: a power of two, 0 when there is no such queue.
    std::uint16_t queue_size(std::uint16_t queue, std::uint16_t wanted) const;
    // Tells the device where a queue lies; its doorbell. `vector`: of MSI-X, or virtio::no_vector. Before start().
    virtio::Expected<virtio::Doorbell> set_up_queue(std::uint16_t queue, const virtio::QueuePlaces& places,
                                                    std::uint16_t vector) {
        return transport_.set_up_queue(queue, places, vector);
    }
    // The device works from here on, with all pairs. After a failure it has been reset.
    virtio::Expected<void> start();

    bool needs_reset() const { return transport_.needs_reset(); }
    // Takes all queues back; false when the device did not obey in time. Afterwards it touches no memory.
    bool reset() { return transport_.reset(); }

private:
    virtio::Expected<void> agree(const Wishes& wishes);
    virtio::Expected<void> read_facts(const Wishes& wishes);
    virtio::Expected<void> open_command_queue();

    const virtio::Environment* environment_ = nullptr;
    virtio::Transport transport_;
    CommandQueue commands_;
    Facts facts_;
    std::uint16_t command_queue_ = 2; // its number: behind the last pair there may be
    bool promiscuous_ = false;
};

} // namespace exo::virtio_net
