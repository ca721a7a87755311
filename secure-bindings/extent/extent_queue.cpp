// The judging of entries, and the books of commands that are out. See extent_queue.hpp.
#include "secure-bindings/extent/extent_queue.hpp"

namespace exo {

namespace {

// What a command that moves no data costs.
constexpr std::uint32_t cost_least = page_bytes;
// Blocks that one command can name: 16 bits, counted from 0. (NVMe 1.4, 6.9)
constexpr std::uint64_t blocks_max = 1u << 16;

// What an operation needs, by its number.
struct Needs {
    Rights extent;
    std::uint8_t offer;   // of extent_offer::
    std::uint16_t memory; // of window_page::; 0: none
    std::uint8_t flags;   // of extent_flag:: that it may have
};
constexpr Needs needs[] = {
    {right::Flush, 0, 0, 0},
    {right::Write, 0, window_page::readable, extent_flag::all},
    {right::Read, 0, window_page::writable, extent_flag::listed},
    {right::Write | right::Trim, extent_offer::write_zeroes, 0, 0},
    {right::Trim, extent_offer::trim, 0, 0},
};

} // namespace

void ExtentQueue::open(const ExtentLimits& limits, std::span<std::uint16_t, extent_window_pages> pages,
                       ExtentPageList* lists) {
    *this = {};
    limits_ = limits;
    pages_ = pages.data();
    lists_ = lists;
}

bool ExtentQueue::uses_extent(std::size_t number) const {
    for (std::uint32_t tag = 0; tag < extent_tags; ++tag) {
        if (is_out(tag) && flights_[tag].extent == number) {
            return true;
        }
    }
    return false;
}

void ExtentQueue::set_page(std::uint32_t page, Rights rights) {
    pages_[page] = static_cast<std::uint16_t>((pages_[page] & window_page::uses) |
                                              ((rights & right::Read) != 0 ? window_page::readable : 0) |
                                              ((rights & right::Write) != 0 ? window_page::writable : 0));
}

// Finds the pages of an entry's data and checks each. Counts nothing yet.
ExtentRefusal ExtentQueue::take_memory(const ExtentEntry& entry, const volatile std::uint16_t* listed, Flight& flight) {
    const std::uint64_t bytes = std::uint64_t{entry.blocks} << limits_.block_shift;
    const std::uint64_t page = entry.offset >> page_shift, into = entry.offset & (page_bytes - 1);
    const std::uint64_t pages = (into + bytes + page_bytes - 1) >> page_shift;
    if (bytes > limits_.transfer_bytes_max || entry.offset % 4 != 0 || pages > extent_pages_max ||
        page >= extent_window_pages) {
        return ExtentRefusal::BadMemory;
    }
    flight.cost = static_cast<std::uint32_t>(bytes);
    flight.page = static_cast<std::uint16_t>(page);
    flight.pages = static_cast<std::uint8_t>(pages);
    flight.listed = (entry.flags & extent_flag::listed) != 0;
    if (flight.listed && (!listed || pages > extent_pages_listed + 1)) {
        return ExtentRefusal::BadMemory;
    }
    if (!flight.listed && pages > extent_window_pages - page) {
        return ExtentRefusal::BadMemory;
    }
    const std::uint16_t needed = needs[static_cast<std::size_t>(entry.operation)].memory;
    for (std::uint32_t index = 0; index < pages; ++index) {
        std::uint64_t which = page + index;
        if (flight.listed && index != 0) {
            which = lists_[entry.tag][index - 1] = listed[index - 1];
        }
        if (which >= extent_window_pages || (pages_[which] & needed) == 0) {
            return ExtentRefusal::BadMemory;
        }
    }
    return ExtentRefusal::None;
}

ExtentRefusal ExtentQueue::take(const ExtentEntry& entry, const volatile std::uint16_t* listed) {
    const auto operation = static_cast<std::size_t>(entry.operation);
    if (operation >= std::size(needs) || entry.tag >= extent_tags || (out_ >> entry.tag & 1) != 0 ||
        entry.reserved != 0) {
        return ExtentRefusal::BadEntry;
    }
    const Needs& need = needs[operation];
    if ((entry.flags & ~need.flags) != 0 || (need.offer & ~limits_.offers) != 0) {
        return ExtentRefusal::BadEntry;
    }
    if (entry.extent >= extents_per_ring || extents_[entry.extent].count == 0) {
        return ExtentRefusal::NoExtent;
    }
    const Extent& extent = extents_[entry.extent];
    const bool flush = entry.operation == ExtentOperation::Flush;
    const std::uint64_t blocks = flush ? 0 : entry.blocks;
    if (!extent_allows(extent, flush ? 0 : entry.block, blocks, need.extent)) {
        return (need.extent & ~extent.rights) != 0 ? ExtentRefusal::NoRight : ExtentRefusal::OutOfRange;
    }
    if (!flush && (blocks == 0 || (blocks > blocks_max && entry.operation != ExtentOperation::Trim))) {
        return ExtentRefusal::OutOfRange;
    }
    Flight flight{cost_least, 0, 0, static_cast<std::uint8_t>(entry.extent & 0x7f), 0};
    if (need.memory != 0) {
        if (const ExtentRefusal wrong = take_memory(entry, listed, flight); wrong != ExtentRefusal::None) {
            return wrong;
        }
    }
    flights_[entry.tag] = flight;
    out_ |= 1ull << entry.tag;
    for (std::uint32_t index = 0; index < flight.pages; ++index) {
        ++pages_[page_of(entry.tag, index)];
    }
    return ExtentRefusal::None;
}

std::uint32_t ExtentQueue::end(std::uint32_t tag) {
    if (!is_out(tag)) {
        return 0;
    }
    out_ &= ~(1ull << tag);
    const Flight& flight = flights_[tag];
    for (std::uint32_t index = 0; index < flight.pages; ++index) {
        --pages_[page_of(tag, index)];
    }
    return flight.cost;
}

} // namespace exo
