// Jumps and the end: which ways are possible, and what is known on each.
#include "secure-bindings/filter/range.hpp"
#include "secure-bindings/filter/verifier.hpp"

namespace exo::filter {

namespace {

// The relation with its operands exchanged.
JumpOp exchanged(JumpOp op) {
    switch (op) {
    case JumpOp::Gt:
        return JumpOp::Lt;
    case JumpOp::Ge:
        return JumpOp::Le;
    case JumpOp::Lt:
        return JumpOp::Gt;
    case JumpOp::Le:
        return JumpOp::Ge;
    case JumpOp::Ja:
    case JumpOp::Eq:
    case JumpOp::Set:
    case JumpOp::Ne:
    case JumpOp::Sgt:
    case JumpOp::Sge:
    case JumpOp::Call:
    case JumpOp::Exit:
    case JumpOp::Slt:
    case JumpOp::Sle:
        break;
    }
    return op;
}

// The frame goes on for `bytes` octets after what `address` is counted from.
void know(State& state, const Value& address, std::int64_t bytes) {
    if (bytes <= 0 || bytes > filter_packet_bytes_max) {
        return;
    }
    const auto count = static_cast<std::uint32_t>(bytes);
    const std::uint64_t from_start = address.range.umin + count;
    if (from_start > state.packet_bytes && from_start <= filter_packet_bytes_max) {
        state.packet_bytes = static_cast<std::uint32_t>(from_start);
    }
    for (Value& value : state.values) {
        const bool tied = address.id != 0 && value.id == address.id;
        value.known = tied && count > value.known ? count : value.known;
    }
}

} // namespace

bool Verifier::check_branch() {
    const FilterInstruction& i = program_[at_];
    if (jump_op(i) == JumpOp::Ja) {
        at_ = static_cast<std::uint16_t>(at_ + 1 + jump_distance(i));
        return true;
    }
    if (!readable(destination(i)) || (from_register(i) && !readable(source(i)))) {
        return false;
    }
    const Value left = now_.values[destination(i)];
    Value right;
    right.type = Type::Scalar;
    right.range = exactly(static_cast<std::uint64_t>(std::int64_t{i.immediate}));
    if (from_register(i)) {
        right = now_.values[source(i)];
    }
    if (left.type != Type::Scalar && !from_register(i) && i.immediate == 0 && class_of(i) == Class::Jmp) {
        return check_null_branch(i);
    }
    if (left.type != Type::Scalar || right.type != Type::Scalar) {
        return check_packet_branch(i);
    }
    if (from_register(i) && destination(i) == source(i)) {
        Ways ways;
        return go_both_ways(i, ways);
    }
    bool possible[2];
    Value narrowed_left[2] = {left, left};
    Value narrowed_right[2] = {right, right};
    for (unsigned taken = 0; taken < 2; ++taken) {
        possible[taken] = refine(i, taken != 0, narrowed_left[taken].range, narrowed_right[taken].range);
    }
    const auto narrowed = [&](State& state, unsigned taken) {
        state.values[destination(i)].range = narrowed_left[taken].range;
        learn(state, narrowed_left[taken]);
        if (from_register(i)) {
            state.values[source(i)].range = narrowed_right[taken].range;
            learn(state, narrowed_right[taken]);
        }
    };
    if (possible[0] && possible[1]) {
        Ways ways;
        if (!go_both_ways(i, ways)) {
            return false;
        }
        narrowed(*ways.taken, 1);
        narrowed(*ways.other, 0);
        return true;
    }
    // Only one way is ever gone; speculation could go the other, which is not looked at.
    notes_[at_].flags |= note::fence;
    if (!possible[0] && !possible[1]) {
        return end_path(cost_);
    }
    narrowed(now_, possible[1] ? 1 : 0);
    at_ = static_cast<std::uint16_t>(at_ + 1 + (possible[1] ? jump_distance(i) : 0));
    return true;
}

// Goes on with the way that is likely to end soon, so that few wait: forward over what follows, or out of a loop.
// Both states are as they were before the jump, for the caller to add to.
bool Verifier::go_both_ways(const FilterInstruction& i, Ways& ways) {
    const std::size_t next = at_ + 1u;
    const std::size_t target = next + static_cast<std::size_t>(jump_distance(i));
    const bool forward = jump_distance(i) >= 0;
    if (!push(now_, forward ? next : target)) {
        return false;
    }
    State& waiting = pending_[pending_count_ - 1].state;
    ways = forward ? Ways{&now_, &waiting} : Ways{&waiting, &now_};
    at_ = static_cast<std::uint16_t>(forward ? target : next);
    return true;
}

// No address is 0, so that what compilers make of a function that may return a null pointer has one way only.
bool Verifier::check_null_branch(const FilterInstruction& i) {
    const Value& address = now_.values[destination(i)];
    const bool there = address.type != Type::Scratch || request_.scratch_bytes != 0;
    if ((jump_op(i) != JumpOp::Eq && jump_op(i) != JumpOp::Ne) || !there) {
        return broken(Rule::PointerComparison, destination(i));
    }
    notes_[at_].flags |= note::fence;
    at_ = static_cast<std::uint16_t>(at_ + 1 + (jump_op(i) == JumpOp::Ne ? jump_distance(i) : 0));
    return true;
}

bool Verifier::check_packet_branch(const FilterInstruction& i) {
    const Value& left = now_.values[destination(i)];
    const bool reversed = left.type == Type::PacketEnd;
    const unsigned packet_register = reversed ? source(i) : destination(i);
    const Value end = reversed || !from_register(i) ? left : now_.values[source(i)];
    const Value packet = now_.values[packet_register];
    if (!from_register(i) || class_of(i) != Class::Jmp || packet.type != Type::Packet || end.type != Type::PacketEnd) {
        const bool address = left.type != Type::Scalar || !from_register(i);
        return broken(Rule::PointerComparison, address ? destination(i) : source(i));
    }
    const JumpOp op = reversed ? exchanged(jump_op(i)) : jump_op(i);
    notes_[at_].flags |= note::fence;
    Ways ways;
    if (!go_both_ways(i, ways)) {
        return false;
    }
    switch (op) {
    case JumpOp::Gt:
        know(*ways.other, packet, packet.offset);
        break;
    case JumpOp::Ge:
        know(*ways.other, packet, packet.offset + 1);
        break;
    case JumpOp::Lt:
        know(*ways.taken, packet, packet.offset + 1);
        break;
    case JumpOp::Le:
        know(*ways.taken, packet, packet.offset);
        break;
    case JumpOp::Ja:
    case JumpOp::Eq:
    case JumpOp::Set:
    case JumpOp::Ne:
    case JumpOp::Sgt:
    case JumpOp::Sge:
    case JumpOp::Call:
    case JumpOp::Exit:
    case JumpOp::Slt:
    case JumpOp::Sle:
        break;
    }
    return true;
}

bool Verifier::check_exit() {
    if (!readable(0)) {
        return false;
    }
    const Value& result = now_.values[0];
    if (result.type != Type::Scalar) {
        return broken(Rule::PointerReturned);
    }
    if (request_.kind == FilterKind::Handler && result.range.umax > filter_verdict_last) {
        return broken(Rule::Verdict, 0, static_cast<std::int64_t>(result.range.umax), filter_verdict_last);
    }
    return end_path(cost_);
}

} // namespace exo::filter
