// Whether a function may be given a window on memory: the policy of DMA domains, before any table is touched.
// The IOMMU enforces what was allowed here; the entries are made by mapping/.
#pragma once

#include "secure-bindings/capability/slot.hpp"
#include "secure-bindings/frame/frame_map.hpp"

namespace exo {

// Writes in this range are interrupts, not memory (VT-d 3.14): no window may cover any of it.
inline constexpr std::uint64_t interrupt_range_first = 0xfee0'0000;
inline constexpr std::uint64_t interrupt_range_end = 0xfef0'0000;

// What a domain can hold.
struct DmaLimits {
    std::uint8_t address_bits; // I/O virtual addresses below 2^this: of the tables and of the device, the smaller
    std::uint8_t level_max;    // largest page: 1, 2 or 3
};

// What is asked: `count` pages of `level` at rising addresses and frames.
struct DmaWindow {
    std::uint64_t address;
    std::uint64_t frame;
    std::uint64_t count;
    std::uint8_t level;
    Rights rights; // Read: the device may read memory; Write: it may write
};

// `frames_capability` is the Frames capability named for the window. Changes nothing.
// Errors: BadArgument (level, count, or rights not a choice of Read and Write), WrongKind, NoRight, Misaligned,
// BadAddress (beyond the limits or over the interrupt range), OutOfRange (capability or memory), InUse (not Data).
Status check_dma_window(const DmaWindow& window, const Slot& frames_capability, const FrameMap& frames,
                        const DmaLimits& limits);

} // namespace exo
