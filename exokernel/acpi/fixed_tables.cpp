// The tables that are one fixed record or a plain array: MCFG, HPET and FADT.
#include "exokernel/acpi/parse.hpp"

namespace exo {

namespace {

// Generic address structure (ACPI 6.4, 5.2.3.2): space, width, offset, access size, address.
struct GenericAddress {
    std::uint8_t space;
    std::uint64_t address;
};
constexpr std::uint8_t space_memory = 0;
constexpr std::uint8_t space_port = 1;

GenericAddress generic_address(const Fields& table, std::size_t offset) {
    return {.space = table.u8(offset), .address = table.u64(offset + 4)};
}

// FADT (ACPI 6.4, 5.2.9).
namespace fadt {
constexpr std::size_t least_bytes = 116; // of ACPI 1.0
constexpr std::size_t pm_timer_block = 76;
constexpr std::size_t century = 108;
constexpr std::size_t flags = 112;
constexpr std::size_t reset_register = 116;
constexpr std::size_t reset_value = 128;
constexpr std::size_t extended_pm_timer_block = 208;
constexpr std::uint32_t flag_timer_32_bit = 1u << 8;
constexpr std::uint32_t flag_reset_supported = 1u << 10;
constexpr std::uint8_t cmos_registers = 128;
} // namespace fadt

constexpr std::uint64_t port_last = 0xffff;

} // namespace

// PCI Firmware 3.2, 4.1.2: sixteen-byte entries from offset 44.
AcpiStatus parse_mcfg(const Fields& table, Platform& platform) {
    constexpr std::size_t entries_at = 44;
    constexpr std::size_t entry_bytes = 16;
    constexpr std::uint64_t bytes_per_bus = 1u << 20;
    for (std::size_t at = entries_at; at < table.size(); at += entry_bytes) {
        const Fields entry = table.part(at, entry_bytes);
        if (entry.size() == 0) {
            return std::unexpected("ACPI: the MCFG ends within an entry");
        }
        const EcamWindow window{
            .address = entry.u64(0), .segment = entry.u16(8), .first_bus = entry.u8(10), .last_bus = entry.u8(11)};
        const std::uint64_t end = window.address + (window.last_bus + 1ull) * bytes_per_bus;
        if (window.address == 0 || window.address % bytes_per_bus != 0 || end < window.address ||
            window.first_bus > window.last_bus) {
            return std::unexpected("ACPI: the MCFG places configuration space where it cannot be");
        }
        if (platform.ecam_count < platform_ecam_windows_max) {
            platform.ecam[platform.ecam_count++] = window;
        }
    }
    return {};
}

// IA-PC HPET 1.0a, 3.2.4.
AcpiStatus parse_hpet(const Fields& table, Platform& platform) {
    if (table.size() < 56) {
        return std::unexpected("ACPI: the HPET table is too short");
    }
    const GenericAddress registers = generic_address(table, 40);
    if (registers.space == space_memory) {
        platform.hpet_address = registers.address;
    }
    return {};
}

AcpiStatus parse_fadt(const Fields& table, Platform& platform) {
    if (table.size() < fadt::least_bytes) {
        return std::unexpected("ACPI: the FADT is too short");
    }
    const std::uint32_t flags = table.u32(fadt::flags);
    platform.century_register = table.u8(fadt::century);
    platform.century_in_cmos = platform.century_register != 0 && platform.century_register < fadt::cmos_registers;
    platform.pm_timer_is_32_bit = (flags & fadt::flag_timer_32_bit) != 0;

    const GenericAddress extended = generic_address(table, fadt::extended_pm_timer_block);
    const std::uint64_t timer =
        extended.space == space_port && extended.address != 0 ? extended.address : table.u32(fadt::pm_timer_block);
    platform.pm_timer_port = timer <= port_last ? static_cast<std::uint16_t>(timer) : std::uint16_t{0};

    const GenericAddress reset = generic_address(table, fadt::reset_register);
    platform.reset_by_port = (flags & fadt::flag_reset_supported) != 0 && reset.space == space_port &&
                             reset.address != 0 && reset.address <= port_last;
    if (platform.reset_by_port) {
        platform.reset_port = static_cast<std::uint16_t>(reset.address);
        platform.reset_value = table.u8(fadt::reset_value);
    }
    return {};
}

} // namespace exo
