// From the root pointer to the tables: RSDP, RSDT or XSDT, and which parser takes which table.
// The tables' own formats are in madt.cpp, dmar.cpp and fixed_tables.cpp.
#include "exokernel/acpi/parse.hpp"

namespace exo {

namespace {

// ACPI 6.4, 5.2.5.3.
constexpr std::size_t rsdp_bytes_v1 = 20;
constexpr std::size_t rsdp_bytes_v2 = 36;
constexpr std::uint64_t bios_data_ebda_segment = 0x40e;
constexpr std::uint64_t bios_area = 0xe0000;
constexpr std::uint64_t bios_area_bytes = 0x20000;
constexpr std::uint64_t ebda_search_bytes = 1024;

bool is_rsdp(const PhysicalView& memory, std::uint64_t address) {
    const Fields first(memory.at(address, rsdp_bytes_v1));
    return first.begins_with("RSD PTR ") && first.sums_to_zero();
}

std::uint64_t search(const PhysicalView& memory, std::uint64_t from, std::uint64_t bytes) {
    for (std::uint64_t address = from; address < from + bytes; address += 16) {
        if (is_rsdp(memory, address)) {
            return address;
        }
    }
    return 0;
}

std::uint64_t find_rsdp(const PhysicalView& memory) {
    const std::uint64_t ebda = static_cast<std::uint64_t>(Fields(memory.at(bios_data_ebda_segment, 2)).u16(0)) << 4;
    const std::uint64_t found = ebda == 0 ? 0 : search(memory, ebda, ebda_search_bytes);
    return found != 0 ? found : search(memory, bios_area, bios_area_bytes);
}

// The whole table, once its length is plausible and its checksum right; empty otherwise.
Fields whole_table(const PhysicalView& memory, std::uint64_t address) {
    const std::uint64_t length = Fields(memory.at(address, acpi_header_bytes)).u32(4);
    if (length < acpi_header_bytes || length > acpi_table_bytes_max) {
        return Fields({});
    }
    const Fields table(memory.at(address, length));
    return table.sums_to_zero() ? table : Fields({});
}

struct Parser {
    const char* signature;
    AcpiStatus (*parse)(const Fields&, Platform&);
    const char* broken;
};

AcpiStatus parse_srat(const Fields&, Platform& platform) {
    platform.memory_affinity = true;
    return {};
}

constexpr Parser parsers[] = {
    {"APIC", parse_madt, "ACPI: the MADT is cut short or its checksum is wrong"},
    {"MCFG", parse_mcfg, "ACPI: the MCFG is cut short or its checksum is wrong"},
    {"DMAR", parse_dmar, "ACPI: the DMAR is cut short or its checksum is wrong"},
    {"HPET", parse_hpet, "ACPI: the HPET table is cut short or its checksum is wrong"},
    {"FACP", parse_fadt, "ACPI: the FADT is cut short or its checksum is wrong"},
    {"SRAT", parse_srat, "ACPI: the SRAT is cut short or its checksum is wrong"},
};
constexpr std::size_t parser_count = sizeof(parsers) / sizeof(parsers[0]);

struct RootTable {
    std::uint64_t address;
    std::size_t pointer_bytes; // 4 in an RSDT, 8 in an XSDT
};

std::expected<RootTable, const char*> root_table(const PhysicalView& memory, std::uint64_t rsdp) {
    if (!is_rsdp(memory, rsdp)) {
        return std::unexpected("ACPI: there is no root pointer, or its checksum is wrong");
    }
    const Fields first(memory.at(rsdp, rsdp_bytes_v1));
    const bool extended = first.u8(15) >= 2;
    if (!extended) {
        return RootTable{first.u32(16), 4};
    }
    const Fields second(memory.at(rsdp, rsdp_bytes_v2));
    if (second.size() == 0 || !second.sums_to_zero()) {
        return std::unexpected("ACPI: the extended root pointer's checksum is wrong");
    }
    return second.u64(24) != 0 ? RootTable{second.u64(24), 8} : RootTable{first.u32(16), 4};
}

} // namespace

AcpiStatus parse_platform(const PhysicalView& memory, std::uint64_t rsdp, Platform& platform) {
    platform = {};
    const auto root = root_table(memory, rsdp != 0 ? rsdp : find_rsdp(memory));
    if (!root) {
        return std::unexpected(root.error());
    }
    const Fields table = whole_table(memory, root->address);
    if (!table.begins_with(root->pointer_bytes == 8 ? "XSDT" : "RSDT")) {
        return std::unexpected("ACPI: the root table is missing, cut short, or its checksum is wrong");
    }
    const std::size_t count = (table.size() - acpi_header_bytes) / root->pointer_bytes;
    bool seen[parser_count] = {};
    for (std::size_t i = 0; i < count && i < acpi_tables_max; ++i) {
        const std::uint64_t address = table.integer(acpi_header_bytes + i * root->pointer_bytes, root->pointer_bytes);
        const Fields header(memory.at(address, acpi_header_bytes));
        for (std::size_t p = 0; p < parser_count; ++p) {
            if (seen[p] || !header.begins_with(parsers[p].signature)) {
                continue;
            }
            seen[p] = true;
            const Fields whole = whole_table(memory, address);
            if (whole.size() == 0) {
                return std::unexpected(parsers[p].broken);
            }
            if (AcpiStatus parsed = parsers[p].parse(whole, platform); !parsed) {
                return parsed;
            }
        }
    }
    if (!seen[0]) {
        return std::unexpected("ACPI: there is no MADT, so the processors are unknown");
    }
    return {};
}

} // namespace exo
