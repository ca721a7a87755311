// Flags of Linux's memory calls: mmap(2), madvise(2), mremap(2), msync(2). Facts only.
#pragma once

#include <cstdint>

namespace exo::linux_abi {

namespace protection {
inline constexpr std::uint32_t none = 0, read = 1, write = 2, execute = 4, all = 7;
inline constexpr std::uint32_t grows_down = 0x01000000, grows_up = 0x02000000;
} // namespace protection

namespace map_flag {
inline constexpr std::uint32_t shared = 0x01, private_ = 0x02, shared_validate = 0x03, type_mask = 0x0f;
inline constexpr std::uint32_t fixed = 0x10, anonymous = 0x20, low_32bit = 0x40;
inline constexpr std::uint32_t grows_down = 0x0100, deny_write = 0x0800, executable = 0x1000, locked = 0x2000,
                               no_reserve = 0x4000, populate = 0x8000, non_block = 0x10000, stack = 0x20000,
                               huge = 0x40000, sync = 0x80000, fixed_no_replace = 0x100000;
inline constexpr unsigned huge_shift = 26; // log2 of the page size, 0 for the default of 2 MiB
inline constexpr std::uint32_t huge_mask = 0x3f;
} // namespace map_flag

namespace advice {
inline constexpr std::uint32_t normal = 0, random = 1, sequential = 2, will_need = 3, dont_need = 4, free = 8,
                               remove = 9, dont_fork = 10, do_fork = 11, mergeable = 12, unmergeable = 13,
                               huge_page = 14, no_huge_page = 15, dont_dump = 16, do_dump = 17, wipe_on_fork = 18,
                               keep_on_fork = 19, cold = 20, page_out = 21, populate_read = 22, populate_write = 23;
} // namespace advice

namespace remap_flag {
inline constexpr std::uint32_t may_move = 1, fixed = 2, dont_unmap = 4;
} // namespace remap_flag

namespace sync_flag {
inline constexpr std::uint32_t async = 1, invalidate = 2, sync = 4;
} // namespace sync_flag

} // namespace exo::linux_abi
