// What the firmware's ACPI tables say that this kernel uses, in fixed-size arrays.
// Only data: parse.hpp fills it, from tables that nobody has vouched for. Every address here is a claim of
// the firmware; reading beyond it is the user's risk.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

inline constexpr std::size_t platform_processors_max = max_cores;
inline constexpr std::size_t platform_io_apics_max = 8;
inline constexpr std::size_t platform_ecam_windows_max = 4;
inline constexpr std::size_t platform_remapping_units_max = 8;
inline constexpr std::size_t platform_reserved_regions_max = 8;
inline constexpr std::size_t device_scopes_max = 64;
inline constexpr std::size_t device_path_max = 4;

struct IoApic {
    std::uint64_t address;
    std::uint32_t id;
    std::uint32_t first_interrupt; // global system interrupt of its pin 0
};

// One piece of memory-mapped configuration space (PCI Firmware 3.2, 4.1.2).
struct EcamWindow {
    std::uint64_t address; // of bus 0, also when first_bus is not 0
    std::uint16_t segment;
    std::uint8_t first_bus;
    std::uint8_t last_bus;
};

// Which devices a DMA remapping structure is about (VT-d 8.3.1).
struct DeviceScope {
    enum class Type : std::uint8_t { Endpoint = 1, Bridge = 2, IoApic = 3, Hpet = 4, Namespace = 5 };
    Type type;
    std::uint8_t enumeration_id; // of an I/O APIC or HPET
    std::uint8_t start_bus;
    std::uint8_t path_length;
    std::uint8_t path[device_path_max]; // device << 3 | function, from start_bus down through bridges
};

struct DeviceScopes {
    DeviceScope scope[device_scopes_max];
    std::uint32_t count;
};

// One IOMMU (a DRHD; VT-d 8.3).
struct RemappingUnit {
    std::uint64_t registers;
    std::uint16_t segment;
    bool all_other_functions; // INCLUDE_PCI_ALL: also those in no other unit's scopes
    DeviceScopes scopes;
};

// Memory that firmware wants some devices to reach (an RMRR; VT-d 8.4).
struct ReservedRegion {
    std::uint16_t segment;
    DeviceScopes scopes;
};

struct Platform {
    std::uint64_t local_apic_address;
    std::uint32_t processor_count; // enabled ones, in the firmware's order; those past the maximum are left out
    std::uint32_t apic_id[platform_processors_max];
    std::uint32_t io_apic_count;
    IoApic io_apic[platform_io_apics_max];
    std::uint32_t ecam_count;
    EcamWindow ecam[platform_ecam_windows_max];

    std::uint32_t remapping_unit_count;
    RemappingUnit remapping_unit[platform_remapping_units_max];
    std::uint32_t reserved_region_count;
    ReservedRegion reserved_region[platform_reserved_regions_max];
    bool remapping_incomplete; // more units, scopes or regions than fit: isolation cannot be trusted
    bool interrupt_remapping;  // the platform supports it
    bool x2apic_opt_out;       // firmware asks not to use x2APIC mode

    std::uint64_t hpet_address;  // 0: none
    std::uint16_t pm_timer_port; // 0: none, or not an I/O port
    bool pm_timer_is_32_bit;
    bool century_in_cmos;
    std::uint8_t century_register; // of the CMOS clock
    bool reset_by_port;
    std::uint16_t reset_port;
    std::uint8_t reset_value;
    bool memory_affinity; // there is an SRAT
};

} // namespace exo
