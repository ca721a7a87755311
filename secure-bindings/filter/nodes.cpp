// The states kept at targets of jumps: where one covers the current state, the rest of the path has been looked at.
#include "secure-bindings/filter/covering.hpp"
#include "secure-bindings/filter/verifier.hpp"

namespace exo::filter {

namespace {

// A name that only one value bears ties it to nothing.
void forget_lonely_names(State& state) {
    for (Value& value : state.values) {
        if (value.type != Type::Scalar || value.id <= length_id || value.known != 0) {
            continue;
        }
        unsigned bearers = 0;
        for (const Value& other : state.values) {
            bearers += other.id == value.id ? 1 : 0;
        }
        if (bearers == 1) {
            value.id = 0;
            value.offset = 0;
        }
    }
}

} // namespace

bool Verifier::visit(bool& known) {
    for (unsigned k = 0; k < register_count; ++k) {
        if ((live_[at_] >> k & 1) == 0) {
            now_.values[k] = {};
        }
    }
    forget_lonely_names(now_);
    std::uint16_t candidate = first_node_[at_];
    for (std::size_t k = 0; candidate != none && k < nodes_compared_max; ++k, candidate = nodes_[candidate].next) {
        const Node& node = nodes_[candidate];
        if (!covers(node.state, now_)) {
            continue;
        }
        if (node.open == 0) {
            known = true;
            return end_path(std::uint64_t{cost_} + node.remaining);
        }
        // Ways that are open all hang on this very path: it has come back to where it was.
        if (covers(now_, node.state)) {
            return broken(Rule::Endless, 0, at_);
        }
    }
    keep_node();
    return true;
}

// Without a free node the path goes on unmarked, which costs time at most.
void Verifier::keep_node() {
    const std::uint16_t index = free_node();
    if (index == none) {
        return;
    }
    Node& node = nodes_[index];
    node.state = now_;
    node.cost = cost_;
    node.remaining = 0;
    node.open = 1;
    node.parent = node_;
    node.at = at_;
    node.next = first_node_[at_];
    first_node_[at_] = index;
    node_ = index;
}

// A node not used yet, or one that is closed: no open node is below it, so nobody needs it as a parent.
std::uint16_t Verifier::free_node() {
    if (nodes_used_ < nodes_max) {
        return nodes_used_++;
    }
    for (std::size_t k = 0; k < nodes_max; ++k) {
        node_hand_ = static_cast<std::uint16_t>((node_hand_ + 1) % nodes_max);
        if (nodes_[node_hand_].open != 0) {
            continue;
        }
        std::uint16_t* link = &first_node_[nodes_[node_hand_].at];
        while (*link != node_hand_) {
            link = &nodes_[*link].next;
        }
        *link = nodes_[node_hand_].next;
        return node_hand_;
    }
    return none;
}

} // namespace exo::filter
