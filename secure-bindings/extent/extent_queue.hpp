// What the owner of a queue pair may ask of a shared disk: the extents it bound, the pages in its window, and the
// commands that are out. Pure: entries are judged here, the controller's own are written by the kernel. An entry given
// to `take` is the kernel's copy, read once. Every call takes a bounded number of steps; callers serialise.
#pragma once

#include "secure-bindings/abi/extent.hpp"

#include <span>

namespace exo {

// Blocks that entries may name by one number. None: count 0.
struct Extent {
    std::uint64_t first;
    std::uint64_t count;
    Rights rights;
};

// Whether `blocks` blocks from `block` on lie within it, and it has these rights. No sum can wrap.
[[gnu::always_inline]] inline bool extent_allows(const Extent& extent, std::uint64_t block, std::uint64_t blocks,
                                                 Rights rights) {
    return (rights & ~extent.rights) == 0 && blocks <= extent.count && block <= extent.count - blocks;
}

// What is kept of a page of the window.
namespace window_page {
inline constexpr std::uint16_t readable = 1u << 15; // the disk may read it
inline constexpr std::uint16_t writable = 1u << 14;
inline constexpr std::uint16_t bound = readable | writable;
inline constexpr std::uint16_t uses = writable - 1; // by commands that are out
static_assert(extent_tags * extent_pages_max < uses);
} // namespace window_page

// What does not change while a disk is shared.
struct ExtentLimits {
    std::uint32_t transfer_bytes_max;
    std::uint8_t block_shift;
    std::uint8_t offers; // of extent_offer::
};

class ExtentQueue {
public:
    // A command that is out.
    struct Flight {
        std::uint32_t cost; // octets, for whose turn it is
        std::uint16_t page; // first of the window; the others follow it, or are in its list
        std::uint8_t pages;
        std::uint8_t extent : 7;
        std::uint8_t listed : 1;
    };

    // `pages`: a record for each page of the window; `lists`: one for each tag. Both zeroed, and the queue's alone.
    void open(const ExtentLimits& limits, std::span<std::uint16_t, extent_window_pages> pages, ExtentPageList* lists);

    const Extent& extent(std::size_t number) const { return extents_[number]; }
    void set_extent(std::size_t number, const Extent& extent) { extents_[number] = extent; }
    // Whether a command that is out names the extent.
    bool uses_extent(std::size_t number) const;

    // A page of the window holds memory with these rights now; none: no memory any more. Its uses stay counted.
    void set_page(std::uint32_t page, Rights rights);
    bool page_bound(std::uint32_t page) const { return (pages_[page] & window_page::bound) != 0; }
    bool page_used(std::uint32_t page) const { return (pages_[page] & window_page::uses) != 0; }

    // Judges an entry; when nothing is wrong its command is out from now on. `listed`: the owner's list for the entry's
    // tag, which the owner may change meanwhile; null: extent_flag::listed is refused.
    ExtentRefusal take(const ExtentEntry& entry, const volatile std::uint16_t* listed);
    // The command of a tag has ended. Returns its cost; 0 when none was out by that tag.
    std::uint32_t end(std::uint32_t tag);

    std::uint64_t out() const { return out_; } // bit i: tag i
    bool is_out(std::uint32_t tag) const { return tag < extent_tags && (out_ >> tag & 1) != 0; }
    const Flight& flight(std::uint32_t tag) const { return flights_[tag]; }
    // Page `index` of a command that is out.
    std::uint16_t page_of(std::uint32_t tag, std::uint32_t index) const {
        const Flight& flight = flights_[tag];
        return flight.listed && index != 0 ? lists_[tag][index - 1] : static_cast<std::uint16_t>(flight.page + index);
    }

private:
    ExtentRefusal take_memory(const ExtentEntry& entry, const volatile std::uint16_t* listed, Flight& flight);

    ExtentLimits limits_{};
    Extent extents_[extents_per_ring]{};
    Flight flights_[extent_tags]{};
    std::uint64_t out_ = 0;
    std::uint16_t* pages_ = nullptr;
    ExtentPageList* lists_ = nullptr;
};

} // namespace exo
