// Facts of PCI configuration space: PCI Local Bus 3.0 (PCI), PCI Express Base 5.0 (PCIe), PCI Power Management 1.2
// (PM). Offsets and bits only; behaviour is in the other files of this folder.
#pragma once

#include <cstdint>

namespace exo::pci {

inline constexpr unsigned devices_per_bus = 32;
inline constexpr unsigned functions_per_device = 8;
inline constexpr std::uint64_t config_bytes = 4096;
inline constexpr std::uint64_t config_bytes_per_bus = 1u << 20; // PCIe 7.2.2
inline constexpr unsigned bars_type0 = 6;

// Configuration header (PCI 6.1, 6.2; PCIe 7.5.1).
namespace header {
inline constexpr std::uint64_t vendor = 0x00;
inline constexpr std::uint64_t device = 0x02;
inline constexpr std::uint64_t command = 0x04;
inline constexpr std::uint64_t status = 0x06;
inline constexpr std::uint64_t class_revision = 0x08;
inline constexpr std::uint64_t type = 0x0e;
inline constexpr std::uint64_t bar0 = 0x10;
inline constexpr std::uint64_t secondary_bus = 0x19; // type 1
inline constexpr std::uint64_t subsystem_vendor = 0x2c;
inline constexpr std::uint64_t subsystem = 0x2e;
inline constexpr std::uint64_t expansion_rom = 0x30; // type 0
inline constexpr std::uint64_t capabilities = 0x34;
inline constexpr std::uint64_t bridge_control = 0x3e; // type 1
} // namespace header

// (PCIe 7.5.1.3.13)
inline constexpr std::uint16_t bridge_secondary_reset = 1u << 6;

inline constexpr std::uint16_t no_vendor = 0xffff;
inline constexpr std::uint8_t type_mask = 0x7f;
inline constexpr std::uint8_t type_endpoint = 0;
inline constexpr std::uint8_t type_bridge = 1;
inline constexpr std::uint8_t type_multi_function = 0x80;
inline constexpr std::uint8_t class_bridge = 0x06;

namespace command {
inline constexpr std::uint16_t io_space = 1u << 0;
inline constexpr std::uint16_t memory_space = 1u << 1;
inline constexpr std::uint16_t bus_master = 1u << 2;
inline constexpr std::uint16_t interrupt_disable = 1u << 10;
} // namespace command

inline constexpr std::uint16_t status_capability_list = 1u << 4;

// Base address registers (PCI 6.2.5.1).
namespace bar {
inline constexpr std::uint32_t io = 1u << 0;
inline constexpr std::uint32_t type_mask = 3u << 1;
inline constexpr std::uint32_t type_64 = 2u << 1;
inline constexpr std::uint32_t io_address_mask = ~0x3u;
inline constexpr std::uint32_t memory_address_mask = ~0xfu;
} // namespace bar

enum class Capability : std::uint8_t {
    PowerManagement = 0x01,
    Vendor = 0x09,
    Express = 0x10,
    MsiX = 0x11,
    AdvancedFeatures = 0x13
};
enum class ExtendedCapability : std::uint16_t { AccessControl = 0x000d, VirtualFunctions = 0x0010 };
inline constexpr std::uint64_t extended_capabilities = 0x100; // PCIe 7.6.3

// MSI-X (PCI 6.8.2).
namespace msix {
inline constexpr std::uint64_t control = 2;
inline constexpr std::uint64_t table = 4;
inline constexpr std::uint64_t pending = 8;
inline constexpr std::uint16_t control_size_mask = 0x7ff;
inline constexpr std::uint16_t control_mask_all = 1u << 14;
inline constexpr std::uint16_t control_enable = 1u << 15;
inline constexpr std::uint32_t bar_mask = 7;
inline constexpr std::uint64_t entry_bytes = 16;
inline constexpr std::uint64_t entry_address = 0;
inline constexpr std::uint64_t entry_data = 8;
inline constexpr std::uint64_t entry_control = 12;
inline constexpr std::uint32_t entry_masked = 1u << 0;
} // namespace msix

// PCI Express capability (PCIe 7.5.3).
namespace express {
inline constexpr std::uint64_t flags = 2;
inline constexpr std::uint64_t device_capabilities = 4;
inline constexpr std::uint64_t device_control = 8;
inline constexpr std::uint64_t device_status = 10;
inline constexpr unsigned port_type_shift = 4;
inline constexpr std::uint16_t port_type_mask = 0xf;
enum PortType : std::uint16_t { RootPort = 4, UpstreamPort = 5, DownstreamPort = 6, IntegratedEndpoint = 9 };
inline constexpr std::uint32_t capable_function_reset = 1u << 28;
inline constexpr std::uint16_t control_function_reset = 1u << 15;
inline constexpr std::uint16_t status_transactions_pending = 1u << 5;
} // namespace express

// Advanced features, for conventional functions (PCI ECN "Advanced Capabilities for Conventional PCI").
namespace advanced {
inline constexpr std::uint64_t capabilities = 3;
inline constexpr std::uint64_t control = 4;
inline constexpr std::uint64_t status = 5;
inline constexpr std::uint8_t capable_pending = 1u << 0;
inline constexpr std::uint8_t capable_function_reset = 1u << 1;
inline constexpr std::uint8_t control_function_reset = 1u << 0;
inline constexpr std::uint8_t status_pending = 1u << 0;
} // namespace advanced

// Power management (PM 3.2).
namespace power {
inline constexpr std::uint64_t control = 4;
inline constexpr std::uint16_t state_mask = 3;
inline constexpr std::uint16_t state_d3hot = 3;
inline constexpr std::uint16_t no_soft_reset = 1u << 3;
} // namespace power

// Access control services (PCIe 7.7.8).
namespace access_control {
inline constexpr std::uint64_t capability = 4;
inline constexpr std::uint64_t control = 6;
inline constexpr std::uint16_t source_validation = 1u << 0;
inline constexpr std::uint16_t request_redirect = 1u << 2;
inline constexpr std::uint16_t completion_redirect = 1u << 3;
inline constexpr std::uint16_t upstream_forwarding = 1u << 4;
inline constexpr std::uint16_t isolating =
    source_validation | request_redirect | completion_redirect | upstream_forwarding;
} // namespace access_control

// Single root I/O virtualization (PCIe 9.3.3).
namespace virtualization {
inline constexpr std::uint64_t control = 0x08;
inline constexpr std::uint64_t total = 0x0e;
inline constexpr std::uint64_t count = 0x10;
inline constexpr std::uint64_t first_offset = 0x14;
inline constexpr std::uint64_t stride = 0x16;
inline constexpr std::uint64_t device = 0x1a;
inline constexpr std::uint64_t system_page_size = 0x20;
inline constexpr std::uint64_t bar0 = 0x24;
inline constexpr std::uint16_t control_enable = 1u << 0;
inline constexpr std::uint16_t control_memory_space = 1u << 3;
inline constexpr std::uint32_t system_page_4k = 1u << 0;
} // namespace virtualization

// How long a function may take (PCIe 6.6.1, 6.6.2; PM 5.4).
inline constexpr std::uint64_t function_reset_us = 100'000;
inline constexpr std::uint64_t power_transition_us = 10'000;
inline constexpr std::uint64_t hot_reset_held_us = 2'000;
inline constexpr std::uint64_t after_hot_reset_us = 100'000;
inline constexpr std::uint64_t ready_after_reset_us = 1'000'000;
inline constexpr std::uint64_t virtual_functions_ready_us = 100'000; // PCIe 9.3.3.3.1

} // namespace exo::pci
