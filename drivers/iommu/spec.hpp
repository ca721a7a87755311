// Facts of Intel VT-d (Architecture Specification, revision 3.x): registers, table entries, queue descriptors.
// Only what legacy-mode second-level translation, queued invalidation and interrupt remapping use.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::iommu {

// Registers (VT-d 11.4).
namespace reg {
inline constexpr std::uint64_t capability = 0x08;
inline constexpr std::uint64_t extended_capability = 0x10;
inline constexpr std::uint64_t global_command = 0x18;
inline constexpr std::uint64_t global_status = 0x1c;
inline constexpr std::uint64_t root_table = 0x20;
inline constexpr std::uint64_t fault_status = 0x34;
inline constexpr std::uint64_t fault_event_control = 0x38;
inline constexpr std::uint64_t protected_memory = 0x64;
inline constexpr std::uint64_t queue_head = 0x80;
inline constexpr std::uint64_t queue_tail = 0x88;
inline constexpr std::uint64_t queue_address = 0x90;
inline constexpr std::uint64_t interrupt_table = 0xb8;
} // namespace reg

// Capability register (11.4.2).
namespace cap {
constexpr std::uint64_t domains(std::uint64_t cap) {
    return 1ull << (4 + 2 * (cap & 7));
}
inline constexpr std::uint64_t write_buffer_flush = 1ull << 4;
inline constexpr std::uint64_t protected_low = 1ull << 5;
inline constexpr std::uint64_t protected_high = 1ull << 6;
inline constexpr std::uint64_t caching_mode = 1ull << 7;
inline constexpr std::uint64_t levels_3 = 1ull << 9;  // 39-bit domain addresses
inline constexpr std::uint64_t levels_4 = 1ull << 10; // 48-bit
constexpr unsigned address_bits(std::uint64_t cap) {
    return ((cap >> 16) & 0x3f) + 1;
}
constexpr std::uint64_t fault_records_at(std::uint64_t cap) {
    return ((cap >> 24) & 0x3ff) * 16;
}
constexpr unsigned fault_records(std::uint64_t cap) {
    return ((cap >> 40) & 0xff) + 1;
}
inline constexpr std::uint64_t pages_2m = 1ull << 34;
inline constexpr std::uint64_t pages_1g = 1ull << 35;
inline constexpr std::uint64_t drain_writes = 1ull << 54;
inline constexpr std::uint64_t drain_reads = 1ull << 55;
} // namespace cap

// Extended capability register (11.4.3).
namespace ecap {
inline constexpr std::uint64_t coherent = 1ull << 0;
inline constexpr std::uint64_t queued_invalidation = 1ull << 1;
inline constexpr std::uint64_t interrupt_remapping = 1ull << 3;
inline constexpr std::uint64_t extended_interrupts = 1ull << 4; // 32-bit APIC IDs
} // namespace ecap

// Global command and status registers (11.4.4): a status bit answers each command bit.
namespace global {
inline constexpr std::uint32_t translation = 1u << 31;
inline constexpr std::uint32_t set_root_table = 1u << 30;
inline constexpr std::uint32_t flush_write_buffer = 1u << 27;
inline constexpr std::uint32_t queue = 1u << 26;
inline constexpr std::uint32_t interrupt_remapping = 1u << 25;
inline constexpr std::uint32_t set_interrupt_table = 1u << 24;
inline constexpr std::uint32_t compatibility_format = 1u << 23;
// Commands that are states, to be repeated in every write; the others are done once.
inline constexpr std::uint32_t states = translation | queue | interrupt_remapping | compatibility_format | 1u << 28;
} // namespace global

namespace protected_memory {
inline constexpr std::uint32_t enable = 1u << 31;
inline constexpr std::uint32_t enabled = 1u << 0;
} // namespace protected_memory

// Fault status (11.4.9), fault event control (11.4.10), fault records (11.4.14).
namespace fault {
inline constexpr std::uint32_t overflow = 1u << 0;
inline constexpr std::uint32_t pending = 1u << 1;
inline constexpr std::uint32_t queue_error = 1u << 4;
inline constexpr std::uint32_t completion_error = 1u << 5;
inline constexpr std::uint32_t time_out_error = 1u << 6;
inline constexpr std::uint32_t event_masked = 1u << 31;
inline constexpr std::uint64_t record_bytes = 16;
inline constexpr std::uint64_t record_high = 8;
inline constexpr std::uint64_t record_last = 12;
inline constexpr std::uint32_t record_last_valid = 1u << 31;
inline constexpr std::uint64_t high_valid = 1ull << 63;
inline constexpr std::uint64_t high_is_read = 1ull << 62;
constexpr std::uint16_t source(std::uint64_t high) {
    return static_cast<std::uint16_t>(high);
}
constexpr std::uint8_t reason(std::uint64_t high) {
    return static_cast<std::uint8_t>(high >> 32);
}
} // namespace fault

// Root and context entries, legacy mode (9.1, 9.3).
struct TableEntry {
    std::uint64_t low;
    std::uint64_t high;
};
static_assert(sizeof(TableEntry) == 16);
inline constexpr std::size_t entries_per_table = 256;
inline constexpr std::uint64_t entry_present = 1;
// Context: second-level translation of untranslated requests only, so that a device cannot claim to have translated.
constexpr TableEntry context_entry(std::uint64_t root, std::uint8_t levels, std::uint16_t domain) {
    return {.low = root | entry_present, .high = static_cast<std::uint64_t>(domain) << 8 | (levels - 2u)};
}

// Interrupt remapping entry, remapped (not posted) format (9.10).
namespace route {
inline constexpr std::uint64_t present = 1;
inline constexpr unsigned vector_shift = 16;
inline constexpr unsigned destination_shift = 32;          // 32-bit APIC IDs
inline constexpr unsigned destination_shift_xapic = 40;    // 8-bit APIC IDs
inline constexpr std::uint64_t verify_source = 1ull << 18; // all 16 bits of the requester ID must match
} // namespace route
inline constexpr std::uint64_t interrupt_table_extended = 1ull << 11;

// Messages in remappable format (5.1.2.2) go to this address, the index in its bits.
inline constexpr std::uint64_t message_base = 0xfee0'0000;
constexpr std::uint64_t message_address(std::uint32_t index) {
    return message_base | (index & 0x7fffull) << 5 | 1ull << 4 | (index >> 15 & 1ull) << 2;
}

// Queue descriptors (6.5.2).
using Descriptor = TableEntry;
namespace descriptor {
inline constexpr std::uint64_t granularity_global = 1ull << 4;
inline constexpr std::uint64_t granularity_domain = 2ull << 4;
inline constexpr Descriptor all_contexts{.low = 1 | granularity_global, .high = 0};
inline constexpr std::uint64_t drain_writes = 1ull << 6;
inline constexpr std::uint64_t drain_reads = 1ull << 7;
constexpr Descriptor domain_pages(std::uint16_t domain, std::uint64_t drain) {
    return {.low = 2 | granularity_domain | drain | static_cast<std::uint64_t>(domain) << 16, .high = 0};
}
constexpr Descriptor all_pages(std::uint64_t drain) {
    return {.low = 2 | granularity_global | drain, .high = 0};
}
inline constexpr Descriptor all_routes{.low = 4, .high = 0};
constexpr Descriptor one_route(std::uint32_t index) {
    return {.low = 4 | 1ull << 4 | static_cast<std::uint64_t>(index) << 32, .high = 0};
}
// Writes `value` to `address` once everything before it is done.
constexpr Descriptor wait(std::uint64_t address, std::uint32_t value) {
    return {.low = 5 | 1ull << 5 | static_cast<std::uint64_t>(value) << 32, .high = address};
}
} // namespace descriptor
inline constexpr std::uint64_t queue_position_shift = 4;

} // namespace exo::iommu
