// Facts of the virtio network device (virtio 1.2, 5.1) and of packed virtqueues (2.8). No behaviour: control.hpp,
// queue.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::virtio_net {

// Feature bits (5.1.3).
namespace feature {
inline constexpr std::uint64_t checksum = 1ull << 0;       // the device completes checksums of frames sent
inline constexpr std::uint64_t guest_checksum = 1ull << 1; // the driver takes frames with partial checksums
inline constexpr std::uint64_t mtu = 1ull << 3;
inline constexpr std::uint64_t mac = 1ull << 5;
inline constexpr std::uint64_t mergeable_buffers = 1ull << 15;
inline constexpr std::uint64_t status = 1ull << 16;
inline constexpr std::uint64_t control_queue = 1ull << 17;
inline constexpr std::uint64_t control_receive = 1ull << 18;
inline constexpr std::uint64_t multiqueue = 1ull << 22;
} // namespace feature

// Queues (5.1.2): pair n is receive 2n and transmit 2n + 1; the control queue is behind the last pair there may be.
constexpr std::uint16_t receive_queue(std::uint16_t pair) {
    return static_cast<std::uint16_t>(2 * pair);
}
constexpr std::uint16_t transmit_queue(std::uint16_t pair) {
    return static_cast<std::uint16_t>(2 * pair + 1);
}

// Device configuration (5.1.4): offsets of its fields, and how long it is to hold them.
namespace config {
inline constexpr std::uint64_t mac = 0;
inline constexpr std::uint64_t status = 6;
inline constexpr std::uint64_t pairs_max = 8;
inline constexpr std::uint64_t mtu = 10;
inline constexpr std::uint16_t status_link_up = 1;
} // namespace config

inline constexpr std::uint16_t pairs_least = 1, pairs_most = 0x8000; // (5.1.4.1)
inline constexpr std::uint16_t mtu_least = 68;                       // (5.1.4.1)

// Before each frame, in both directions (5.1.6). With VERSION_1 it is always this long.
struct Header {
    std::uint8_t flags; // of header_flag::
    std::uint8_t segmentation;
    std::uint16_t header_length;
    std::uint16_t segment_size;
    std::uint16_t checksum_start;
    std::uint16_t checksum_offset; // from checksum_start
    std::uint16_t buffers;         // that the frame is spread over; receive only
};
static_assert(sizeof(Header) == 12 && offsetof(Header, checksum_start) == 6 && offsetof(Header, buffers) == 10);

// A descriptor whose buffer is a table of descriptors (2.7.5.3, 2.8.8); needs feature::indirect_descriptors.
inline constexpr std::uint16_t descriptor_is_table = 4;

namespace header_flag {
inline constexpr std::uint8_t needs_checksum = 1u << 0; // both directions
inline constexpr std::uint8_t data_valid = 1u << 1;     // receive
} // namespace header_flag

// The control queue (5.1.6.5): a command is {class, command, data} and the device writes one octet behind it.
namespace command_class {
inline constexpr std::uint8_t receive = 0;
inline constexpr std::uint8_t multiqueue = 4;
} // namespace command_class
namespace command {
inline constexpr std::uint8_t promiscuous = 0;   // of class receive; data: one octet, 0 or 1
inline constexpr std::uint8_t all_multicast = 1; // the same
inline constexpr std::uint8_t set_pairs = 0;     // of class multiqueue; data: u16
} // namespace command
inline constexpr std::uint8_t command_done = 0;

// Packed virtqueue (2.8).
struct PackedDescriptor {
    std::uint64_t address;
    // One word, so that it is read and written at once: length, identity << 32, flags << 48.
    std::uint64_t rest;
};
static_assert(sizeof(PackedDescriptor) == 16);

namespace packed_flag {
inline constexpr std::uint16_t available = 1u << 7;
inline constexpr std::uint16_t used = 1u << 15;
} // namespace packed_flag

// Event suppression structure (2.8.10), one a side.
struct PackedEvents {
    std::uint16_t place; // descriptor and wrap counter; not used here
    std::uint16_t flags; // of packed_events::
};
static_assert(sizeof(PackedEvents) == 4);
namespace packed_events {
inline constexpr std::uint16_t enable = 0;
inline constexpr std::uint16_t disable = 1;
} // namespace packed_events

} // namespace exo::virtio_net
