// Nodes and ranges. Nodes and places that were never used are not touched before they are, so that a large book costs
// nothing to open.
#include "secure-bindings/flow/flow_table.hpp"

namespace exo {

void FlowTables::open(const FlowTableMemory& memory) {
    nodes_ = memory.nodes;
    heads_ = memory.heads;
    places_ = memory.places;
    buckets_ = memory.buckets;
    secret_ = memory.secret | 1;
    bucket_shift_ = static_cast<unsigned>(64 - std::countr_zero(buckets_.size()));
    for (FlowBucket& bucket : buckets_) {
        bucket = {};
    }
    first_free_node_ = 0;
    first_free_place_ = no_place;
    fresh_nodes_ = 1;
    fresh_places_ = 1;
    free_nodes_ = nodes_.size() - 1;
    free_places_ = places_.size() - 1;
}

FlowEntry FlowTables::take_node(FlowEntry fill) {
    std::uint16_t number = first_free_node_;
    if (number != 0) {
        first_free_node_ = heads_[number].next_free;
    } else {
        number = static_cast<std::uint16_t>(fresh_nodes_++);
    }
    --free_nodes_;
    nodes_[number].entries.fill(fill);
    heads_[number] = {.fallback = no_place, .parent = 0, .next_free = 0, .reserved = 0};
    return static_cast<FlowEntry>(number | entry_is_node);
}

void FlowTables::free_node(FlowEntry entry) {
    head(entry).next_free = first_free_node_;
    first_free_node_ = entry ^ entry_is_node;
    ++free_nodes_;
}

// A node that says the same of all numbers is replaced by what it says.
void FlowTables::collapse(FlowEntry& entry) {
    const FlowNode& at = node(entry);
    const FlowEntry value = at.entries[0];
    for (const FlowEntry other : at.entries) {
        if (other != value) {
            return;
        }
    }
    if ((value & entry_is_node) == 0) {
        free_node(entry);
        entry = value;
    }
}

void FlowTables::write_range(FlowEntry& table, std::uint16_t first, std::uint16_t last, FlowEntry value) {
    if (first == 0 && last == 0xffff) {
        table = value;
        return;
    }
    if ((table & entry_is_node) == 0) {
        table = take_node(table);
    }
    FlowNode& top = node(table);
    for (unsigned high = first >> 8; high <= static_cast<unsigned>(last >> 8); ++high) {
        FlowEntry& entry = top.entries[high];
        const unsigned from = high == static_cast<unsigned>(first >> 8) ? first & 0xff : 0;
        const unsigned to = high == static_cast<unsigned>(last >> 8) ? last & 0xff : 0xff;
        if (from == 0 && to == 0xff) {
            entry = value;
            continue;
        }
        if ((entry & entry_is_node) == 0) {
            entry = take_node(entry);
        }
        FlowNode& leaf = node(entry);
        for (unsigned low = from; low <= to; ++low) {
            leaf.entries[low] = value;
        }
        collapse(entry);
    }
    collapse(table);
}

} // namespace exo
