// The books of tables, for the sources of mapping/ only: where the ledger lies, how chains link, and what
// the frame map's entries of a table and of its ledger say, since neither is ever mapped and so
// needs no chain of its own:
//   table:  first = its place in the table above (no_mapping: a root, or cut), pins = entries in use,
//           tenant and level of the table;
//   ledger: first = (holder << 16) | slot of the capability the pair came from, pins = unowned entries.
#pragma once

#include "secure-bindings/mapping/leaf_entry.hpp"
#include "secure-bindings/mapping/mapping.hpp"

namespace exo {

inline constexpr std::uint32_t entries_per_table = 512;
inline constexpr std::uint32_t user_entries_of_root = 256;
inline constexpr unsigned index_bits = 9;
inline constexpr std::uint8_t page_level_max = 3;

constexpr unsigned shift_of(std::uint8_t level) {
    return page_shift + index_bits * (level - 1u);
}
constexpr std::uint64_t pages_of(std::uint8_t level) {
    return 1ull << (index_bits * (level - 1u));
}
// First address that a user may not name in this tree.
constexpr std::uint64_t address_end(const Tree& tree) {
    return tree.type == FrameType::PageTable ? user_end : 1ull << (page_shift + index_bits * tree.levels);
}
// Whole pages of `level` from an address to the end; none when it lies beyond. The end of a processor's tree is not at
// the end of a table: the last page below the canonical hole stays unmapped (see user_end).
constexpr std::uint64_t pages_to_end(const Tree& tree, std::uint64_t address, std::uint8_t level) {
    const std::uint64_t end = address_end(tree);
    return address < end ? (end - address) >> shift_of(level) : 0;
}

// Hardware reads entries at any moment: each is written whole, after what it leads to.
inline void store_entry(std::uint64_t& entry, std::uint64_t value) {
    __atomic_store_n(&entry, value, __ATOMIC_RELEASE);
}

constexpr std::uint64_t ledger_word(std::uint64_t link, std::uint16_t slot, Rights joined_max) {
    return (link & ledger::link_mask) | (std::uint64_t{slot} << ledger::slot_shift) |
           (std::uint64_t{joined_max & page_rights} << ledger::rights_shift);
}
constexpr std::uint16_t ledger_slot(std::uint64_t word) {
    return static_cast<std::uint16_t>(word >> ledger::slot_shift);
}
// A link as a ledger keeps it, as a head in the frame map does.
constexpr std::uint64_t head_of(std::uint64_t link) {
    return link == ledger::none ? no_mapping : link;
}
constexpr std::uint64_t link_of(std::uint64_t table, std::uint32_t index) {
    return (table << index_bits) | index;
}
constexpr std::uint64_t maker_of(std::uint16_t holder, std::uint16_t slot) {
    return (std::uint64_t{holder} << 16) | slot;
}

// An entry that a walk arrived at. The ledger follows the table, so that its word is entries_per_table further.
struct Cell {
    std::uint64_t* entry;
    std::uint64_t table;
    std::uint32_t index;
    std::uint8_t level;

    std::uint64_t& book() const { return entry[entries_per_table]; }
};

constexpr bool is_table(std::uint64_t entry, std::uint8_t level) {
    return level > 1 && entry != 0 && (entry & page_entry::large) == 0;
}

// Walks towards the entry of `level` for an address below address_end; stops early at an empty entry or a large page.
inline Cell reach(const FrameMap& frames, const Tree& tree, std::uint64_t address, std::uint8_t level) {
    std::uint64_t table = tree.root;
    unsigned shift = shift_of(tree.levels);
    for (std::uint8_t here = tree.levels;; --here, shift -= index_bits) {
        const std::uint32_t index = static_cast<std::uint32_t>(address >> shift) % entries_per_table;
        std::uint64_t* entry = frames.words(table) + index;
        if (here == level || *entry == 0 || (*entry & page_entry::large) != 0) {
            return {entry, table, index, here};
        }
        table = frame_of(*entry);
    }
}

// The head of the chain of mappings of a frame as a page of `level`.
inline std::uint64_t& chain_head(FrameMap& frames, std::uint64_t frame, std::uint8_t level) {
    if (level == 1) {
        return frames.at(frame).first;
    }
    return level == 2 ? frames.large(frame).first : frames.huge(frame).first;
}

// The ledger word of a link.
inline std::uint64_t& book_at(const FrameMap& frames, std::uint64_t link) {
    return frames.words(link >> index_bits)[entries_per_table + link % entries_per_table];
}

// Takes a link out of the middle of a chain. In chains.cpp.
void unlink_inner(const FrameMap& frames, std::uint64_t head, std::uint64_t link, std::uint64_t next);

// Empties a used leaf: out of its chain, out of the table.
inline void release(FrameMap& frames, const Cell& cell, FrameType type) {
    const std::uint64_t entry = *cell.entry;
    store_entry(*cell.entry, 0);
    if (is_unowned(type, entry)) {
        --frames.at(cell.table + 1).pins;
    } else {
        const std::uint64_t link = link_of(cell.table, cell.index);
        const std::uint64_t next = cell.book() & ledger::link_mask;
        std::uint64_t& head = chain_head(frames, frame_of(entry), cell.level);
        if (head == link) {
            head = head_of(next);
        } else {
            unlink_inner(frames, head, link, next);
        }
    }
    cell.book() = 0;
    --frames.at(cell.table).pins;
}

} // namespace exo
