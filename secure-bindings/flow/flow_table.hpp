// The tables behind the flow book: which record an octet of a packet leads to. Two forms of the same node of 256
// entries: ranges of 16-bit numbers (ports; protocols and EtherTypes too) in at most two levels, and prefixes of
// addresses in at most four. Nodes and places come from memory that was handed in; FlowBook sees that there are enough
// before it writes.
#pragma once

#include "secure-bindings/flow/flow_key.hpp"

#include <array>

namespace exo {

// 0: nothing; with entry_is_node: a node; else a record, or in a table of addresses a place.
using FlowEntry = std::uint16_t;
inline constexpr FlowEntry entry_is_node = 0x8000;
using FlowPlaceNumber = std::uint16_t;
inline constexpr FlowPlaceNumber no_place = 0;

inline constexpr std::size_t flow_nodes_max = 0x8000;
// Nodes that one claim can need: four on the way to an address, three for a range of ports at it.
inline constexpr std::size_t flow_nodes_per_claim = 7;
// Nodes for a book of so many records (number 0 included), so that narrow never lacks one.
constexpr std::size_t flow_nodes_for(std::size_t records) {
    return 1 + records * flow_nodes_per_claim;
}

struct FlowNode {
    std::array<FlowEntry, 256> entries;
    // Of tables of addresses: the place for addresses whose entry is 0; 0: that of `parent`, and so on.
    FlowPlaceNumber fallback;
    std::uint16_t parent;    // number of the node above; 0: the first
    std::uint16_t next_free; // of a free node
    std::uint16_t reserved;
};
static_assert(sizeof(FlowNode) == 520);

// A prefix at which some record makes its claim, and what is claimed there.
struct FlowPlace {
    std::array<FlowEntry, flow_tables>
        tables; // by FlowKind: ranges of ports, of protocols (in the upper octet), and of nothing
    std::uint32_t address;
    std::uint16_t context; // whose table of addresses: of a NIC or of a record
    FlowPlaceNumber up;    // the longest shorter prefix that has a place; of a free place: the next free one
    std::uint16_t claims;  // records here; 0: free
    std::uint16_t covered; // places whose `up` is this one
    std::uint8_t prefix;
    std::uint8_t reserved[3];
};
static_assert(sizeof(FlowPlace) == 24);

class FlowTables {
public:
    void open(std::span<FlowNode> nodes, std::span<FlowPlace> places);

    bool has_room() const { return free_nodes_ >= flow_nodes_per_claim && free_places_ >= 1; }
    std::size_t free_nodes() const { return free_nodes_; }
    std::size_t free_places() const { return free_places_; }

    // Writes `value` for the numbers first to last. All of them had one value before, or nothing. At most 3 nodes.
    void write_range(FlowEntry& table, std::uint16_t first, std::uint16_t last, FlowEntry value);
    // The value of a number; 0: none.
    FlowEntry find(FlowEntry table, std::uint16_t number) const {
        FlowEntry entry = table;
        if (entry & entry_is_node) {
            entry = node(entry).entries[number >> 8];
            if (entry & entry_is_node) {
                entry = node(entry).entries[number & 0xff];
            }
        }
        return entry;
    }

    // The place of a prefix, made if it is new; one more claim is there. At most 4 nodes and a place.
    FlowPlaceNumber take_place(FlowEntry& table, std::uint16_t context, std::uint32_t address, std::uint8_t prefix);
    // One claim less; a place without claims, whose tables are empty by then, goes.
    void leave_place(FlowEntry& table, FlowPlaceNumber number);
    // The place of the longest prefix that an address has; its `up` is the next shorter one.
    FlowPlaceNumber find_place(FlowEntry table, std::uint32_t address) const {
        if (table == 0) {
            return no_place;
        }
        const FlowNode* at = &node(table);
        FlowEntry entry = at->entries[address >> 24];
        for (unsigned shift = 16; (entry & entry_is_node) != 0; shift -= 8) {
            at = &node(entry);
            entry = at->entries[address >> shift & 0xff];
        }
        return entry != 0 ? entry : fallback(*at);
    }

    FlowPlace& place(FlowPlaceNumber number) { return places_[number]; }
    const FlowPlace& place(FlowPlaceNumber number) const { return places_[number]; }

private:
    FlowNode& node(FlowEntry entry) { return nodes_[entry ^ entry_is_node]; }
    const FlowNode& node(FlowEntry entry) const { return nodes_[entry ^ entry_is_node]; }
    FlowPlaceNumber fallback(const FlowNode& from) const;

    FlowEntry take_node(FlowEntry fill);
    void free_node(FlowEntry entry);
    void collapse(FlowEntry& entry);
    void write_prefix(FlowEntry& table, FlowPlaceNumber number);
    void erase_prefix(FlowEntry& table, FlowPlaceNumber number);
    void adopt_covered(FlowPlaceNumber number);
    void release_covered(FlowPlaceNumber number);

    std::span<FlowNode> nodes_;
    std::span<FlowPlace> places_;
    std::uint16_t first_free_node_ = 0;
    FlowPlaceNumber first_free_place_ = no_place;
    std::size_t fresh_nodes_ = 0; // nodes from here on were never used
    std::size_t fresh_places_ = 0;
    std::size_t free_nodes_ = 0;
    std::size_t free_places_ = 0;
};

} // namespace exo
