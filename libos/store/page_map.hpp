// Where the pages of one object lie, in memory: a radix tree over page indices, as deep as the largest index asks for.
#pragma once

#include <cstdint>

namespace exo::store {

// Of one page. sector 0: there is none, it reads as zeroes.
struct Place {
    static constexpr std::uint64_t staged = ~0ull; // in memory, in a batch that has no place yet

    std::uint64_t sector = 0;
    std::uint64_t checksum = 0;
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
