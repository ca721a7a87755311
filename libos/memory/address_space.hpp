// Virtual memory of the environment: reserves regions, fills them with frames of the largest size that fits,
// and answers faults. It donates page-table pairs as needed and batches the kernel's bind rows.
// All calls are safe from every thread. They hold one lock, masked, for a bounded stretch at a time; call those that
// may fill much memory unmasked, so that its zeroing can be interrupted.
// Frames: frame_allocator.hpp. Bookkeeping: region.hpp (what was asked for), page_map.hpp (what is mapped).
#pragma once

#include "libos/memory/frame_allocator.hpp"
#include "libos/memory/page_map.hpp"
#include "libos/memory/region.hpp"

namespace exo {

enum class Placement : std::uint8_t {
    Anywhere,       // address is ignored
    Hint,           // at address if it is free there, else anywhere
    Fixed,          // exactly there, replacing what is there
    FixedNoReplace, // exactly there. Errors: Occupied
};

struct RegionRequest {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0; // rounded up to pages
    Rights rights = right::Read | right::Write;
    Placement placement = Placement::Anywhere;
    Backing backing = Backing::Eager;
    std::uint8_t page_order = order_1g; // largest page to use: order_4k, order_2m or order_1g
    bool require_page_order = false;    // only such pages (MAP_HUGETLB): bytes must be a multiple
    bool shared = false;
    std::uint64_t alignment = 0; // of the place, 0: chosen by size
    std::uint64_t tag = 0, offset = 0;
};

struct AddressSpaceStatistics {
    std::uint64_t regions;
    std::uint64_t region_bytes;
    PageCounts pages;
    std::uint64_t demand_faults, copy_faults;
    std::uint64_t peak_mapped_bytes;
};

enum class Access : std::uint8_t { Read, Write, Execute };

// Demand-zero memory in 4 KiB pages comes in by naturally aligned blocks that double as a neighbouring block is found
// in place, up to this order: a scattered touch costs one page, a sweep one fault for every sixteen. All of it counts
// as mapped.
inline constexpr unsigned fault_block_order_max = 4;

// What came of a fault.
enum class FaultResult : std::uint8_t {
    Resolved,   // resume
    NotMapped,  // no region there, or beyond its backing
    NotAllowed, // the region's rights forbid it
    NoMemory,   // no frame left
};

class AddressSpace {
public:
    // The frame allocator is open already. `huge_pages`: the processor has 1 GiB pages. Errors: TableFull.
    Status open(KernelTables& kernel, bool huge_pages);
    // Lists what the starter mapped.
    Status adopt(const StartInfo& start);

    // A region with memory behind it. An eager region with no rights is only reserved, and filled when protect
    // first gives it rights. Errors: BadArgument, Occupied, TableFull (no frames, no place or no region left; nothing
    // stays behind).
    Result<std::uint64_t> map(const RegionRequest& request);
    // The given frames, which stay the caller's. Errors: as map.
    Result<std::uint64_t> map_frames(const RegionRequest& request, std::uint64_t first_frame);
    // Registers of a function: `pages` from `page` of `bar` on (bar 6: configuration space, read only).
    Result<std::uint64_t> map_device(Handle function, unsigned bar, std::uint64_t page, std::uint64_t pages,
                                     Rights rights);
    // Everything in the range; places where nothing is are skipped. Errors: BadArgument, TableFull.
    Status unmap(std::uint64_t address, std::uint64_t bytes);
    // Errors: NotBound (part of the range is no region; nothing changed), TableFull, NoRight.
    Status protect(std::uint64_t address, std::uint64_t bytes, Rights rights);
    // Drops the contents: eager and demand-zero memory reads as zero afterwards.
    Status discard(std::uint64_t address, std::uint64_t bytes);
    // Maps what a demand-zero range lacks. Errors: NotBound, TableFull.
    Status populate(std::uint64_t address, std::uint64_t bytes);

    enum class Move : std::uint8_t { Forbidden, Allowed, Fixed };
    // Grows, shrinks or moves a range by moving its mappings; contents are copied only never.
    // With Move::Fixed the range goes to `target`. Errors: NotBound, BadArgument, TableFull (cannot grow in place or no
    // memory).
    Result<std::uint64_t> remap(std::uint64_t address, std::uint64_t old_bytes, std::uint64_t new_bytes, Move move,
                                std::uint64_t target = 0);

    // A second view of a range within one region of zeroed memory, which shares its frames until either side writes.
    // Returns its address. Errors: NotBound, BadArgument, TableFull.
    Result<std::uint64_t> copy_on_write(std::uint64_t address, std::uint64_t bytes, const RegionRequest& place);

    FaultResult handle_fault(std::uint64_t address, Access access);

    // The kernel has taken these frames, or this function: what they stood behind is no region any more, so that a
    // touch is an error instead of a fault without end.
    void forget_frames(std::uint64_t first, std::uint64_t count);
    void forget_device(Handle function);

    // The physical address behind a virtual one. Errors: NotBound. Holds until the page is unmapped.
    Result<std::uint64_t> physical(std::uint64_t address);
    // Whether all of the range is in regions with these rights (so that a copy will not be refused).
    bool allows(std::uint64_t address, std::uint64_t bytes, Rights rights);
    // The first region that ends after `address`, by value. For listings: continue at its end.
    bool region_after(std::uint64_t address, Region* region);
    // Renames a stretch (image, stack, heap). Errors: NotBound, TableFull.
    Status set_tag(std::uint64_t address, std::uint64_t bytes, std::uint64_t tag, std::uint64_t offset);
    // Where regions without a place go: the highest free addresses below `high`.
    void set_placement_range(std::uint64_t low, std::uint64_t high);
    AddressSpaceStatistics statistics();

private:
    std::uint64_t stagger_locked(std::uint64_t bytes, std::uint64_t alignment);
    Result<std::uint64_t> place_locked(const RegionRequest& request, std::uint64_t bytes);
    Result<std::uint64_t> reserve(const RegionRequest& request);
    Status make_room_locked();
    bool covered_locked(std::uint64_t begin, std::uint64_t end);
    Status split_locked(std::uint64_t begin, std::uint64_t end);
    Status unmap_locked(std::uint64_t begin, std::uint64_t end);
    Status fill(std::uint64_t begin, std::uint64_t end, unsigned order_max, bool exact);
    // One step of fill; *next is where to go on.
    Status fill_step(std::uint64_t begin, std::uint64_t end, unsigned order_max, bool exact, std::uint64_t* next);
    unsigned fault_block_order(const Region& region, std::uint64_t address) const;
    FaultResult bring_in_locked(const Region& region, std::uint64_t address);
    FaultResult copy_locked(const Region& region, const MappedPage& page);
    Result<std::uint64_t> grow(const Region& region, std::uint64_t address, std::uint64_t old_bytes,
                               std::uint64_t new_bytes, Move move, std::uint64_t target);
    void note_peak_locked();

    SpinLock lock_;
    RegionTable regions_;
    PageMap pages_;
    std::uint64_t storage_frame_ = 0;
    unsigned storage_order_ = 0;
    bool huge_pages_ = false;
    std::uint64_t low_ = 0x100'0000'0000ull, high_ = direct_map_address;
    std::uint64_t mappings_placed_ = 0; // of those that large pages fit in
    std::uint64_t demand_faults_ = 0, copy_faults_ = 0, peak_bytes_ = 0;
};

// The environment's own.
AddressSpace& address_space();

} // namespace exo
