// Facts of the Intel 82574L (datasheet, revision 3.4): registers (10.2), legacy descriptors (7.1.4, 7.2.10), interrupts
// (7.4). No behaviour: control.hpp, queue.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::e1000e {

inline constexpr std::uint16_t pci_vendor = 0x8086, pci_device = 0x10d3;
inline constexpr unsigned register_bar = 0;
inline constexpr std::uint64_t register_bytes = 128 * 1024;

// Offsets into the register window; all are 32 bits wide.
namespace reg {
inline constexpr std::uint64_t control = 0x0000;
inline constexpr std::uint64_t status = 0x0008;
inline constexpr std::uint64_t control_extended = 0x0018;
inline constexpr std::uint64_t interrupt_cause = 0x00c0; // writing a one clears it
inline constexpr std::uint64_t interrupt_mask_set = 0x00d0;
inline constexpr std::uint64_t interrupt_mask_clear = 0x00d8;
inline constexpr std::uint64_t interrupt_auto_clear = 0x00dc;
inline constexpr std::uint64_t vector_allocation = 0x00e4; // IVAR
inline constexpr std::uint64_t receive_control = 0x0100;
inline constexpr std::uint64_t transmit_control = 0x0400;
inline constexpr std::uint64_t transmit_gap = 0x0410;
inline constexpr std::uint64_t receive_base_low = 0x2800;
inline constexpr std::uint64_t receive_base_high = 0x2804;
inline constexpr std::uint64_t receive_bytes = 0x2808;
inline constexpr std::uint64_t receive_head = 0x2810;
inline constexpr std::uint64_t receive_tail = 0x2818;
inline constexpr std::uint64_t receive_descriptor_control = 0x2828;
inline constexpr std::uint64_t transmit_base_low = 0x3800;
inline constexpr std::uint64_t transmit_base_high = 0x3804;
inline constexpr std::uint64_t transmit_bytes = 0x3808;
inline constexpr std::uint64_t transmit_head = 0x3810;
inline constexpr std::uint64_t transmit_tail = 0x3818;
inline constexpr std::uint64_t transmit_descriptor_control = 0x3828;
inline constexpr std::uint64_t receive_checksum = 0x5000;
inline constexpr std::uint64_t receive_filter = 0x5008;
inline constexpr std::uint64_t multicast_table = 0x5200; // multicast_table_words of them
inline constexpr std::uint64_t address_low = 0x5400;
inline constexpr std::uint64_t address_high = 0x5404;
} // namespace reg
inline constexpr unsigned multicast_table_words = 128;

namespace control {
inline constexpr std::uint32_t auto_speed = 1u << 5;
inline constexpr std::uint32_t link_up = 1u << 6;
inline constexpr std::uint32_t reset = 1u << 26;
} // namespace control
namespace status {
inline constexpr std::uint32_t link_up = 1u << 1;
}
namespace control_extended {
inline constexpr std::uint32_t driver_loaded = 1u << 28;
}
// Causes, as the mask registers know them: what belongs to queue 0 and to no queue.
namespace cause {
inline constexpr std::uint32_t receive_queue_0 = 1u << 20;
inline constexpr std::uint32_t transmit_queue_0 = 1u << 22;
inline constexpr std::uint32_t other = 1u << 24;
} // namespace cause
// IVAR: three bits of vector and a valid bit a cause; receive queue 0 comes first.
namespace vectors {
inline constexpr std::uint32_t receive_queue_0_shift = 0;
inline constexpr std::uint32_t transmit_queue_0_shift = 8;
inline constexpr std::uint32_t valid = 1u << 3;
inline constexpr std::uint32_t most = 5;
} // namespace vectors
namespace receive_control {
inline constexpr std::uint32_t enable = 1u << 1;
inline constexpr std::uint32_t all_unicast = 1u << 3;
inline constexpr std::uint32_t all_multicast = 1u << 4;
inline constexpr std::uint32_t broadcast = 1u << 15;
inline constexpr std::uint32_t strip_crc = 1u << 26;
// Buffer size 00: 2048 octets; long frames (bit 5) stay off, so that nothing above 1522 is stored.
} // namespace receive_control
namespace transmit_control {
inline constexpr std::uint32_t enable = 1u << 1;
inline constexpr std::uint32_t pad_short = 1u << 3;
inline constexpr std::uint32_t collisions = 0x0fu << 4 | 0x3fu << 12; // as recommended for full duplex
} // namespace transmit_control
inline constexpr std::uint32_t transmit_gap_recommended = 0x00602008; // (10.2.6.2)
namespace descriptor_control {
inline constexpr std::uint32_t by_descriptors = 1u << 24;
inline constexpr std::uint32_t write_back_each = 1u << 16;
inline constexpr std::uint32_t transmit_always_set = 1u << 22; // (10.2.6.12: reserved, written as one)
} // namespace descriptor_control
namespace receive_checksum {
inline constexpr std::uint32_t ip = 1u << 8, transport = 1u << 9;
}
namespace address_high {
inline constexpr std::uint32_t valid = 1u << 31;
}

// A legacy descriptor: an address, and one word that the device writes back.
struct Descriptor {
    std::uint64_t address;
    std::uint64_t rest;
};
static_assert(sizeof(Descriptor) == 16);
inline constexpr std::size_t descriptor_ring_alignment = 16, descriptor_ring_granularity = 128; // bytes

// Fields of `rest` when receiving (7.1.4): length in the lowest 16 bits.
namespace received {
inline constexpr std::uint64_t done = 1ull << 32;
inline constexpr std::uint64_t end_of_frame = 1ull << 33;
inline constexpr std::uint64_t udp_checked = 1ull << 36;
inline constexpr std::uint64_t tcp_checked = 1ull << 37;
inline constexpr std::uint64_t transport_bad = 1ull << 45;
inline constexpr std::uint64_t errors = 0xffull << 40;
} // namespace received
// And when sending (7.2.10.1): length in the lowest 16 bits.
namespace sending {
inline constexpr std::uint64_t end_of_frame = 1ull << 24;
inline constexpr std::uint64_t insert_crc = 1ull << 25;
inline constexpr std::uint64_t report = 1ull << 27;
inline constexpr std::uint64_t done = 1ull << 32; // written back
} // namespace sending

} // namespace exo::e1000e
