// A virtio PCI device in ordinary memory, for host tests: configuration space, register structures, split queues as the
// device sees them. It obeys the standard unless a test tells it not to. Behaviour of a device type is a handler.
#pragma once

#include "drivers/virtio/environment.hpp"
#include "drivers/virtio/spec.hpp"

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace exo::test {

// How a device can break the rules. Nothing set: it does not.
struct Misbehaviour {
    bool never_resets = false;
    bool refuses_features = false;
    bool config_never_settles = false;
    bool refuses_vectors = false;
    bool loses_everything = false; // takes no request
    // Applied to the next completion.
    std::optional<std::uint32_t> used_id;
    std::optional<std::uint32_t> used_bytes;
    std::optional<std::uint16_t> used_index_ahead;
    bool scribbles_on_rings = false; // overwrites descriptors and the available ring after taking a chain
};

class FakeDevice {
public:
    struct Queue {
        std::uint16_t size_max = 0;
        std::uint16_t size = 0;
        std::uint16_t vector = virtio::no_vector;
        bool enabled = false;
        std::uint64_t descriptors = 0, driver_area = 0, device_area = 0;
        std::uint16_t taken = 0; // available entries consumed
        std::uint16_t used = 0;
    };
    struct Chain {
        std::uint16_t queue = 0;
        std::uint16_t head = 0;
        std::string request = {};
        struct Room {
            std::byte* memory;
            std::uint32_t bytes;
        };
        std::vector<Room> rooms = {};
        std::size_t room_bytes() const;
        // Scatters a reply; gives the bytes written.
        std::uint32_t write(std::string_view reply) const;
    };

    FakeDevice(virtio::DeviceType type, std::vector<std::uint16_t> queue_sizes, std::string device_config);

    virtio::Environment environment();

    // Called by relax and by tests: takes what is in the available rings and hands it to `handle`.
    void step();
    // Gives the chain back; from the handler or later.
    void complete(const Chain& chain, std::uint32_t bytes_written);

    std::function<void(FakeDevice&, Chain)> handle; // by default completes with nothing written
    std::function<void()> on_step;                  // extra work at each relax
    Misbehaviour wrong;
    std::uint64_t features = virtio::feature::version_1 | virtio::feature::access_platform;
    std::array<std::uint8_t, 4096> config{};
    std::vector<Queue> queues;
    std::uint8_t status = 0;
    std::uint64_t accepted_features = 0;
    unsigned doorbells_rung = 0;
    std::uint64_t now_us = 0;
    std::size_t dma_left = 16 << 20;
    std::uint16_t used_flags = 0;

    std::byte* at(std::uint64_t device_address, std::size_t bytes);
    // A capability in configuration space; gives its place.
    std::size_t add_capability(virtio::StructureType type, std::uint8_t bar, std::uint32_t offset, std::uint32_t bytes);

private:
    static FakeDevice& self(void* context) { return *static_cast<FakeDevice*>(context); }
    std::optional<virtio::BarWindow> map(unsigned bar, std::uint64_t offset, std::uint64_t bytes);
    std::optional<virtio::DmaBuffer> allocate(std::size_t bytes);
    std::uint64_t read_common(std::uint64_t offset, unsigned bytes);
    void write_common(std::uint64_t offset, std::uint64_t value, unsigned bytes);
    bool take_one(std::uint16_t number);

    struct Allocation {
        std::uint64_t device_address;
        std::unique_ptr<std::byte[]> memory; // exact size, so that the sanitizer sees a step outside
        std::size_t bytes;
    };
    std::vector<Allocation> allocations_;
    std::uint64_t next_address_ = 0x1'0000'0000; // unlike any pointer
    std::string device_config_;
    std::array<std::uint16_t, 64> doorbell_memory_{};
    std::size_t next_capability_ = 0x40;
    std::size_t last_link_ = 0x34;
    std::uint32_t feature_select_ = 0;
    std::uint16_t queue_select_ = 0;
    std::uint8_t generation_ = 0;
};

} // namespace exo::test
