// Which entries of an owner's ring are given to the disk, and what is remembered of those that are.
#include "tests/unit/extent/owner.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace exo;
using namespace exo::test;

namespace {

constexpr auto Read = ExtentOperation::Read;
constexpr auto Write = ExtentOperation::Write;
constexpr auto Flush = ExtentOperation::Flush;
constexpr auto Zero = ExtentOperation::Zero;
constexpr auto Trim = ExtentOperation::Trim;
constexpr std::uint64_t highest = std::numeric_limits<std::uint64_t>::max();

} // namespace

TEST_CASE("blocks are those of the extent, and no sum wraps") {
    const Extent extent{first_block, block_count, every_right};
    CHECK(extent_allows(extent, 0, block_count, right::Read));
    CHECK(extent_allows(extent, block_count - 1, 1, right::Read));
    CHECK_FALSE(extent_allows(extent, 0, block_count + 1, right::Read));
    CHECK_FALSE(extent_allows(extent, block_count, 1, right::Read));
    CHECK_FALSE(extent_allows(extent, highest, 2, right::Read));
    CHECK_FALSE(extent_allows(extent, highest, 1, right::Read));
    CHECK_FALSE(extent_allows(extent, 2, highest, right::Read));
    CHECK_FALSE(extent_allows({first_block, block_count, right::Read}, 0, 1, right::Write));
}

TEST_CASE("an entry reaches its extent's blocks only") {
    Owner owner;
    CHECK(owner.queue.take(entry(Read, 0, 0, 8), nullptr) == ExtentRefusal::None);
    CHECK(owner.queue.take(entry(Read, 1, block_count - 8, 8), nullptr) == ExtentRefusal::None);
    for (const auto& [block, blocks] : {std::pair<std::uint64_t, std::uint32_t>{block_count - 7, 8},
                                        {block_count, 1},
                                        {highest, 1},
                                        {highest - 7, 8},
                                        {1ull << 48, 1},
                                        {0, 0},
                                        {0, 0xffff'ffff}})
        for (const ExtentOperation operation : {Read, Write, Zero, Trim})
            CHECK(owner.queue.take(entry(operation, 2, block, blocks), nullptr) == ExtentRefusal::OutOfRange);
    ExtentEntry other = entry(Read, 2, 0, 1);
    other.extent = 1;
    CHECK(owner.queue.take(other, nullptr) == ExtentRefusal::NoExtent);
    other.extent = extents_per_ring;
    CHECK(owner.queue.take(other, nullptr) == ExtentRefusal::NoExtent);
    other.extent = 0xffff;
    CHECK(owner.queue.take(other, nullptr) == ExtentRefusal::NoExtent);
}

TEST_CASE("each operation needs its right") {
    struct Row {
        ExtentOperation operation;
        Rights needed;
    };
    for (const Row& row : {Row{Read, right::Read}, Row{Write, right::Write}, Row{Flush, right::Flush},
                           Row{Trim, right::Trim}, Row{Zero, right::Write | right::Trim}}) {
        Owner owner;
        owner.queue.set_extent(0, {first_block, block_count, every_right & ~row.needed});
        CHECK(owner.queue.take(entry(row.operation, 0, 0, 1), nullptr) == ExtentRefusal::NoRight);
        owner.queue.set_extent(0, {first_block, block_count, row.needed});
        CHECK(owner.queue.take(entry(row.operation, 0, 0, 1), nullptr) == ExtentRefusal::None);
    }
}

TEST_CASE("what a disk does not offer, and what no command has, is refused") {
    Owner owner;
    owner.queue.open({4096, 9, 0},
                     std::span<std::uint16_t, extent_window_pages>(owner.pages.data(), extent_window_pages),
                     owner.lists.get());
    owner.queue.set_extent(0, {first_block, block_count, every_right});
    CHECK(owner.queue.take(entry(Trim, 0, 0, 1), nullptr) == ExtentRefusal::BadEntry);
    CHECK(owner.queue.take(entry(Zero, 0, 0, 1), nullptr) == ExtentRefusal::BadEntry);
    CHECK(owner.queue.take(entry(static_cast<ExtentOperation>(5), 0, 0, 1), nullptr) == ExtentRefusal::BadEntry);
    CHECK(owner.queue.take(entry(static_cast<ExtentOperation>(0xff), 0, 0, 1), nullptr) == ExtentRefusal::BadEntry);
    ExtentEntry odd = entry(Write, 0, 0, 1);
    odd.flags = 1u << 2;
    CHECK(owner.queue.take(odd, nullptr) == ExtentRefusal::BadEntry);
    odd = entry(Read, 0, 0, 1);
    odd.flags = extent_flag::force_unit_access;
    CHECK(owner.queue.take(odd, nullptr) == ExtentRefusal::BadEntry);
    odd = entry(Read, 0, 0, 1);
    odd.reserved = 1;
    CHECK(owner.queue.take(odd, nullptr) == ExtentRefusal::BadEntry);
}

TEST_CASE("a tag names one command that is out at a time") {
    Owner owner;
    CHECK(owner.queue.take(entry(Read, 5, 0, 1), nullptr) == ExtentRefusal::None);
    CHECK(owner.queue.take(entry(Read, 5, 0, 1), nullptr) == ExtentRefusal::BadEntry);
    CHECK(owner.queue.take(entry(Read, extent_tags, 0, 1), nullptr) == ExtentRefusal::BadEntry);
    CHECK(owner.queue.take(entry(Read, 0xffff, 0, 1), nullptr) == ExtentRefusal::BadEntry);
    CHECK(owner.queue.end(6) == 0);
    CHECK(owner.queue.end(0xffff) == 0);
    CHECK(owner.queue.end(5) == 512);
    CHECK(owner.queue.end(5) == 0);
    CHECK(owner.queue.out() == 0);
    for (std::uint16_t tag = 0; tag < extent_tags; ++tag)
        CHECK(owner.queue.take(entry(Flush, tag, 0, 0), nullptr) == ExtentRefusal::None);
    CHECK(owner.queue.take(entry(Flush, 0, 0, 0), nullptr) == ExtentRefusal::BadEntry);
}

TEST_CASE("data lie in pages of the window that are bound with the right") {
    Owner owner;
    CHECK(owner.queue.take(entry(Read, 0, 0, 8, 4096), nullptr) == ExtentRefusal::None);
    // Into the page behind the last one that is bound; before it, in an odd place, and outside the window.
    CHECK(owner.queue.take(entry(Write, 1, 0, 8, 63 * 4096), nullptr) == ExtentRefusal::None);
    CHECK(owner.queue.take(entry(Write, 2, 0, 8, 63 * 4096 + 512), nullptr) == ExtentRefusal::BadMemory);
    CHECK(owner.queue.take(entry(Write, 2, 0, 1, 64 * 4096), nullptr) == ExtentRefusal::BadMemory);
    CHECK(owner.queue.take(entry(Write, 2, 0, 1, 2), nullptr) == ExtentRefusal::BadMemory);
    CHECK(owner.queue.take(entry(Write, 2, 0, 1, extent_window_bytes), nullptr) == ExtentRefusal::BadMemory);
    CHECK(owner.queue.take(entry(Write, 2, 0, 8, 0xffff'fffc), nullptr) == ExtentRefusal::BadMemory);
    owner.queue.set_page(extent_window_pages - 1, right::Read | right::Write);
    CHECK(owner.queue.take(entry(Write, 2, 0, 8, extent_window_bytes - 4096), nullptr) == ExtentRefusal::None);
    CHECK(owner.queue.take(entry(Write, 3, 0, 8, extent_window_bytes - 2048), nullptr) == ExtentRefusal::BadMemory);
    // What the disk may only read cannot be read into.
    CHECK(owner.queue.take(entry(Read, 3, 0, 8, 34 * 4096), nullptr) == ExtentRefusal::BadMemory);
    CHECK(owner.queue.take(entry(Read, 3, 0, 16, 33 * 4096), nullptr) == ExtentRefusal::BadMemory);
    CHECK(owner.queue.take(entry(Write, 3, 0, 16, 33 * 4096), nullptr) == ExtentRefusal::None);
    // More than a command may carry.
    CHECK(owner.queue.take(entry(Read, 4, 0, 129, 0), nullptr) == ExtentRefusal::BadMemory);
}

TEST_CASE("a list is read once, and every page of it is judged") {
    Owner owner;
    std::uint16_t list[extent_pages_listed] = {9, 3, 20};
    ExtentEntry listed = entry(Read, 7, 0, 32, 5 * 4096);
    listed.flags = extent_flag::listed;
    REQUIRE(owner.queue.take(listed, list) == ExtentRefusal::None);
    list[0] = 4000;
    const std::uint16_t pages[] = {5, 9, 3, 20};
    for (std::uint32_t i = 0; i < 4; ++i) {
        CHECK(owner.queue.page_of(7, i) == pages[i]);
        CHECK(owner.queue.page_used(pages[i]));
    }
    CHECK_FALSE(owner.queue.page_used(6));
    listed.tag = 8;
    CHECK(owner.queue.take(listed, list) == ExtentRefusal::BadMemory);
    list[0] = extent_window_pages;
    CHECK(owner.queue.take(listed, list) == ExtentRefusal::BadMemory);
    list[0] = 9;
    list[2] = 64;
    CHECK(owner.queue.take(listed, list) == ExtentRefusal::BadMemory);
    CHECK(owner.queue.take(listed, nullptr) == ExtentRefusal::BadMemory);
    CHECK(owner.queue.end(7) == 32 * 512);
    for (const std::uint16_t page : pages)
        CHECK_FALSE(owner.queue.page_used(page));
}

TEST_CASE("uses of a page and of an extent are counted until their commands end") {
    Owner owner;
    owner.queue.set_extent(3, {5000, 10, right::Read});
    ExtentEntry third = entry(Read, 1, 0, 1, 0);
    third.extent = 3;
    REQUIRE(owner.queue.take(entry(Read, 0, 0, 16, 0), nullptr) == ExtentRefusal::None);
    REQUIRE(owner.queue.take(third, nullptr) == ExtentRefusal::None);
    owner.queue.set_page(0, 0);
    CHECK(owner.queue.page_used(0));
    CHECK_FALSE(owner.queue.page_bound(0));
    CHECK(owner.queue.take(entry(Read, 2, 0, 1, 0), nullptr) == ExtentRefusal::BadMemory);
    CHECK(owner.queue.uses_extent(3));
    owner.queue.set_extent(3, {});
    third.tag = 2;
    CHECK(owner.queue.take(third, nullptr) == ExtentRefusal::NoExtent);
    CHECK(owner.queue.end(1) == 512);
    CHECK_FALSE(owner.queue.uses_extent(3));
    CHECK(owner.queue.page_used(0));
    CHECK(owner.queue.end(0) == 16 * 512);
    CHECK_FALSE(owner.queue.page_used(0));
    CHECK_FALSE(owner.queue.page_used(1));
}
