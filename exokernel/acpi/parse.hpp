// Reads the firmware's ACPI tables into a Platform. Pure and bounded: it sees memory only through the
// PhysicalView, believes no length or checksum, and runs unchanged in the kernel, in unit tests and in the fuzzer.
// Not an AML interpreter: only static tables are read.
#pragma once

#include "exokernel/acpi/physical_view.hpp"
#include "exokernel/acpi/platform.hpp"

#include <expected>

namespace exo {

// The error is one sentence for the log.
using AcpiStatus = std::expected<void, const char*>;

inline constexpr std::uint64_t acpi_table_bytes_max = 1u << 20;
inline constexpr std::size_t acpi_tables_max = 128;

// `rsdp` is where the boot loader says the root pointer is; 0 makes it searched for where the PC BIOS keeps it
// (ACPI 6.4, 5.2.5.1). Tables that are absent leave their part of `platform` zero; only the MADT is required.
AcpiStatus parse_platform(const PhysicalView& memory, std::uint64_t rsdp, Platform& platform);

// Parsers of one table each, given it whole with its checksum verified.
AcpiStatus parse_madt(const Fields& table, Platform& platform);
AcpiStatus parse_mcfg(const Fields& table, Platform& platform);
AcpiStatus parse_dmar(const Fields& table, Platform& platform);
AcpiStatus parse_hpet(const Fields& table, Platform& platform);
AcpiStatus parse_fadt(const Fields& table, Platform& platform);

// Length of the header that every table but the RSDP starts with (ACPI 6.4, 5.2.6).
inline constexpr std::size_t acpi_header_bytes = 36;

} // namespace exo
