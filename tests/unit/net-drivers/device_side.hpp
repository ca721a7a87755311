// The device's half of a NIC's ring, in plain memory: takes what the driver offered and completes it, truthfully or
// not.
#pragma once

#include "drivers/virtio-net/queue.hpp"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

namespace exo::test {

// Exactly as long as asked, so that the sanitizer sees a step outside; aligned to a page.
struct RingMemory {
    explicit RingMemory(std::size_t size)
        : bytes(size), block(static_cast<std::byte*>(std::aligned_alloc(4096, (size + 4095) & ~4095ull)), std::free),
          base(block.get()) {
        std::memset(base, 0, size);
    }
    virtio::DmaBuffer buffer() const { return {base, 0x7000'0000, bytes}; }
    std::size_t bytes;
    std::unique_ptr<std::byte, void (*)(void*)> block;
    std::byte* base;
};

// A buffer as the device finds it.
struct Offered {
    std::uint16_t id;
    std::uint64_t address;
    std::uint32_t bytes;
    std::uint16_t flags;
};

template <typename Ring>
class DeviceSide;

template <>
class DeviceSide<virtio_net::SplitRing> {
public:
    DeviceSide(RingMemory& memory, const virtio::QueuePlaces& places) : memory_(memory), places_(places) {}

    std::optional<Offered> take() {
        const auto* const available = at<std::uint16_t>(places_.driver_area);
        if (available[1] == taken_)
            return std::nullopt;
        // A test may have written noise there.
        const std::uint16_t head = available[2 + taken_++ % places_.size] % places_.size;
        const auto descriptor = at<virtio::Descriptor>(places_.descriptors)[head];
        return Offered{head, descriptor.address, descriptor.bytes, descriptor.flags};
    }
    void complete(std::uint32_t id, std::uint32_t bytes) {
        auto* const header = at<virtio::RingHeader>(places_.device_area);
        auto* const elements = reinterpret_cast<virtio::UsedElement*>(header + 1);
        elements[header->index % places_.size] = {id, bytes};
        ++header->index;
    }
    bool wants_interrupts() const { return at<virtio::RingHeader>(places_.driver_area)->flags == 0; }
    void want_doorbells(bool wanted) { at<virtio::RingHeader>(places_.device_area)->flags = wanted ? 0 : 1; }

private:
    template <typename T>
    T* at(std::uint64_t address) const {
        return reinterpret_cast<T*>(memory_.base + (address - memory_.buffer().device_address));
    }
    RingMemory& memory_;
    virtio::QueuePlaces places_;
    std::uint16_t taken_ = 0;
};

template <>
class DeviceSide<virtio_net::PackedRing> {
public:
    DeviceSide(RingMemory& memory, const virtio::QueuePlaces& places) : memory_(memory), places_(places) {}

    std::optional<Offered> take() {
        const auto& descriptor = table()[taken_ % places_.size];
        const auto flags = static_cast<std::uint16_t>(descriptor.rest >> 48);
        const bool wrap = taken_ / places_.size % 2 == 0;
        const bool available = (flags & virtio_net::packed_flag::available) != 0;
        const bool used = (flags & virtio_net::packed_flag::used) != 0;
        if (available != wrap || used == wrap)
            return std::nullopt;
        ++taken_;
        constexpr std::uint16_t both = virtio_net::packed_flag::available | virtio_net::packed_flag::used;
        return Offered{static_cast<std::uint16_t>(descriptor.rest >> 32), descriptor.address,
                       static_cast<std::uint32_t>(descriptor.rest), static_cast<std::uint16_t>(flags & ~both)};
    }
    void complete(std::uint32_t id, std::uint32_t bytes) {
        const bool wrap = used_ / places_.size % 2 == 0;
        const std::uint64_t flags = wrap ? virtio_net::packed_flag::available | virtio_net::packed_flag::used : 0;
        table()[used_ % places_.size].rest = bytes | std::uint64_t{id & 0xffff} << 32 | flags << 48;
        ++used_;
    }
    bool wants_interrupts() const { return events(places_.driver_area)->flags == virtio_net::packed_events::enable; }
    void want_doorbells(bool wanted) {
        events(places_.device_area)->flags =
            wanted ? virtio_net::packed_events::enable : virtio_net::packed_events::disable;
    }

private:
    virtio_net::PackedDescriptor* table() const {
        return reinterpret_cast<virtio_net::PackedDescriptor*>(memory_.base);
    }
    virtio_net::PackedEvents* events(std::uint64_t address) const {
        return reinterpret_cast<virtio_net::PackedEvents*>(memory_.base + (address - memory_.buffer().device_address));
    }
    RingMemory& memory_;
    virtio::QueuePlaces places_;
    std::uint32_t taken_ = 0, used_ = 0;
};

} // namespace exo::test
