// MADT: the processors and I/O APICs (ACPI 6.4, 5.2.12).
#include "exokernel/acpi/parse.hpp"

namespace exo {

namespace {

constexpr std::size_t entries_at = 44;
enum EntryType : std::uint8_t { LocalApic = 0, IoApicEntry = 1, ApicAddress = 5, LocalX2Apic = 9 };
constexpr std::uint32_t processor_enabled = 1u << 0;

void add_processor(Platform& platform, std::uint32_t apic_id, std::uint32_t flags) {
    if ((flags & processor_enabled) == 0 || platform.processor_count == platform_processors_max) {
        return;
    }
    // Some firmware lists a processor both ways.
    for (std::uint32_t i = 0; i < platform.processor_count; ++i) {
        if (platform.apic_id[i] == apic_id) {
            return;
        }
    }
    platform.apic_id[platform.processor_count++] = apic_id;
}

void add_io_apic(Platform& platform, const Fields& entry) {
    if (platform.io_apic_count < platform_io_apics_max) {
        platform.io_apic[platform.io_apic_count++] = {
            .address = entry.u32(4), .id = entry.u8(2), .first_interrupt = entry.u32(8)};
    }
}

// Length that an entry of a known type has at least; 2 for the others.
std::size_t least_length(std::uint8_t type) {
    switch (type) {
    case LocalApic:
        return 8;
    case IoApicEntry:
    case ApicAddress:
        return 12;
    case LocalX2Apic:
        return 16;
    }
    return 2;
}

} // namespace

AcpiStatus parse_madt(const Fields& table, Platform& platform) {
    if (table.size() < entries_at) {
        return std::unexpected("ACPI: the MADT is shorter than its fixed part");
    }
    platform.local_apic_address = table.u32(36);
    for (std::size_t at = entries_at; at < table.size();) {
        const std::uint8_t type = table.u8(at);
        const std::size_t length = table.u8(at + 1);
        const Fields entry = table.part(at, length);
        if (entry.size() < least_length(type)) {
            return std::unexpected("ACPI: an entry of the MADT has an impossible length");
        }
        switch (type) {
        case LocalApic:
            add_processor(platform, entry.u8(3), entry.u32(4));
            break;
        case LocalX2Apic:
            add_processor(platform, entry.u32(4), entry.u32(8));
            break;
        case IoApicEntry:
            add_io_apic(platform, entry);
            break;
        case ApicAddress:
            platform.local_apic_address = entry.u64(4);
            break;
        }
        at += length;
    }
    if (platform.processor_count == 0) {
        return std::unexpected("ACPI: the MADT names no processor that is enabled");
    }
    return {};
}

} // namespace exo
