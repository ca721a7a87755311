// A stretch of virtual memory with one purpose and one set of rights, and the sorted table of all of them.
// Pure bookkeeping, host-tested; what is mapped in a region is the page map's business (page_map.hpp).
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

// Where the pages of a region come from.
enum class Backing : std::uint8_t {
    Eager,      // mapped at once, zeroed, with the largest pages that fit
    DemandZero, // mapped and zeroed at the first touch
    Fixed,      // frames named by the caller; never freed by the address space
    Device,     // registers of a function
    Reserved,   // the program image, the kit's own places: only listed
};

struct Region {
    std::uint64_t begin, end; // multiples of a page
    Rights rights;            // Read, Write, Execute: what the program asked for
    Backing backing;
    bool copy_on_write;         // some pages may be shared until written
    bool shared;                // MAP_SHARED in a personality's terms; only listed
    std::uint8_t granule_order; // demand-zero: pages of this order are used where they fit
    std::uint64_t tag;          // the personality's: which file, heap, stack
    std::uint64_t offset;       // the personality's: offset at `begin`; moves with splits
};

inline constexpr std::size_t regions_max = 65536;

class RegionTable {
public:
    // `storage` holds `capacity` regions.
    void open(Region* storage, std::size_t capacity);
    std::size_t size() const { return size_; }
    std::size_t capacity() const { return capacity_; }
    const Region& at(std::size_t index) const { return regions_[index]; }
    Region& at(std::size_t index) { return regions_[index]; }
    // Moves to larger storage.
    void move_to(Region* storage, std::size_t capacity);

    // First region with end > address; size() when there is none.
    std::size_t first_after(std::uint64_t address) const;
    Region* find(std::uint64_t address);
    bool overlaps(std::uint64_t begin, std::uint64_t end) const;
    // Adds a region where nothing lies; joins it to equal neighbours. Errors: Occupied, TableFull.
    Status insert(const Region& region);
    // Makes `address` a border between regions, if one lies across it. Errors: TableFull.
    Status split(std::uint64_t address);
    // Forgets everything in [begin, end), splitting at the edges. Errors: TableFull.
    Status remove(std::uint64_t begin, std::uint64_t end);
    // New rights for all regions in the range, split at its edges. Errors: TableFull (nothing changed).
    Status set_rights(std::uint64_t begin, std::uint64_t end, Rights rights);
    // Joins neighbours that differ in nothing within [begin, end].
    void join(std::uint64_t begin, std::uint64_t end);
    // Highest free place of that size and alignment in [low, high), or lowest from `hint` on. 0: none.
    std::uint64_t find_gap_down(std::uint64_t low, std::uint64_t high, std::uint64_t bytes,
                                std::uint64_t alignment) const;

private:
    bool joinable(const Region& left, const Region& right) const;
    void set_part_rights(std::size_t index, std::uint64_t begin, std::uint64_t end, Rights rights);
    void erase(std::size_t index, std::size_t count);

    Region* regions_ = nullptr;
    std::size_t size_ = 0, capacity_ = 0;
};

} // namespace exo
