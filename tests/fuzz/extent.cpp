// Entries of a ring, as an owner might write them, against a plain model: whatever is taken lies within its extent, in
// pages that are bound with the right, with a tag that was free; and nothing stays counted once all have ended.
#include "tests/unit/extent/owner.hpp"

#include <cstdlib>
#include <cstring>

using namespace exo;
using namespace exo::test;

namespace {

void demand(bool holds) {
    if (!holds)
        std::abort();
}

// What an entry that was taken must be.
void check_taken(const Owner& owner, const ExtentEntry& entry) {
    const Extent& extent = owner.queue.extent(entry.extent);
    const bool flush = entry.operation == ExtentOperation::Flush;
    if (!flush) {
        const __uint128_t end = static_cast<__uint128_t>(entry.block) + entry.blocks;
        demand(entry.blocks != 0 && end <= extent.count);
    }
    const ExtentQueue::Flight& flight = owner.queue.flight(entry.tag);
    const bool moves = entry.operation == ExtentOperation::Read || entry.operation == ExtentOperation::Write;
    demand((flight.pages != 0) == moves);
    if (moves)
        demand(flight.pages * page_bytes >= entry.offset % page_bytes + (std::uint64_t{entry.blocks} << 9));
    const std::uint16_t needed =
        entry.operation == ExtentOperation::Read ? window_page::writable : window_page::readable;
    for (std::uint32_t i = 0; i < flight.pages; ++i) {
        const std::uint16_t page = owner.queue.page_of(entry.tag, i);
        demand(page < extent_window_pages && (owner.pages[page] & needed) != 0 && owner.queue.page_used(page));
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Owner owner;
    owner.queue.set_extent(1, {77, 5, right::Read});
    constexpr std::size_t step = sizeof(ExtentEntry) + sizeof(ExtentPageList);
    for (; size >= step; data += step, size -= step) {
        ExtentEntry entry;
        std::uint16_t list[extent_pages_listed];
        std::memcpy(&entry, data, sizeof entry);
        std::memcpy(list, data + sizeof entry, sizeof list);
        // Mostly something that could be.
        if (data[7] & 1) {
            entry.operation = static_cast<ExtentOperation>(data[0] % 6);
            entry.flags &= extent_flag::all;
            entry.tag %= extent_queue_entries;
            entry.extent %= 3;
            entry.reserved = 0;
            entry.blocks %= 300;
            entry.block %= 300;
            entry.offset %= 70 * page_bytes;
            for (std::uint16_t& page : list)
                page %= 70;
        }
        const std::uint64_t before = owner.queue.out();
        const ExtentRefusal refusal = owner.queue.take(entry, list);
        demand(refusal == ExtentRefusal::None ? owner.queue.out() == (before | 1ull << entry.tag)
                                              : owner.queue.out() == before);
        if (refusal == ExtentRefusal::None) {
            demand((before >> entry.tag & 1) == 0);
            check_taken(owner, entry);
        }
        if (data[1] & 0x80)
            (void)owner.queue.end(data[2]);
    }
    for (std::uint32_t tag = 0; tag < extent_queue_entries; ++tag)
        (void)owner.queue.end(tag);
    for (const std::uint16_t page : owner.pages)
        demand((page & window_page::uses) == 0);
    return 0;
}
