// The operations of a bind or unbind batch: every way a capability becomes a use that
// hardware enforces. One 48-byte row an operation; the kernel validates each row whole
// before it changes anything for that row. Handles are looked up in the table of the
// environment that is bound, not of the caller.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

enum class BindKind : std::uint32_t {
    // Pages of memory. handle: Frames; address: first virtual address; resource: first frame;
    // count: pages of the size in flags. unbind: address, count and size only.
    Page = 1,
    // Changes rights of pages that are bound; address, count (4 KiB or larger pages as they stand,
    // counted in pages of the size in flags). Rights stay within those of the capability they came from.
    Protect = 2,
    // A page table. handle: Frames with Retype; resource: an even frame, of a pair: the even frame becomes
    // the table, the odd one its ledger; address: any address it covers; flags: level (1, 2 or 3).
    Table = 3,
    // Slots of a slice wheel. handle: Slices; resource: first slot; count; address: vcore number.
    Slice = 4,
    // A window on a function's registers. handle: Function; resource: (bar << 32) | first page of the BAR,
    // bar 6 being the function's 4 KiB configuration space, read only; address; count: pages.
    Bar = 5,
    // Frames into the function's DMA domain. handle: Function; argument: handle of Frames with Dma;
    // address: first I/O virtual address; resource: first frame; count: pages of the size in flags.
    Dma = 6,
    // A table of the function's DMA domain, as Table. handle: Function; argument: Frames with Retype.
    DmaTable = 7,
    // An MSI-X vector to an event. handle: Function; address: vector; resource: (vcore << 8) | bit.
    // One interrupt is delivered, then the vector stays masked until Arm.
    Interrupt = 8,
    // Lets the next interrupt of a vector through (bind only). handle: Function; address: vector.
    Arm = 9,
    // Kernel-written pages about the environment itself, read only. resource: 0 = environment page,
    // 1.. = frames of its capability table; address; count: pages.
    Info = 10,
    // The kernel takes the function over and shares it out, if it has a driver for it: network functions.
    // handle: Function with Read and Write; argument: Frames with Read, Write, Dma and Retype; resource: first frame,
    // even; count: nic_frames_min to nic_frames_max, unmapped but for the buffers, until it is unbound. Beyond the
    // least number every frame is room for one more flow. address: 0. Afterwards
    // `derive` (kind Flow, first 0, count 1) makes the Flow that stands for every packet of the NIC from the Function.
    Nic = 11,
    // A flow's ring (abi/flow_ring.hpp). handle: Flow; address: of a FlowRingSpec; resource: (vcore << 8) | bit of the
    // event that tells a sleeper; argument: 0. Or argument: another Flow of the same NIC and environment, whose ring
    // this flow joins; then address and resource are 0. unbind: the handle only; the last flow takes the ring along.
    Ring = 12,
    // A program on a flow (abi/filter_binding.hpp). handle: Flow with Bind and Read; argument: Frames with Retype and
    // Write; resource: first frame, unmapped; count: filter_frames; address: of a FilterRequest. Given again while it
    // fails with Again. unbind: the handle only.
    Filter = 13,
    // The kernel shares out queue pairs of a disk that its owner has brought up. handle: Function with Bind, Read and
    // Write; argument: Frames with Read, Write, Dma and Retype; resource: first frame; count: disk_frames(pairs);
    // address: of a DiskSpec. unbind (handle only), given again while it fails with Again: once the controller is
    // disabled, or no command is out.
    Disk = 14,
    // A queue pair of a shared disk for the environment, with a ring (abi/extent.hpp). handle: Extent with Bind;
    // address: of an ExtentRingSpec; resource: (vcore << 8) | bit of the event that tells a sleeper; argument: 0;
    // count:
    // the number by which entries of the ring name this extent, below extents_per_ring. Or argument: the Extent of the
    // same disk by which the ring was made, whose ring this extent joins; then address and resource are 0. unbind: the
    // handle only; the extent that made the ring takes it along. Given again while it fails with Again.
    ExtentRing = 15,
    // Frames into the window of the environment's queue pair. handle: Extent of the ring; argument: Frames with Dma;
    // address: offset in the window; resource: first frame; count: 4 KiB pages; flags: Read (the disk may read them)
    // and Write. unbind: handle, address and count; InUse while a command that is out names one of the pages.
    ExtentWindow = 16,
};

// Flags of a row: rights in the low bits (right::Read, Write, Execute), page size and level above.
namespace bind_flag {
inline constexpr std::uint32_t rights_mask = 0x7;
inline constexpr std::uint32_t size_4k = 0u << 4;
inline constexpr std::uint32_t size_2m = 1u << 4;
inline constexpr std::uint32_t size_1g = 2u << 4;
inline constexpr std::uint32_t size_mask = 3u << 4;
inline constexpr std::uint32_t level_shift = 8; // levels 1 (4 KiB entries) to 4 (root)
inline constexpr std::uint32_t level_mask = 7u << 8;
inline constexpr std::uint32_t defined = rights_mask | size_mask | level_mask;
} // namespace bind_flag

constexpr std::uint32_t bind_level(std::uint32_t level) {
    return level << bind_flag::level_shift;
}

struct BindOp {
    BindKind kind;
    std::uint32_t flags;
    Handle handle;
    std::uint64_t address;
    std::uint64_t resource;
    std::uint64_t count;
    std::uint64_t argument;
};
static_assert(sizeof(BindOp) == 48);

} // namespace exo
