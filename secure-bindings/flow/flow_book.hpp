// The flow book: every flow of every NIC, which was derived from which, and to which one a packet belongs.
//
// Records form a tree for each NIC, with the record of every packet as its root. A child lies within its parent, and
// the children of one parent have no packet in common; so the flows of a packet are a chain from the root down, and the
// deepest is its owner. A flow is narrowed on its near side first (EtherType, protocol, local address and ports) and on
// its far side below that; a record has children of one sort only, since those of different sorts would overlap.
//
// Lookup is by tables of 256 entries that are indexed by an octet of the packet each, with a short way to whole
// addresses: flow_table.hpp. How long it takes depends on what is claimed at the packet's own addresses alone, so that
// no claim makes the packets of somebody else slower.
#pragma once

#include "secure-bindings/flow/flow_key.hpp"
#include "secure-bindings/flow/flow_table.hpp"

namespace exo {

inline constexpr std::size_t flow_nics_max = 16;
// Flows between a NIC's root and the narrowest.
inline constexpr std::size_t flow_depth_max = derivation_depth_max;

struct FlowRecord {
    FlowSpec spec; // budget: as given; what is left of it is budget_left
    std::uint32_t budget_left;
    std::uint16_t nic; // index, 0 to flow_nics_max - 1
    FlowNumber parent; // no_flow: a root
    FlowNumber first_child;
    FlowNumber next_sibling; // of a free record: the next free one
    FlowNumber previous_sibling;
    FlowEntry far;         // places by remote address, if there are children that are narrowed there
    FlowPlaceNumber place; // where its claim is written; no_place: among the EtherTypes
    FlowNumber near;       // the record narrowed like this one on the near side, and not on the far side; may be itself
    std::uint8_t depth;    // generations below its root
    bool used;
    bool closing; // being removed: nothing is derived from it any more
    std::uint8_t reserved[7];
};
static_assert(sizeof(FlowRecord) == 64);

// The book's memory, which need not be zeroed. With flow_nodes_for(records) nodes no claim is ever refused for want of
// a node, so that no owner can use up what others were promised; with fewer, narrow may say TableFull earlier.
struct FlowMemory {
    std::span<FlowRecord> records; // 2 to max_flows; number 0 is not used
    FlowTableMemory tables;
};

// Octets of a book of so many records with all the nodes it can need, and that memory laid out. `memory` begins at a
// page.
constexpr std::size_t flow_book_octets(std::size_t records) {
    return flow_buckets_for(records) * sizeof(FlowBucket) +
           flow_nodes_for(records) * (sizeof(FlowNode) + sizeof(FlowNodeHead)) +
           records * (sizeof(FlowRecord) + sizeof(FlowPlace));
}
FlowMemory lay_out_flow_book(std::byte* memory, std::size_t records, std::uint64_t secret);

class FlowBook {
public:
    void open(const FlowMemory& memory);

    // The root of a NIC that has none: every packet. `budget` flows may be made below it.
    // Errors: TableFull (NICs, or records not promised to anybody), OutOfRange (nic).
    Result<FlowNumber> add_nic(std::uint16_t nic, std::uint32_t budget);

    // A flow out of another: `spec` within the parent's. Takes 1 + spec.budget of the parent's budget. Looks at every
    // child of the parent once. Errors, all before any change: BadArgument (form; both sides narrowed at once, or the
    // near one below the far one), OutOfRange (not a flow, or not within it), Occupied (some packet is claimed by a
    // child of the parent), TableFull (budget, depth, or memory), WrongState (the parent is being removed).
    Result<FlowNumber> narrow(FlowNumber parent, const FlowSpec& spec);

    // Removes a flow and all below it, the narrowest first; their packets are their parents' at once. Up to `limit`
    // records; told(FlowNumber) is called for each just before it goes. Nothing can be derived below meanwhile.
    // Errors: Again (more remain), OutOfRange (not a flow).
    template <typename Told>
    Status remove(FlowNumber flow, std::size_t limit, Told&& told);
    Status remove(FlowNumber flow, std::size_t limit) {
        return remove(flow, limit, [](FlowNumber) {});
    }

    // Whose a packet is that came by a NIC that has a root: always a flow of that NIC. The steps are bounded by the
    // octets of a key and the prefixes around its addresses, not by the number of flows.
    FlowNumber lookup(std::uint16_t nic, const FlowKey& key) const;

    bool is_flow(FlowNumber flow) const { return flow != no_flow && flow < fresh_ && records_[flow].used; }
    const FlowRecord& at(FlowNumber flow) const { return records_[flow]; }
    // Flows that exist, roots included.
    std::size_t count() const { return used_; }

    const FlowTables& tables() const { return tables_; }
    // Flows that may still be promised to NICs.
    std::size_t unpromised() const { return unpromised_; }

private:
    struct Nic {
        AddressKey context = 0; // of its local addresses
        FlowNumber root = no_flow;
        FlowEntry types = 0; // records by EtherType
        FlowEntry near = 0;  // places by local address
    };
    Status check_narrow(FlowNumber parent, const FlowSpec& spec) const;
    bool has_room(const FlowRecord& parent, const FlowSpec& spec) const;
    bool claimed_by_child(const FlowRecord& parent, const FlowSpec& spec) const;
    FlowNumber take_free();
    void write_claim(FlowNumber flow);
    void erase_claim(FlowNumber flow);
    void write_tables(FlowNumber flow, FlowEntry here, FlowEntry type);
    FlowEntry& addresses_of(FlowNumber flow);
    FlowNumber find_at(FlowPlaceNumber from, const FlowKey& key, std::uint16_t number) const;
    FlowNumber lookup_prefix(const Nic& nic, const FlowKey& key) const;
    FlowNumber lookup_far(FlowNumber flow, const FlowKey& key) const;
    bool is_closing(FlowNumber flow) const;
    FlowNumber next_leaf(FlowNumber flow) const;
    void remove_leaf(FlowNumber flow);

    std::span<FlowRecord> records_;
    FlowTables tables_;
    std::array<Nic, flow_nics_max> nics_{};
    FlowNumber first_free_ = no_flow;
    std::size_t fresh_ = 0; // records from here on were never used
    std::size_t used_ = 0;
    std::size_t unpromised_ = 0;
};

template <typename Told>
Status FlowBook::remove(FlowNumber flow, std::size_t limit, Told&& told) {
    if (!is_flow(flow)) {
        return std::unexpected(Error::OutOfRange);
    }
    records_[flow].closing = true;
    for (std::size_t removed = 0; removed < limit; ++removed) {
        const FlowNumber leaf = next_leaf(flow);
        told(leaf);
        remove_leaf(leaf);
        if (leaf == flow) {
            return {};
        }
    }
    return std::unexpected(Error::Again);
}

} // namespace exo
