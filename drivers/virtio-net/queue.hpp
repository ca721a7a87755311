// The two directions of a NIC's queue pair, over either ring: rooms for frames out, frames in, and back. A buffer is a
// run of memory that begins with the device's header (spec.hpp), directly before the frame; the owner's token names it.
// Inline and templated: this is the data path, for a library OS as for the kernel.
#pragma once

#include "drivers/virtio-net/packed_ring.hpp"
#include "drivers/virtio-net/split_ring.hpp"

#include <span>

namespace exo::virtio_net {

inline constexpr std::uint32_t header_bytes = sizeof(Header);

// Frames that come.
template <typename Ring>
class ReceiveQueue {
public:
    Ring ring;
    // Of every room, the header included. Set before the first offer.
    std::uint32_t room_bytes = header_bytes;

    // A room at `address` into `slot`, the ring's next, which is free. The device hears of it at publish() at the
    // latest.
    [[gnu::always_inline]] void offer(std::uint32_t slot, void* token, std::uint64_t address) {
        ring.offer(slot, token, address, room_bytes, virtio::descriptor_flag::device_writes);
    }
    void publish() { ring.publish(); }
    // The next room with what was written into it: at least the header, at most the room. Called at most as often as
    // ring.takeable() said. Without a token: nothing more.
    [[gnu::always_inline]] Completion take() { return ring.take(header_bytes, room_bytes); }
    // With mergeable buffers: the further rooms of the frame whose first room begins with `header`, without headers of
    // their own; their number. A device that names more than it completed, or than `into` holds, broke a rule.
    std::size_t take_rest(const Header& header, std::span<Completion> into) {
        const std::uint16_t rooms = virtio::load_shared(header.buffers);
        for (std::uint16_t more = 1; more < rooms; ++more) {
            Completion done{};
            if (more <= into.size() && ring.pending() != 0)
                done = ring.take(1, room_bytes);
            if (!done.token) {
                ring.break_with(virtio::Problem::BadMessage);
                return more - 1u;
            }
            into[more - 1] = done;
        }
        return rooms == 0 ? 0 : rooms - 1u;
    }
};

// Frames that go.
template <typename Ring>
class TransmitQueue {
public:
    Ring ring;

    // A frame of `bytes` with its header, which is at `address`, into `slot`, the ring's next, which is free.
    [[gnu::always_inline]] void offer(std::uint32_t slot, void* token, std::uint64_t address, std::uint32_t bytes) {
        ring.offer(slot, token, address, bytes, 0);
    }
    // A frame in several pieces: an indirect table of `bytes` at `address`. Only if the device agreed to those.
    void offer_table(std::uint32_t slot, void* token, std::uint64_t address, std::uint32_t bytes) {
        ring.offer(slot, token, address, bytes, descriptor_is_table);
    }
    void publish() { ring.publish(); }
    // A frame that is sent. What the device claims to have written says nothing here.
    [[gnu::always_inline]] void* take() { return ring.take(0, ~0u).token; }
};

// What a header says before a frame that the device need do nothing about: all zero, in two stores.
inline void write_plain_header(std::byte* place) {
    // Safe: the twelve octets before a frame, of no stated alignment.
    __builtin_memset(place, 0, header_bytes);
}

} // namespace exo::virtio_net
