// Facts of virtio 1.2: PCI structures (4.1.4), device status (2.1), feature bits (6), split virtqueues (2.7).
// No behaviour. Structures of one device type are in that device's own spec.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::virtio {

// PCI identity of a modern device (4.1.2).
inline constexpr std::uint16_t pci_vendor = 0x1af4;
inline constexpr std::uint16_t pci_device_base = 0x1040; // plus the device type (5)

enum class DeviceType : std::uint16_t {
    Network = 1,
    Block = 2,
    Console = 3,
    Entropy = 4,
    NineP = 9,
    Gpu = 16,
};

// Configuration space as far as a virtio driver reads it (PCI 6.1, 6.7).
namespace pci_config {
inline constexpr std::uint64_t vendor = 0x00;
inline constexpr std::uint64_t device = 0x02;
inline constexpr std::uint64_t status = 0x06;
inline constexpr std::uint64_t capabilities = 0x34;
inline constexpr std::uint16_t status_has_capabilities = 1u << 4;
inline constexpr std::uint64_t header_end = 0x40;
inline constexpr std::uint64_t standard_end = 0x100;
inline constexpr unsigned capability_count_max = 48; // as many 4-byte entries as fit behind the header
inline constexpr std::uint8_t capability_vendor = 0x09;
} // namespace pci_config

// A vendor capability that places a structure in a BAR (4.1.4): offsets of its fields.
namespace pci_capability {
inline constexpr std::uint64_t id = 0;
inline constexpr std::uint64_t next = 1;
inline constexpr std::uint64_t length = 2;
inline constexpr std::uint64_t type = 3;
inline constexpr std::uint64_t bar = 4;
inline constexpr std::uint64_t offset = 8;
inline constexpr std::uint64_t bytes = 12;
inline constexpr std::uint64_t notify_multiplier = 16; // notification structure only
inline constexpr std::uint8_t length_min = 16;
inline constexpr std::uint8_t notify_length_min = 20;
inline constexpr std::uint8_t bar_count = 6;
} // namespace pci_capability

enum class StructureType : std::uint8_t { Common = 1, Notify = 2, Isr = 3, Device = 4, PciAccess = 5 };

// The common configuration structure (4.1.4.3): offsets of its fields.
namespace common {
inline constexpr std::uint64_t device_feature_select = 0;
inline constexpr std::uint64_t device_feature = 4;
inline constexpr std::uint64_t driver_feature_select = 8;
inline constexpr std::uint64_t driver_feature = 12;
inline constexpr std::uint64_t config_vector = 16;
inline constexpr std::uint64_t queue_count = 18;
inline constexpr std::uint64_t device_status = 20;
inline constexpr std::uint64_t config_generation = 21;
inline constexpr std::uint64_t queue_select = 22;
inline constexpr std::uint64_t queue_size = 24;
inline constexpr std::uint64_t queue_vector = 26;
inline constexpr std::uint64_t queue_enable = 28;
inline constexpr std::uint64_t queue_notify_offset = 30;
inline constexpr std::uint64_t queue_descriptors = 32;
inline constexpr std::uint64_t queue_driver = 40;
inline constexpr std::uint64_t queue_device = 48;
inline constexpr std::uint32_t bytes_min = 56;
} // namespace common

inline constexpr std::uint16_t no_vector = 0xffff; // (4.1.5.1.2)

// Device status (2.1).
namespace status {
inline constexpr std::uint8_t acknowledge = 1;
inline constexpr std::uint8_t driver = 2;
inline constexpr std::uint8_t driver_ok = 4;
inline constexpr std::uint8_t features_ok = 8;
inline constexpr std::uint8_t needs_reset = 64;
inline constexpr std::uint8_t failed = 128;
} // namespace status

// Feature bits that belong to no device type (6).
namespace feature {
inline constexpr std::uint64_t indirect_descriptors = 1ull << 28;
inline constexpr std::uint64_t event_index = 1ull << 29;
inline constexpr std::uint64_t version_1 = 1ull << 32;
inline constexpr std::uint64_t access_platform = 1ull << 33; // the device goes through the IOMMU
inline constexpr std::uint64_t ring_packed = 1ull << 34;
inline constexpr std::uint64_t in_order = 1ull << 35;
inline constexpr std::uint64_t notification_data = 1ull << 38;
} // namespace feature

// Split virtqueue (2.7). The available and used rings are followed by an event index that is not used here.
struct Descriptor {
    std::uint64_t address;
    std::uint32_t bytes;
    std::uint16_t flags;
    std::uint16_t next;
};
static_assert(sizeof(Descriptor) == 16 && offsetof(Descriptor, next) == 14);

namespace descriptor_flag {
inline constexpr std::uint16_t next = 1;
inline constexpr std::uint16_t device_writes = 2;
} // namespace descriptor_flag

struct RingHeader {
    std::uint16_t flags;
    std::uint16_t index; // runs freely; the place is index modulo queue size
};
static_assert(sizeof(RingHeader) == 4);

struct UsedElement {
    std::uint32_t id;    // head of the chain
    std::uint32_t bytes; // written into it
};
static_assert(sizeof(UsedElement) == 8);

namespace ring_flag {
inline constexpr std::uint16_t no_interrupt = 1; // driver's, in the available ring
inline constexpr std::uint16_t no_notify = 1;    // device's, in the used ring
} // namespace ring_flag

inline constexpr std::size_t descriptor_alignment = 16; // (2.7)
inline constexpr std::size_t used_ring_alignment = 4;
inline constexpr std::size_t ring_event_bytes = 2;

} // namespace exo::virtio
