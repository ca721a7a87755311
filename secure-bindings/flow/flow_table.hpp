// The tables behind the flow book: which record an octet of a packet leads to. Two forms of the same node of 256
// entries: ranges of 16-bit numbers (ports; protocols and EtherTypes too) in at most two levels, and prefixes of
// addresses in at most four. Nodes and places come from memory that was handed in; FlowBook sees that there are enough
// before it writes.
#pragma once

#include "secure-bindings/flow/flow_key.hpp"

#include <array>
#include <bit>

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
};
// What belongs to a node and is not looked at when a packet is found.
struct FlowNodeHead {
    // Of tables of addresses: the place for addresses whose entry is 0; 0: that of `parent`, and so on.
    FlowPlaceNumber fallback;
    std::uint16_t parent;    // number of the node above; 0: the first
    std::uint16_t next_free; // of a free node
    std::uint16_t reserved;
};
static_assert(sizeof(FlowNode) == 512);

// A short way to the places of whole addresses: buckets by a multiplicative hash with a secret. An address whose bucket
// is full is found by the nodes like any prefix, so whoever guessed the secret would gain nothing but that.
struct alignas(64) FlowBucket {
    std::array<std::uint64_t, 8> slots; // AddressKey | place; 0: free
};
static_assert(sizeof(FlowBucket) == 64);
// An address in a context: (context + 1) << 48 | address << 16.
using AddressKey = std::uint64_t;
constexpr AddressKey address_key(std::uint16_t context, std::uint32_t address) {
    return (context + 1ull) << 48 | static_cast<std::uint64_t>(address) << 16;
}
// Contexts: the far side of a record, by its number, or the near side of a NIC.
constexpr std::uint16_t near_context(std::uint16_t nic) {
    return static_cast<std::uint16_t>(max_flows + nic);
}
constexpr std::size_t flow_buckets_for(std::size_t records) {
    return std::bit_ceil(records < 4 ? 4 : records) / 2;
}

// A prefix at which some record makes its claim, and what is claimed there.
struct FlowPlace {
    // By FlowKind: ranges of ports, of protocols (in the upper octet), and of nothing; of FlowKind::Other always empty.
    std::array<FlowEntry, flow_kinds> tables;
    std::uint16_t claims; // records here; 0: free
    std::uint32_t address;
    std::uint16_t context; // whose table of addresses: of a NIC or of a record
    FlowPlaceNumber up;    // the longest shorter prefix that has a place; of a free place: the next free one
    std::uint16_t covered; // places whose `up` is this one
    std::uint16_t prefix;
    std::uint64_t reserved;
};
static_assert(sizeof(FlowPlace) == 32);

// The memory of the tables; it need not be zeroed.
struct FlowTableMemory {
    std::span<FlowNode> nodes;     // number 0 is not used; up to flow_nodes_max
    std::span<FlowNodeHead> heads; // as many
    std::span<FlowPlace> places;   // as many as records; number 0 is not used
    std::span<FlowBucket> buckets; // flow_buckets_for(records)
    std::uint64_t secret;          // random, not known to who makes claims
};

class FlowTables {
public:
    void open(const FlowTableMemory& memory);

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
    // The place of a whole address, if it has one and its bucket had a slot.
    FlowPlaceNumber find_whole(AddressKey key) const {
        for (const std::uint64_t slot : buckets_[key * secret_ >> bucket_shift_].slots) {
            const std::uint64_t difference = slot ^ key;
            if (difference <= 0xffff) {
                return static_cast<FlowPlaceNumber>(difference);
            }
        }
        return no_place;
    }
    // The place of the longest prefix that an address has; its `up` is the next shorter one.
    FlowPlaceNumber find_prefix(FlowEntry table, std::uint32_t address) const;

    FlowPlace& place(FlowPlaceNumber number) { return places_[number]; }
    const FlowPlace& place(FlowPlaceNumber number) const { return places_[number]; }

private:
    void write_bucket(FlowPlaceNumber number);
    void erase_bucket(FlowPlaceNumber number);

    FlowNode& node(FlowEntry entry) { return nodes_[std::size_t{entry} - entry_is_node]; }
    const FlowNode& node(FlowEntry entry) const { return nodes_[std::size_t{entry} - entry_is_node]; }
    FlowNodeHead& head(FlowEntry entry) { return heads_[std::size_t{entry} - entry_is_node]; }

    FlowEntry take_node(FlowEntry fill);
    void free_node(FlowEntry entry);
    void collapse(FlowEntry& entry);
    FlowPlaceNumber take_free_place();
    void write_prefix(FlowEntry& table, FlowPlaceNumber number);
    void erase_prefix(FlowEntry& table, FlowPlaceNumber number);
    void free_empty(FlowEntry& table, const std::array<FlowEntry, 4>& path, unsigned last, std::uint32_t address);
    void adopt_covered(FlowPlaceNumber number);
    void release_covered(FlowPlaceNumber number);

    std::span<FlowNode> nodes_;
    std::span<FlowNodeHead> heads_;
    std::span<FlowPlace> places_;
    std::span<FlowBucket> buckets_;
    std::uint64_t secret_ = 1;
    unsigned bucket_shift_ = 63;
    std::uint16_t first_free_node_ = 0;
    FlowPlaceNumber first_free_place_ = no_place;
    std::size_t fresh_nodes_ = 0; // nodes from here on were never used
    std::size_t fresh_places_ = 0;
    std::size_t free_nodes_ = 0;
    std::size_t free_places_ = 0;
};

} // namespace exo
