// Following the paths: one after the other, the last branch first, each instruction by the check of its class.
#include "secure-bindings/filter/verifier.hpp"

#include "secure-bindings/filter/range.hpp"

namespace exo::filter {

Verifier::Progress Verifier::start(std::span<const FilterInstruction> program, const Request& request) {
    program_ = program;
    request_ = request;
    verified_ = {};
    refusal_ = {};
    progress_ = Progress::Refused;
    now_ = {};
    at_ = 0;
    if (!check_form()) {
        return progress_;
    }
    find_live_registers();
    for (std::size_t k = 0; k < program.size(); ++k) {
        first_node_[k] = none;
    }
    now_.values[1].type = Type::Context;
    now_.values[frame_register].type = Type::Stack;
    at_ = 0;
    node_ = none;
    cost_ = 0;
    explored_ = 0;
    next_id_ = length_id + 1;
    pending_count_ = 0;
    nodes_used_ = 0;
    node_hand_ = 0;
    return progress_ = Progress::Working;
}

Verifier::Progress Verifier::advance(std::uint32_t instructions) {
    for (std::uint32_t k = 0; k < instructions && progress_ == Progress::Working; ++k) {
        if (!step()) {
            progress_ = Progress::Refused;
        }
    }
    return progress_;
}

bool Verifier::broken(Rule rule, unsigned register_number, std::int64_t a, std::int64_t b, std::int64_t c) {
    refusal_.rule = rule;
    refusal_.instruction = at_;
    refusal_.register_number = static_cast<std::uint8_t>(register_number);
    refusal_.number = {a, b, c};
    refusal_.followed = progress_ == Progress::Working;
    for (unsigned k = 0; k < register_count; ++k) {
        refusal_.registers[k] = now_.values[k];
    }
    return false;
}

bool Verifier::step() {
    if (notes_[at_].has(note::target)) {
        bool known = false;
        if (!visit(known)) {
            return false;
        }
        if (known) {
            return true;
        }
    }
    if (explored_ == explored_max) {
        return broken(Rule::TooComplex, 0, explored_, static_cast<std::int64_t>(pending_count_));
    }
    ++explored_;
    if (cost_ >= filter_cost_max) {
        return broken(Rule::Cost, 0, filter_cost_max);
    }
    ++cost_;
    notes_[at_].flags |= note::reached;
    const FilterInstruction& i = program_[at_];
    if (is_exit(i)) {
        return check_exit();
    }
    if (is_call(i)) {
        if (!check_call(i)) {
            return false;
        }
        ++at_;
        return true;
    }
    if (is_jump(i)) {
        return check_branch();
    }
    bool good = true;
    switch (class_of(i)) {
    case Class::Ld: {
        Value number;
        number.type = Type::Scalar;
        number.range = exactly(wide_immediate(&i));
        now_.values[destination(i)] = number;
        ++at_;
        break;
    }
    case Class::Ldx:
        good = check_load(i);
        break;
    case Class::St:
    case Class::Stx:
        good = check_store(i);
        break;
    case Class::Alu:
    case Class::Alu64:
        good = check_alu();
        break;
    case Class::Jmp:
    case Class::Jmp32:
        break;
    }
    ++at_;
    return good;
}

bool Verifier::readable(unsigned number) {
    return now_.values[number].type != Type::Nothing || broken(Rule::Uninitialised, number);
}

bool Verifier::push(const State& state, std::size_t at) {
    if (pending_count_ == pending_max) {
        return broken(Rule::TooComplex, 0, explored_, pending_max);
    }
    Pending& pending = pending_[pending_count_++];
    pending.state = state;
    pending.cost = cost_;
    pending.node = node_;
    pending.at = static_cast<std::uint16_t>(at);
    if (node_ != none) {
        ++nodes_[node_].open;
    }
    return true;
}

// The path has come to an end after `cost`, or to where the rest is known. Tells the nodes on it, closes those from
// which nothing is open any more, and takes up the last branch that waits.
bool Verifier::end_path(std::uint64_t cost) {
    if (cost > filter_cost_max) {
        return broken(Rule::Cost, 0, filter_cost_max);
    }
    const auto total = static_cast<std::uint32_t>(cost);
    verified_.cost = verified_.cost > total ? verified_.cost : total;
    bool closing = true;
    for (std::uint16_t k = node_; k != none; k = nodes_[k].parent) {
        Node& node = nodes_[k];
        const std::uint32_t rest = total - node.cost;
        node.remaining = node.remaining > rest ? node.remaining : rest;
        if (closing) {
            closing = --node.open == 0;
        }
    }
    if (pending_count_ == 0) {
        verified_.program = program_;
        verified_.notes = std::span(notes_).first(program_.size());
        verified_.kind = request_.kind;
        verified_.scratch_bytes = request_.scratch_bytes;
        progress_ = Progress::Accepted;
        return true;
    }
    const Pending& pending = pending_[--pending_count_];
    now_ = pending.state;
    cost_ = pending.cost;
    node_ = pending.node;
    at_ = pending.at;
    return true;
}

// A comparison has narrowed a scalar: what it is tied to is narrowed with it.
void Verifier::learn(State& state, const Value& refined) {
    if (refined.id == 0) {
        return;
    }
    const auto shifted = [&](std::int64_t by) {
        FilterInstruction add{};
        add.opcode = static_cast<std::uint8_t>(Class::Alu64);
        return arithmetic_range(add, refined.range, exactly(static_cast<std::uint64_t>(by)));
    };
    for (Value& value : state.values) {
        if (value.type != Type::Scalar || value.id != refined.id) {
            continue;
        }
        const Range other = shifted(std::int64_t{value.offset} - refined.offset);
        Range both = value.range;
        both.umin = both.umin > other.umin ? both.umin : other.umin;
        both.umax = both.umax < other.umax ? both.umax : other.umax;
        both.smin = both.smin > other.smin ? both.smin : other.smin;
        both.smax = both.smax < other.smax ? both.smax : other.smax;
        if (both.umin <= both.umax && reconcile(both)) {
            value.range = both;
        }
    }
    if (refined.id == length_id) {
        const Range length = shifted(-std::int64_t{refined.offset});
        if (length.umin > state.packet_bytes && length.umin <= filter_packet_bytes_max) {
            state.packet_bytes = static_cast<std::uint32_t>(length.umin);
        }
    }
}

} // namespace exo::filter
