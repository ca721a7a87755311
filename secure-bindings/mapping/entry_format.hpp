// Translation entries of the two kinds of tables: 4-level paging (Intel SDM 3A 4.5, tables 4-15 to 4-20)
// and VT-d second-level paging (VT-d 9.8). Only facts of the formats; no behaviour.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

inline constexpr std::uint64_t entry_frame_mask = 0x000f'ffff'ffff'f000ull;

namespace page_entry {
inline constexpr std::uint64_t present = 1ull << 0;
inline constexpr std::uint64_t writable = 1ull << 1;
inline constexpr std::uint64_t user = 1ull << 2;
inline constexpr std::uint64_t write_through = 1ull << 3;
inline constexpr std::uint64_t cache_disable = 1ull << 4;
inline constexpr std::uint64_t accessed = 1ull << 5;
inline constexpr std::uint64_t dirty = 1ull << 6;
inline constexpr std::uint64_t large = 1ull << 7;
inline constexpr std::uint64_t global = 1ull << 8;
// Ignored by hardware. A page bound without any right keeps its frame and ledger but is not present.
inline constexpr std::uint64_t software_bound = 1ull << 9;
// Ignored by hardware. Set for device registers and info pages, whose frames are not in the frame map: the entry has no
// chain.
inline constexpr std::uint64_t software_unowned = 1ull << 10;
inline constexpr std::uint64_t no_execute = 1ull << 63;
} // namespace page_entry

namespace dma_entry {
inline constexpr std::uint64_t read = 1ull << 0;
inline constexpr std::uint64_t write = 1ull << 1;
inline constexpr std::uint64_t large = 1ull << 7;
// Bits 52-61 are ignored by hardware. 52-59 hold the environment whose Frames capability authorised the entry,
// because a DMA table belongs to a function and the function may change hands; 60 keeps a page bound without rights.
inline constexpr unsigned holder_shift = 52;
inline constexpr std::uint64_t holder_mask = 0xffull << holder_shift;
inline constexpr std::uint64_t software_bound = 1ull << 60;
} // namespace dma_entry
static_assert(max_environments <= 256);
static_assert(page_entry::large == dma_entry::large);

} // namespace exo
