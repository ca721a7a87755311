// DMAR: the IOMMUs, which devices each translates for, and memory that firmware reserved (VT-d 8).
#include "exokernel/acpi/parse.hpp"

namespace exo {

namespace {

constexpr std::size_t structures_at = 48;
constexpr std::uint8_t flag_interrupt_remapping = 1u << 0;
constexpr std::uint8_t flag_x2apic_opt_out = 1u << 1;
enum StructureType : std::uint16_t { HardwareUnit = 0, ReservedMemory = 1 };
constexpr std::size_t unit_scopes_at = 16;
constexpr std::size_t region_scopes_at = 24;
constexpr std::size_t scope_path_at = 6;
constexpr const char* bad_scope = "ACPI: a device scope of the DMAR has an impossible length";

// Fills `scopes` from `offset` to the structure's end. `complete` becomes false when one does not fit.
AcpiStatus parse_scopes(const Fields& structure, std::size_t offset, DeviceScopes& scopes, bool& complete) {
    for (std::size_t at = offset; at < structure.size();) {
        const std::size_t length = structure.u8(at + 1);
        const Fields scope = structure.part(at, length);
        if (scope.size() < scope_path_at + 2 || length % 2 != 0) {
            return std::unexpected(bad_scope);
        }
        const std::size_t path_length = (length - scope_path_at) / 2;
        if (scopes.count == device_scopes_max || path_length > device_path_max) {
            complete = false;
            return {};
        }
        DeviceScope& out = scopes.scope[scopes.count++];
        out.type = static_cast<DeviceScope::Type>(scope.u8(0));
        out.enumeration_id = scope.u8(4);
        out.start_bus = scope.u8(5);
        out.path_length = static_cast<std::uint8_t>(path_length);
        for (std::size_t i = 0; i < path_length; ++i) {
            const std::size_t pair = scope_path_at + 2 * i;
            out.path[i] = static_cast<std::uint8_t>((scope.u8(pair) & 31) << 3 | (scope.u8(pair + 1) & 7));
        }
        at += length;
    }
    return {};
}

AcpiStatus parse_unit(const Fields& structure, Platform& platform, bool& complete) {
    if (structure.size() < unit_scopes_at) {
        return std::unexpected("ACPI: an IOMMU's entry in the DMAR is too short");
    }
    const std::uint64_t registers = structure.u64(8);
    if (registers == 0 || registers % page_bytes != 0) {
        return std::unexpected("ACPI: the DMAR gives an IOMMU an impossible register address");
    }
    if (platform.remapping_unit_count == platform_remapping_units_max) {
        complete = false;
        return {};
    }
    RemappingUnit& unit = platform.remapping_unit[platform.remapping_unit_count++];
    unit.registers = registers;
    unit.segment = structure.u16(6);
    unit.all_other_functions = (structure.u8(4) & 1) != 0;
    return parse_scopes(structure, unit_scopes_at, unit.scopes, complete);
}

AcpiStatus parse_region(const Fields& structure, Platform& platform, bool& complete) {
    if (structure.size() < region_scopes_at) {
        return std::unexpected("ACPI: a reserved region of the DMAR is too short");
    }
    if (platform.reserved_region_count == platform_reserved_regions_max) {
        complete = false;
        return {};
    }
    ReservedRegion& region = platform.reserved_region[platform.reserved_region_count++];
    region.segment = structure.u16(6);
    return parse_scopes(structure, region_scopes_at, region.scopes, complete);
}

} // namespace

AcpiStatus parse_dmar(const Fields& table, Platform& platform) {
    if (table.size() < structures_at) {
        return std::unexpected("ACPI: the DMAR is shorter than its fixed part");
    }
    const std::uint8_t flags = table.u8(37);
    platform.interrupt_remapping = (flags & flag_interrupt_remapping) != 0;
    platform.x2apic_opt_out = (flags & flag_x2apic_opt_out) != 0;
    bool complete = true;
    for (std::size_t at = structures_at; at < table.size();) {
        const std::uint16_t type = table.u16(at);
        const std::size_t length = table.u16(at + 2);
        const Fields structure = table.part(at, length);
        if (structure.size() < 4) {
            return std::unexpected("ACPI: a structure of the DMAR has an impossible length");
        }
        AcpiStatus parsed;
        switch (type) {
        case HardwareUnit:
            parsed = parse_unit(structure, platform, complete);
            break;
        case ReservedMemory:
            parsed = parse_region(structure, platform, complete);
            break;
        }
        if (!parsed) {
            return parsed;
        }
        at += length;
    }
    platform.remapping_incomplete = !complete;
    return {};
}

} // namespace exo
