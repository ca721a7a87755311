// The driver's side of a split virtqueue (virtio 1.2, 2.7): puts buffer chains in, polls completions out.
// Single-threaded; the caller locks. Set up with transport.hpp. Nothing the device writes is used unchecked.
#pragma once

#include "drivers/virtio/environment.hpp"
#include "drivers/virtio/problem.hpp"
#include "drivers/virtio/transport.hpp"

#include <span>

namespace exo::virtio {

inline constexpr std::uint16_t split_queue_size_max = 128;

// A piece of memory as the device sees it.
struct Piece {
    std::uint64_t device_address;
    std::uint32_t bytes;
};

// A chain the device is done with.
struct Completion {
    std::uint16_t chain;         // as add() named it
    std::uint32_t bytes_written; // by the device, from the start of the writable pieces
};

class SplitQueue {
public:
    SplitQueue() = default;

    // Memory that a queue of `size` entries needs.
    static std::size_t memory_bytes(std::uint16_t size);
    // `size` is a power of two up to split_queue_size_max; `memory` is zeroed and aligned to 16 bytes.
    static Expected<SplitQueue> create(const DmaBuffer& memory, std::uint16_t size);

    const QueuePlaces& places() const { return places_; }
    void set_doorbell(const Doorbell& doorbell) { doorbell_ = doorbell; }

    std::uint16_t size() const { return places_.size; }
    std::uint16_t free_descriptors() const { return free_count_; }
    std::uint16_t chains_in_flight() const { return in_flight_; }
    // Set once the device broke a rule; every call fails with it from then on.
    bool is_broken() const { return broken_; }

    // Offers a chain: first what the device reads, then what it writes. The pieces stay the device's until the chain
    // completes. Gives the chain's name. The device may take it at once, but is only told by kick().
    Expected<std::uint16_t> add(std::span<const Piece> readable, std::span<const Piece> writable);
    // Rings the doorbell, unless the device asked not to be told.
    void kick();
    // The next completion, if there is one. `found` false and no problem: nothing yet.
    struct Polled {
        bool found = false;
        Completion completion{};
    };
    Expected<Polled> poll();

private:
    // Private books about a descriptor. The ring's own links are never read back.
    struct Book {
        std::uint16_t next;           // in its chain or in the free list
        std::uint16_t chain_length;   // nonzero only at the head of a chain in flight
        std::uint32_t writable_bytes; // of that chain
    };

    std::uint16_t take_descriptor(const Piece& piece, std::uint16_t flags, std::uint16_t before);
    void release_chain(std::uint16_t head);
    std::unexpected<Problem> break_with(Problem problem);

    Descriptor* descriptors_ = nullptr;
    RingHeader* available_ = nullptr;
    std::uint16_t* available_ring_ = nullptr;
    const RingHeader* used_ = nullptr;
    const UsedElement* used_ring_ = nullptr;
    QueuePlaces places_{};
    Doorbell doorbell_{};
    std::uint16_t free_head_ = 0;
    std::uint16_t free_count_ = 0;
    std::uint16_t in_flight_ = 0;
    std::uint16_t available_index_ = 0;
    std::uint16_t used_index_ = 0;
    bool broken_ = false;
    Problem problem_ = Problem::TimedOut; // meaningful when broken_
    Book books_[split_queue_size_max] = {};
};

} // namespace exo::virtio
