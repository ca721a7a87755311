// The tree of records: what may be derived, and in which order it goes. What a record writes into the tables is in
// flow_claim.cpp.
#include "secure-bindings/flow/flow_book.hpp"

#include "secure-bindings/flow/flow_spec.hpp"

namespace exo {

namespace {

// Whether a spec is narrowed on its far side.
bool is_far(const FlowSpec& spec) {
    return spec.remote_prefix != 0 || !any_port(spec.remote_port, spec.remote_port_end);
}

// The next `count` of something in a run of memory.
template <typename T>
std::span<T> take(std::byte*& at, std::size_t count) {
    // Safe: the caller gives memory of its own, aligned to a page; every size before is a multiple of T's alignment.
    T* const first = reinterpret_cast<T*>(at);
    at += count * sizeof(T);
    return {first, count};
}

} // namespace

FlowMemory lay_out_flow_book(std::byte* memory, std::size_t records, std::uint64_t secret) {
    std::byte* at = memory;
    FlowMemory laid;
    laid.tables.buckets = take<FlowBucket>(at, flow_buckets_for(records));
    laid.tables.nodes = take<FlowNode>(at, flow_nodes_for(records));
    laid.records = take<FlowRecord>(at, records);
    laid.tables.places = take<FlowPlace>(at, records);
    laid.tables.heads = take<FlowNodeHead>(at, flow_nodes_for(records));
    laid.tables.secret = secret;
    return laid;
}

void FlowBook::open(const FlowMemory& memory) {
    records_ = memory.records;
    tables_.open(memory.tables);
    nics_ = {};
    first_free_ = no_flow;
    fresh_ = 1;
    used_ = 0;
    unpromised_ = records_.size() - 1;
}

FlowNumber FlowBook::take_free() {
    FlowNumber number = first_free_;
    if (number != no_flow) {
        first_free_ = records_[number].next_sibling;
    } else {
        number = static_cast<FlowNumber>(fresh_++);
    }
    ++used_;
    records_[number] = {};
    records_[number].used = true;
    return number;
}

Result<FlowNumber> FlowBook::add_nic(std::uint16_t nic, std::uint32_t budget) {
    if (nic >= flow_nics_max) {
        return std::unexpected(Error::OutOfRange);
    }
    if (nics_[nic].root != no_flow || budget >= unpromised_) {
        return std::unexpected(Error::TableFull);
    }
    const FlowNumber number = take_free();
    FlowRecord& root = records_[number];
    root.spec = every_packet(budget);
    root.budget_left = budget;
    root.nic = nic;
    root.near = number;
    unpromised_ -= std::size_t{1} + budget;
    nics_[nic].root = number;
    nics_[nic].types = number;
    nics_[nic].context = address_key(near_context(nic), 0);
    return number;
}

bool FlowBook::claimed_by_child(const FlowRecord& parent, const FlowSpec& spec) const {
    for (FlowNumber child = parent.first_child; child != no_flow; child = records_[child].next_sibling) {
        if (overlaps(records_[child].spec, spec)) {
            return true;
        }
    }
    return false;
}

bool FlowBook::is_closing(FlowNumber flow) const {
    for (FlowNumber here = flow; here != no_flow; here = records_[here].parent) {
        if (records_[here].closing) {
            return true;
        }
    }
    return false;
}

bool FlowBook::has_room(const FlowRecord& parent, const FlowSpec& spec) const {
    return parent.depth < flow_depth_max && spec.budget < parent.budget_left && tables_.has_room();
}

Status FlowBook::check_narrow(FlowNumber parent, const FlowSpec& spec) const {
    if (!is_flow(parent)) {
        return std::unexpected(Error::OutOfRange);
    }
    const FlowRecord& from = records_[parent];
    if (!well_formed(spec)) {
        return std::unexpected(Error::BadArgument);
    }
    if (!includes(from.spec, spec)) {
        return std::unexpected(Error::OutOfRange);
    }
    if ((is_far(from.spec) || is_far(spec)) && !same_local_side(from.spec, spec)) {
        return std::unexpected(Error::BadArgument);
    }
    if (is_closing(parent)) {
        return std::unexpected(Error::WrongState);
    }
    if (claimed_by_child(from, spec)) {
        return std::unexpected(Error::Occupied);
    }
    if (!has_room(from, spec)) {
        return std::unexpected(Error::TableFull);
    }
    return {};
}

Result<FlowNumber> FlowBook::narrow(FlowNumber parent, const FlowSpec& spec) {
    if (const Status status = check_narrow(parent, spec); !status) {
        return std::unexpected(status.error());
    }
    const FlowNumber number = take_free();
    FlowRecord& from = records_[parent];
    FlowRecord& child = records_[number];
    child.spec = spec;
    child.budget_left = spec.budget;
    child.nic = from.nic;
    child.parent = parent;
    child.depth = static_cast<std::uint8_t>(from.depth + 1);
    child.near = is_far(spec) ? from.near : number;
    child.next_sibling = from.first_child;
    if (from.first_child != no_flow) {
        records_[from.first_child].previous_sibling = number;
    }
    from.first_child = number;
    from.budget_left -= 1 + spec.budget;
    write_claim(number);
    return number;
}

FlowNumber FlowBook::next_leaf(FlowNumber flow) const {
    FlowNumber leaf = flow;
    while (records_[leaf].first_child != no_flow) {
        leaf = records_[leaf].first_child;
    }
    return leaf;
}

void FlowBook::remove_leaf(FlowNumber flow) {
    FlowRecord& leaf = records_[flow];
    if (leaf.parent == no_flow) {
        nics_[leaf.nic] = {};
        unpromised_ += std::size_t{1} + leaf.spec.budget;
    } else {
        erase_claim(flow);
        FlowRecord& from = records_[leaf.parent];
        from.budget_left += 1 + leaf.spec.budget;
        if (leaf.next_sibling != no_flow) {
            records_[leaf.next_sibling].previous_sibling = leaf.previous_sibling;
        }
        if (leaf.previous_sibling != no_flow) {
            records_[leaf.previous_sibling].next_sibling = leaf.next_sibling;
        } else {
            from.first_child = leaf.next_sibling;
        }
    }
    leaf.used = false;
    leaf.next_sibling = first_free_;
    first_free_ = flow;
    --used_;
}

} // namespace exo
