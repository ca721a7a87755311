// Tables of translations (page tables of the processor, DMA tables of the IOMMU) with their books.
// Each table is a pair of frames: the even one is what hardware walks, the odd one is its ledger. A
// ledger word says which capability authorised the entry beside it and which rights that
// capability allows, and links all mappings of the same frame into a chain that starts in the frame map,
// so that whoever destroys a capability finds its bindings without searching.
// Pure: hardware is told through the Tell object given to each call. Formats: entry_format.hpp.
#pragma once

#include "secure-bindings/frame/frame_map.hpp"
#include "secure-bindings/mapping/entry_format.hpp"

namespace exo {

// A ledger word: bits 0-44 the next mapping of the same frame ((table frame << 9 | index), all ones: none),
// bits 45-60 the slot in the tenant's capability table, bits 61-63 the rights to which Protect is limited.
namespace ledger {
inline constexpr std::uint64_t link_mask = (1ull << 45) - 1;
inline constexpr std::uint64_t none = link_mask;
inline constexpr unsigned slot_shift = 45;
inline constexpr unsigned rights_shift = 61;
} // namespace ledger

// Where a mapping sits.
struct MappingPlace {
    std::uint64_t table; // frame of the table
    std::uint32_t index; // entry in it
    std::uint8_t level;  // 1: 4 KiB, 2: 2 MiB, 3: 1 GiB
};

// A tree of tables. `root` is the frame of its level `levels` table.
struct Tree {
    std::uint64_t root;
    std::uint8_t levels; // 4 for the processor; 3 or 4 for the IOMMU
    FrameType type;      // PageTable or DmaTable
    std::uint16_t tenant; // environment, or function index
};

struct MapRequest {
    std::uint64_t address;
    std::uint64_t frame;
    std::uint8_t level; // of the page: 1, 2 or 3
    Rights rights;      // Read, Write, Execute as asked
    Rights rights_max;  // as the capability allows
    std::uint16_t slot; // in the table of the environment that holds the Frames capability
    std::uint16_t holder; // that environment (for a DMA tree differs from the tenant); recorded in the table's entry of the frame map
};

class Mapping {
public:
    explicit Mapping(FrameMap& frames) : frames_(frames) {}

    // One page. The frame range must be Data and the caller has checked that the capability covers it.
    // Errors: BadAddress, Misaligned, NoTable, Occupied, InUse (frame not Data), TableFull (mappings_per_frame_max).
    Status map(const Tree& tree, const MapRequest& request);
    // One page away. Errors: NotBound, BadAddress. Returns the level it had.
    Result<std::uint8_t> unmap(const Tree& tree, std::uint64_t address);
    // Changes rights of one page; returns true when rights were taken away (hardware may hold a stale copy).
    // Errors: NotBound, NoRight (more than the ledger allows).
    Result<bool> protect(const Tree& tree, std::uint64_t address, Rights rights);
    // `count` 4 KiB pages in a run, stopping at the first that fails; returns how many were done and whether
    // any lost rights. The fast path of Protect: walks to a table once for all of its entries.
    struct ProtectRun {
        std::uint64_t done;
        bool narrowed;
        Status status;
    };
    ProtectRun protect_run(const Tree& tree, std::uint64_t address, std::uint64_t count, Rights rights);

    // Makes the pair (frame, frame + 1) a table of `level` at `address`. Both frames must be Data and unmapped;
    // they are zeroed. Errors: Misaligned, InUse, NoTable (the level above is missing), Occupied, OutOfRange.
    Status add_table(const Tree& tree, std::uint64_t address, std::uint8_t level, std::uint64_t frame, std::uint16_t slot);
    // Takes the table of `level` covering `address` out, when it is empty. Returns its frame. Errors: NoTable, InUse.
    Result<std::uint64_t> remove_table(const Tree& tree, std::uint64_t address, std::uint8_t level);
    // Makes (frame, frame + 1) a root table, zeroed. Errors: as add_table.
    Status make_root(FrameType type, std::uint64_t frame, std::uint16_t tenant, std::uint8_t levels, std::uint16_t slot);

    // The first mapping of a frame whose ledger names (holder, slot), from any tree, small or large. slot and
    // holder as in MapRequest. Looks at no more than mappings_per_frame_max entries of each chain.
    bool find_of(std::uint64_t frame, std::uint16_t holder, std::uint16_t slot, MappingPlace* place) const;
    // The first mapping of a frame at all.
    bool find_any(std::uint64_t frame, MappingPlace* place) const;
    // Removes the entry at a place found above. The caller tells hardware (the table's tenant and level,
    // and the address it covers, from place_address).
    void break_at(const MappingPlace& place);
    std::uint64_t place_address(const MappingPlace& place) const;

    // Empties a whole tree, restartably: removes up to `limit` entries or tables per call and restores table
    // frames to Data; true when nothing of it, root included, is left. Kernel entries of a processor root (upper half)
    // are left alone.
    bool tear_down(const Tree& tree, std::size_t limit);

    // What a virtual address translates to, for tests and for checks of user addresses.
    struct Translation {
        std::uint64_t frame;
        std::uint8_t level;
        Rights rights;
    };
    Result<Translation> translate(const Tree& tree, std::uint64_t address) const;

private:
    FrameMap& frames_;
};

} // namespace exo
