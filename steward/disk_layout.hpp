// Where the memory of a shared disk lies: within what its controller reaches of the steward, and in its domain.
#pragma once

#include "drivers/nvme/controller.hpp"
#include "secure-bindings/abi/extent.hpp"

namespace exo::steward {

// Memory of a shared disk: what its controller reaches of the steward, the pairs and their books, tables of the domain.
inline constexpr std::uint64_t shared_disk_frames = 512;

namespace disk_layout {

// Pairs to be lent, as far as the controller has them: owners of extents of one disk at a time.
inline constexpr std::uint16_t lent_pairs = 8;
inline constexpr std::uint16_t own_depth = 16;
inline constexpr std::uint64_t buffer_bytes = 128 * 1024;

constexpr std::uint64_t in_pages(std::uint64_t bytes) {
    return (bytes + page_bytes - 1) / page_bytes * page_bytes;
}

// Octets from the beginning: admin queues, the steward's own pair, a buffer, the pairs that are lent. The kernel's
// books of those lie behind, where the controller does not reach.
inline constexpr std::uint64_t admin_at = 0;
inline constexpr std::uint64_t own_pair_at = admin_at + in_pages(nvme::AdminMemory::bytes);
inline constexpr std::uint64_t buffer_at = own_pair_at + in_pages(nvme::QueueMemory::bytes(own_depth));
inline constexpr std::uint64_t lent_pairs_at = buffer_at + buffer_bytes;
constexpr std::uint64_t lent_pair_at(std::uint16_t pair) {
    return lent_pairs_at + pair * disk_pair_device_frames * page_bytes;
}
inline constexpr std::uint64_t reached_frames = lent_pairs_at / page_bytes + lent_pairs * disk_pair_device_frames;
static_assert(reached_frames <= frames_per_large);
// As abi/extent.hpp has a pair.
static_assert(nvme::QueueMemory::bytes(extent_queue_entries) == disk_pair_device_frames * page_bytes);
static_assert(nvme::QueueMemory::completions_at(extent_queue_entries) == page_bytes);

// In the domain: all of it beneath one table of level 2.
inline constexpr std::uint64_t memory_address = huge_page_bytes;
inline constexpr std::uint64_t window_address = memory_address + large_page_bytes;
static_assert(large_page_bytes + lent_pairs * extent_window_bytes <= huge_page_bytes);

// Tables: of the domain up to four levels and one for each 2 MiB of the windows; of the steward's address space six.
inline constexpr std::uint64_t table_frames = 2 * (4 + lent_pairs * extent_window_bytes / large_page_bytes + 6);
static_assert(reached_frames + lent_pairs * disk_pair_book_frames + table_frames + 2 <= shared_disk_frames);

} // namespace disk_layout

} // namespace exo::steward
