// Info pages: what the kernel shows, read only, to every environment, at fixed addresses.
// A library OS reads these instead of calling. Each structure is written by the kernel alone.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

// Everything below lives in one slot of the upper half that is mapped for reading in every environment.
inline constexpr std::uint64_t info_base = 0xffff'ff00'0000'0000ull;
inline constexpr std::uint64_t info_machine = info_base;                    // MachineInfo
inline constexpr std::uint64_t info_counters = info_base + 0x0010'0000;     // CoreCounters[max_cores]
inline constexpr std::uint64_t info_vcores = info_base + 0x0020'0000;       // VcoreInfo[max_vcores]
inline constexpr std::uint64_t info_wheels = info_base + 0x0030'0000;       // Wheel[max_cores]
inline constexpr std::uint64_t info_devices = info_base + 0x0040'0000;      // DeviceInfo[max_functions]
inline constexpr std::uint64_t info_environments = info_base + 0x0050'0000; // EnvironmentInfo[max_environments]
inline constexpr std::uint64_t info_nics = info_base + 0x0060'0000;         // NicInfo[max_nics]
inline constexpr std::uint64_t info_frames = info_base + 0x4000'0000;       // FrameEntry[frame_count], from frame 0

struct MachineInfo {
    std::uint64_t version; // abi_version
    std::uint64_t core_count;
    std::uint64_t function_count;
    std::uint64_t frame_count; // entries of the frame map
    std::uint64_t tsc_hz;
    std::uint64_t slot_cycles;         // length of one slot of a wheel
    std::uint64_t grace_cycles;        // time after a slice end before the switch is forced
    std::uint64_t kernel_entry_tsc;    // TSC at the kernel's first instruction
    std::uint64_t boot_epoch_seconds;  // wall clock (UTC) at boot, from the CMOS clock
    std::uint64_t boot_epoch_tsc;      // TSC at that moment
    std::uint64_t xsave_bytes;         // size of the extended state kept for a vcore
    std::uint64_t feature_bits;        // bits of feature::
    std::uint64_t archive_first_frame; // the boot archive, as loaded
    std::uint64_t archive_bytes;
    std::uint64_t reserved[2];
    std::uint32_t apic_id[max_cores];
};

namespace feature {
inline constexpr std::uint64_t iommu = 1u << 0;
inline constexpr std::uint64_t interrupt_remapping = 1u << 1;
inline constexpr std::uint64_t pcid = 1u << 2;
inline constexpr std::uint64_t fsgsbase = 1u << 3;
inline constexpr std::uint64_t smap = 1u << 4;
inline constexpr std::uint64_t umip = 1u << 5;
inline constexpr std::uint64_t huge_pages = 1u << 6;
inline constexpr std::uint64_t x2apic = 1u << 7;
inline constexpr std::uint64_t hypervisor = 1u << 8;
} // namespace feature

// Entries into the kernel by cause.
struct CoreCounters {
    alignas(64) std::uint64_t calls; // exokernel calls
    std::uint64_t reflections;       // foreign system calls handed to a library OS
    std::uint64_t exceptions;        // exceptions from user mode
    std::uint64_t timer_interrupts;
    std::uint64_t device_interrupts;
    std::uint64_t ipis;     // shootdowns and wake-ups
    std::uint64_t upcalls;  // upcalls made
    std::uint64_t switches; // changes of the running vcore
};
static_assert(sizeof(CoreCounters) == 64);

enum class VcoreState : std::uint32_t {
    Free = 0,
    Created = 1,
    Ready = 2, // would run if it were given time
    Running = 3,
    Waiting = 4,   // in wait
    Accepting = 5, // open for a protected control transfer
    Calling = 6,   // waits for a reply
    Stopped = 7,
};

struct VcoreInfo {
    alignas(64) std::uint32_t environment;
    std::uint32_t index; // within the environment
    std::uint32_t core;
    VcoreState state;
    std::uint64_t calls;
    std::uint64_t reflections;
    std::uint64_t exceptions;
    std::uint64_t interrupts; // any interrupt taken while it ran
    std::uint64_t slices;     // times it was given the core
    std::uint64_t run_cycles;
};
static_assert(sizeof(VcoreInfo) == 64);

enum class EnvironmentState : std::uint32_t {
    Free = 0,
    Alive = 1,
    Stopped = 2, // by itself or its controller; status says how
    Faulted = 3, // broke its contract with the kernel: fault_* say how
    Dying = 4,   // being taken apart by `stop`
};

struct EnvironmentInfo {
    alignas(64) EnvironmentState state;
    std::uint32_t creator; // environment that made it; told by event 63 of its vcore 0 when the state changes
    std::uint64_t status;  // as given to stop
    std::uint64_t fault_vector;
    std::uint64_t fault_rip;
    std::uint64_t fault_address;
    std::uint64_t fault_error_code;
    std::uint64_t generation; // counts the environments that had this number
    std::uint64_t vcore_count;
};
static_assert(sizeof(EnvironmentInfo) == 64);
inline constexpr unsigned child_event_bit = 63;

// Owner of each slot of a core's wheel: vcore number (index into VcoreInfo) or no_vcore.
inline constexpr std::uint16_t no_vcore = 0xffff;
struct Wheel {
    std::uint16_t slot[wheel_slots];
};
static_assert(sizeof(Wheel) == 128);

namespace device_flag {
inline constexpr std::uint8_t bindable = 1u << 0;   // an endpoint with a requester ID of its own behind an IOMMU
inline constexpr std::uint8_t resettable = 1u << 1; // one that is not can be lent once only
inline constexpr std::uint8_t shared = 1u << 2;     // the kernel drives it for its owner: a NIC
inline constexpr std::uint8_t is_virtual = 1u << 3; // a virtual function: a reset of its physical one resets it, too
} // namespace device_flag

// One PCI function, as found at boot.
struct DeviceInfo {
    std::uint16_t segment;
    std::uint8_t bus;
    std::uint8_t device_function; // device << 3 | function
    std::uint8_t header_type;
    std::uint8_t flags;  // bits of device_flag::
    std::uint16_t owner; // environment that has it bound, or 0
    std::uint16_t vendor;
    std::uint16_t device;
    std::uint16_t subsystem_vendor;
    std::uint16_t subsystem;
    std::uint32_t class_code; // class << 16 | subclass << 8 | interface
    std::uint16_t msix_vectors;
    std::uint8_t msix_bar;
    std::uint8_t dma_levels; // of its DMA tables: the level of the root, 3 or 4; 0 without an IOMMU
    std::uint32_t msix_offset;
    std::uint32_t dma_faults; // accesses and interrupts of it that the IOMMU blocked, as last polled
    struct {
        std::uint64_t base;  // physical
        std::uint64_t bytes; // 0: none, or an I/O port BAR
    } bar[6];
};
static_assert(sizeof(DeviceInfo) == 128);

// One NIC that the kernel shares out. Counts are of frames since it was bound.
struct NicInfo {
    alignas(64) std::uint32_t used; // nonzero: the rest means something
    std::uint32_t function;         // in the device info page
    std::uint8_t address[6];        // MAC
    std::uint16_t mtu;              // octets of an Ethernet payload
    std::uint64_t received;         // from the device
    std::uint64_t unclaimed;        // of those: no flow stands for them, or they are no frames
    std::uint64_t delivered;        // into rings
    std::uint64_t overrun;          // dropped because their owner's ring was full
    std::uint64_t sent;
    std::uint64_t refused;  // not sent: outside their flow, or malformed
    std::uint64_t answered; // sent back by handlers
    std::uint64_t consumed; // accepted by nobody: filters and handlers dropped them
    std::uint64_t interrupts;
    std::uint64_t reserved[4];
};
static_assert(sizeof(NicInfo) == 128);

// What a frame is. Only Data frames can be mapped by environments or devices.
enum class FrameType : std::uint8_t {
    Absent = 0, // not memory, or not this kernel's
    Data = 1,
    PageTable = 2,
    DmaTable = 3,
    Ledger = 4, // the books of a table: who authorised each entry
    CapabilityTable = 5,
    EnvironmentPage = 6,
    VcoreState = 7,
    Kernel = 8,
    NicBook = 9,     // the kernel's books of a shared NIC
    FilterCode = 10, // a program on a flow: its code, its scratch memory, and what verifying it takes
    DiskBook = 11,   // the kernel's books of a shared disk
};

// One entry of the frame ownership map. `first` and the region entries are read by nobody but the
// kernel; they are shown because hiding them would cost and protect nothing.
struct FrameEntry {
    std::uint64_t first; // head of the chain of mappings: (table frame << 9) | index, or no_mapping
    std::uint16_t owner; // environment it was last granted to
    FrameType type;
    std::uint8_t level;   // of a table
    std::uint16_t pins;   // uses by the kernel that forbid taking it
    std::uint16_t tenant; // of a table: environment or function it belongs to; of pinned Data: whose memory it is
};
static_assert(sizeof(FrameEntry) == 16);
inline constexpr std::uint64_t no_mapping = ~0ull;

// The environment page: bound by its environment with BindKind::Info.
struct Repossession {
    Kind kind;
    std::uint8_t reserved[7];
    Handle handle; // as the environment knew it
    std::uint64_t first;
    std::uint64_t count;
    std::uint64_t tsc;
};
static_assert(sizeof(Repossession) == 40);
inline constexpr std::size_t repossession_entries = 64;

struct EnvironmentPage {
    std::uint64_t environment; // own number
    std::uint64_t capability_slots;
    std::uint64_t repossession_count; // total ever; entry i is at i % repossession_entries
    std::uint64_t reserved[5];
    Repossession repossession[repossession_entries];
};
static_assert(sizeof(EnvironmentPage) <= page_bytes);

} // namespace exo
