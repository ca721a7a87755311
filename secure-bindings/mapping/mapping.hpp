// Tables of translations (page tables of the processor, DMA tables of the IOMMU) with their books.
// Each table is a pair of frames: the even one is what hardware walks, the odd one is its ledger. A
// ledger word says which capability authorised the entry beside it and which rights that
// capability allows, and links all mappings of the same frame into a chain that starts in the frame map,
// so that whoever destroys a capability finds its bindings without searching.
// Pure: nothing here tells hardware. The caller flushes what it has to before it returns to user mode:
// after unmap, narrowing protect, break_at, remove_table, cut and tear_down.
// Books of tables: table_book.hpp. Formats: entry_format.hpp.
#pragma once

#include "secure-bindings/frame/frame_map.hpp"
#include "secure-bindings/mapping/entry_format.hpp"

namespace exo {

// A ledger word: bits 0-44 the next mapping of the same frame ((table frame << 9 | index), all ones: none),
// bits 45-60 the slot in the holder's capability table, bits 61-63 the rights to which Protect is limited.
// Frame numbers have at most 36 bits. The holder is the tenant of a page table; a DMA entry names it itself
// (dma_entry::holder_mask). The word beside an unused entry, or beside a table, is zero.
namespace ledger {
inline constexpr std::uint64_t link_mask = (1ull << 45) - 1;
inline constexpr std::uint64_t none = link_mask;
inline constexpr unsigned slot_shift = 45;
inline constexpr unsigned rights_shift = 61;
} // namespace ledger
inline constexpr unsigned frame_number_bits = 36;

// Where a mapping sits.
struct MappingPlace {
    std::uint64_t table; // frame of the table
    std::uint32_t index; // entry in it
    std::uint8_t level;  // 1: 4 KiB, 2: 2 MiB, 3: 1 GiB
};

// A tree of tables. `root` is the frame of its level `levels` table.
struct Tree {
    std::uint64_t root;
    std::uint8_t levels;  // 4 for the processor; 3 or 4 for the IOMMU
    FrameType type;       // PageTable or DmaTable
    std::uint16_t tenant; // environment, or function index
};

struct MapRequest {
    std::uint64_t address;
    std::uint64_t frame;
    std::uint8_t level;   // of the page: 1, 2 or 3
    Rights rights;        // Read, Write, Execute as asked
    Rights rights_max;    // as the capability allows
    std::uint16_t slot;   // in the table of the environment that holds the Frames capability
    std::uint16_t holder; // that environment; for a page table it must be the tenant
};

// How the processor caches a page that is not memory of the frame map.
enum class CacheMode : std::uint8_t { WriteBack, Uncached };

// A page of device registers or of information: no frame of the map, hence no chain. Always 4 KiB.
struct UnownedRequest {
    std::uint64_t address;
    std::uint64_t frame; // physical address / page_bytes
    Rights rights;       // also the most that Protect may give
    std::uint16_t slot;  // what find_unowned finds it by: the Function's slot in the tenant's table; 0: found by none
    CacheMode cache;
};

// For who made a table, where it is the tenant's own environment.
inline constexpr std::uint16_t holder_is_tenant = 0xffff;

// Rights that hardware cannot hold apart are joined: in a page table any right brings Read, since the processor
// has neither write-only nor execute-only pages. In a DMA table Execute means nothing and is dropped.
class Mapping {
public:
    explicit Mapping(FrameMap& frames) : frames_(frames) {}

    // One page. The caller has checked that the capability covers it.
    // Errors: BadAddress, BadArgument (level), Misaligned, NoRight (more than rights_max once joined), OutOfRange,
    // NoTable, Occupied, InUse (a frame is not Data), TableFull (mappings_per_frame_max).
    Status map(const Tree& tree, const MapRequest& request);
    // Several pages of the request's level, at rising addresses and frames; stops at the first that fails.
    struct MapRun {
        std::uint64_t done; // pages of the request's level
        Status status;
    };
    MapRun map_run(const Tree& tree, const MapRequest& request, std::uint64_t count);
    // Errors: BadAddress, Misaligned, OutOfRange (more than frame_number_bits), InUse (a Data frame), NoTable,
    // Occupied.
    Status map_unowned(const Tree& tree, const UnownedRequest& request);

    // One page away, owned or not. Returns the level it had. With a level given, a page of any other is NotBound.
    // Errors: NotBound, BadAddress, Misaligned.
    Result<std::uint8_t> unmap(const Tree& tree, std::uint64_t address, std::uint8_t level = 0);
    // `count` 4 KiB pages, larger ones as they stand when the run covers them whole (else Misaligned); stops at the
    // first that fails. Walks to a table once for all of its entries.
    struct UnmapRun {
        std::uint64_t done; // 4 KiB pages
        Status status;
    };
    UnmapRun unmap_run(const Tree& tree, std::uint64_t address, std::uint64_t count);

    // Changes rights of one page; returns true when rights were taken away (hardware may hold a stale copy).
    // Errors: NotBound, NoRight (more than the ledger allows), BadAddress, Misaligned.
    Result<bool> protect(const Tree& tree, std::uint64_t address, Rights rights);
    // `count` 4 KiB pages in a run, larger ones as they stand when the run covers them whole (else Misaligned),
    // stopping at the first that fails; returns how many were done and whether any lost rights. The fast path of
    // Protect: walks to a table once for all of its entries.
    struct ProtectRun {
        std::uint64_t done;
        bool narrowed;
        Status status;
    };
    ProtectRun protect_run(const Tree& tree, std::uint64_t address, std::uint64_t count, Rights rights);

    // Makes the pair (frame, frame + 1) a table of `level` at `address`. Both frames must be Data and unmapped;
    // they are zeroed. (holder, slot) is the capability that the frames came from.
    // Errors: BadArgument (level), BadAddress, Misaligned, InUse, NoTable (the level above is missing), Occupied,
    // OutOfRange.
    Status add_table(const Tree& tree, std::uint64_t address, std::uint8_t level, std::uint64_t frame,
                     std::uint16_t slot, std::uint16_t holder = holder_is_tenant);
    // Takes the table of `level` covering `address` out, when it is empty, and makes both frames Data, all zero.
    // Returns the even one. Errors: BadArgument, BadAddress, NoTable, InUse.
    Result<std::uint64_t> remove_table(const Tree& tree, std::uint64_t address, std::uint8_t level);
    // Makes (frame, frame + 1) a root table, zeroed. Errors: as add_table.
    Status make_root(FrameType type, std::uint64_t frame, std::uint16_t tenant, std::uint8_t levels, std::uint16_t slot,
                     std::uint16_t holder = holder_is_tenant);

    // The first mapping of a frame whose books name (holder, slot), from any tree, small or large. slot and
    // holder as in MapRequest. Looks at no more than mappings_per_frame_max entries of each chain.
    bool find_of(std::uint64_t frame, std::uint16_t holder, std::uint16_t slot, MappingPlace* place) const;
    // The same from *frame to `end`, looking at no more than `limit` frames: *frame is then the frame of the
    // mapping found, or where to go on (`end`: there is none).
    bool find_next_of(std::uint64_t* frame, std::uint64_t end, std::uint16_t holder, std::uint16_t slot,
                      std::size_t limit, MappingPlace* place) const;
    // The first mapping of a frame at all.
    bool find_any(std::uint64_t frame, MappingPlace* place) const;
    // The first page of a processor tree mapped by map_unowned with this slot, from *address on, looking at no more
    // than `limit` tables or gaps. *address is then the page's, or where to go on (user_end: there is none).
    bool find_unowned(const Tree& tree, std::uint16_t slot, std::uint64_t* address, std::size_t limit,
                      MappingPlace* place) const;
    // Removes the entry at a place found above. The caller tells hardware (the table's tenant and level,
    // and the address it covers, from place_address).
    void break_at(const MappingPlace& place);
    std::uint64_t place_address(const MappingPlace& place) const;

    // Whether the frame is a table or its ledger, made with this capability; the table is in *table.
    bool table_of(std::uint64_t frame, std::uint16_t holder, std::uint16_t slot, std::uint64_t* table) const;
    // Takes a table with all below it out of its tree, so that hardware can no longer reach it once the caller has
    // flushed the tenant whole. False when it hangs on nothing: a root, or cut already. What it holds stays in the
    // chains until tear_down of {table, its level, its type, its tenant}.
    bool cut(std::uint64_t table);

    // Empties a whole tree, restartably: removes up to `limit` entries or tables per call and restores table
    // frames to Data; true when nothing of it, root included, is left. Kernel entries of a processor root (upper half)
    // are left alone until the root itself goes, which is then all zero. Hardware must not be using the tree any more.
    // A root that hangs on another table (a branch) is cut first. Looks at up to 512 entries for each one removed.
    bool tear_down(const Tree& tree, std::size_t limit);

    // What a virtual address translates to, for tests and for checks of user addresses. Errors: BadAddress, NotBound.
    struct Translation {
        std::uint64_t frame; // the 4 KiB frame at the address, also within a large page
        std::uint8_t level;
        bool unowned;  // not memory: device registers or information
        Rights rights; // none: bound, but not accessible
    };
    Result<Translation> translate(const Tree& tree, std::uint64_t address) const;

private:
    FrameMap& frames_;
};

} // namespace exo
