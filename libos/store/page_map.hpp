// Where the pages of one object lie, in memory: a radix tree over page indices, as deep as the largest index asks for.
#pragma once

#include "libos/store/format.hpp"

#include <cstdint>

namespace exo::store {

// Of one page. sector 0: there is none, it reads as zeroes. A page that is compressed lies in a stream of octets, in
// one page of the disk or two, whose checksums are known elsewhere (packed_pages.hpp).
struct Place {
    static constexpr std::uint64_t staged = ~0ull; // in memory, in a batch that has no place yet
    static constexpr std::uint64_t packed = 1ull << 63;

    std::uint64_t sector = 0;   // with `packed`: of the page where the stream begins
    std::uint64_t checksum = 0; // with `packed`: the stream's first octet in that page, and its length above 16 bits

    static Place of_stream(std::uint64_t sector, std::uint32_t offset, std::uint32_t bytes) {
        return {sector | packed, offset | std::uint64_t{bytes} << 16};
    }
    bool is_staged() const { return sector == staged; }
    bool is_packed() const { return (sector & packed) != 0 && !is_staged(); }
    std::uint64_t stream_sector() const { return sector & ~packed; }
    std::uint32_t stream_offset() const { return static_cast<std::uint32_t>(checksum & 0xffff); }
    std::uint32_t stream_bytes() const { return static_cast<std::uint32_t>(checksum >> 16 & 0xffff); }
    std::uint32_t stream_pages() const { return stream_offset() + stream_bytes() > page_bytes ? 2 : 1; }
};

class PageMap {
public:
    PageMap() = default;
    PageMap(const PageMap&) = delete;
    PageMap& operator=(const PageMap&) = delete;
    ~PageMap();

    // The entry of a page, or null: nothing was ever put there.
    Place* find(std::uint64_t index) const;
    // The entry of a page, made if needed; null: no memory. The caller sets its sector to something else than 0.
    Place* make(std::uint64_t index);

    // The first page at or after `index` that has a place; false: none. `index` becomes its index.
    bool next(std::uint64_t& index, Place*& place) const;
    // The first index at or after `index` that has no place.
    std::uint64_t next_hole(std::uint64_t index) const;
    // Takes away all entries of [first, last]; whoever calls has looked at them.
    void erase(std::uint64_t first, std::uint64_t last);
    bool empty() const { return !root_; }

private:
    struct Leaf;
    struct Inner;

    static bool next_below(void* node, unsigned height, std::uint64_t base, std::uint64_t& index, Place*& place);
    static bool erase_below(void* node, unsigned height, std::uint64_t base, std::uint64_t first, std::uint64_t last);

    void* root_ = nullptr; // a Leaf when height_ is 0, else an Inner
    unsigned height_ = 0;
};

} // namespace exo::store
