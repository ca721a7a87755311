// An owner's queue with its window and lists in memory of the host, and entries for it.
#pragma once

#include "secure-bindings/extent/extent_queue.hpp"

#include <memory>
#include <vector>

namespace exo::test {

inline constexpr std::uint64_t first_block = 1000, block_count = 256;
inline constexpr Rights every_right = right::Read | right::Write | right::Trim | right::Flush;

// Blocks of 512 octets; extent 0 is [first_block, first_block + block_count) with every right; pages 0 to 63 of the
// window are bound, the even ones from 32 on for reading by the disk only.
struct Owner {
    Owner() : pages(extent_window_pages), lists(std::make_unique<ExtentPageList[]>(extent_tags)) {
        constexpr std::uint8_t offers = extent_offer::trim | extent_offer::write_zeroes;
        queue.open({64 * 1024, 9, offers},
                   std::span<std::uint16_t, extent_window_pages>(pages.data(), extent_window_pages), lists.get());
        queue.set_extent(0, {first_block, block_count, every_right});
        for (std::uint32_t page = 0; page < 64; ++page)
            queue.set_page(page, page >= 32 && page % 2 == 0 ? right::Read : right::Read | right::Write);
    }
    ExtentQueue queue;
    std::vector<std::uint16_t> pages;
    std::unique_ptr<ExtentPageList[]> lists;
};

inline ExtentEntry entry(ExtentOperation operation, std::uint16_t tag, std::uint64_t block, std::uint32_t blocks,
                         std::uint32_t offset = 0) {
    ExtentEntry made{};
    made.operation = operation;
    made.tag = tag;
    made.block = block;
    made.blocks = blocks;
    made.offset = offset;
    return made;
}

} // namespace exo::test
