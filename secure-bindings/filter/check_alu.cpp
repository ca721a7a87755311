// Arithmetic: on numbers by ranges, on addresses only what keeps them in sight.
#include "secure-bindings/filter/range.hpp"
#include "secure-bindings/filter/verifier.hpp"

namespace exo::filter {

namespace {

constexpr std::uint64_t u32_max = 0xffff'ffff;
constexpr std::int64_t packet_max = filter_packet_bytes_max;

bool is_address(const Value& value) {
    return value.type != Type::Scalar && value.type != Type::Nothing;
}

Value scalar(const Range& range) {
    Value value;
    value.type = Type::Scalar;
    value.range = range;
    return value;
}

bool fits_offset(std::int64_t offset) {
    return offset >= -packet_max && offset <= packet_max;
}

// base + number, or base - number, as 64-bit instructions do it.
Range moved(const Range& base, const Range& number, bool down) {
    FilterInstruction i{};
    i.opcode = static_cast<std::uint8_t>(static_cast<unsigned>(Class::Alu64) | (down ? 0x10u : 0u));
    return arithmetic_range(i, base, number);
}

} // namespace

// Gives an unknown number a name of its own, by which others can be tied to it.
void Verifier::name(Value& value) {
    if (value.id == 0 && !value.range.constant()) {
        value.id = next_id_++;
        value.offset = 0;
        value.known = 0;
    }
}

bool Verifier::check_alu() {
    const FilterInstruction& i = program_[at_];
    if (alu_op(i) == AluOp::Mov && from_register(i)) {
        return move_register(i);
    }
    const bool unary = alu_op(i) == AluOp::Neg || alu_op(i) == AluOp::End;
    const bool uses_register = from_register(i) && !unary;
    if (alu_op(i) != AluOp::Mov && !readable(destination(i))) {
        return false;
    }
    if (uses_register && !readable(source(i))) {
        return false;
    }
    if (alu_op(i) != AluOp::Mov &&
        (is_address(now_.values[destination(i)]) || (uses_register && is_address(now_.values[source(i)])))) {
        return check_address_sum(i);
    }
    if (uses_register) {
        return calculate(i, now_.values[source(i)]);
    }
    return calculate(i, scalar(exactly(static_cast<std::uint64_t>(std::int64_t{i.immediate}))));
}

bool Verifier::move_register(const FilterInstruction& i) {
    if (!readable(source(i))) {
        return false;
    }
    Value& from = now_.values[source(i)];
    Value& to = now_.values[destination(i)];
    const bool whole = class_of(i) == Class::Alu64;
    if (is_address(from)) {
        if (!whole || i.offset != 0) {
            return broken(Rule::PointerArithmetic, source(i));
        }
        to = from;
        return true;
    }
    const Range result = arithmetic_range(i, {}, from.range);
    const std::uint64_t kept_max = i.offset != 0 ? (1ull << (i.offset - 1)) - 1 : whole ? ~0ull : u32_max;
    if (from.range.umax <= kept_max) {
        name(from);
        to = from;
    } else {
        to = scalar(result);
    }
    return true;
}

// On numbers only. A constant added keeps the tie to whatever the number is tied to.
bool Verifier::calculate(const FilterInstruction& i, const Value& right) {
    const Value left = now_.values[destination(i)];
    Value result = scalar(arithmetic_range(i, left.range, right.range));
    const bool sum = alu_op(i) == AluOp::Add || alu_op(i) == AluOp::Sub;
    if (sum) {
        if (from_register(i)) {
            note_sum(Sum::Plain, right.range);
        }
        const bool near = right.range.constant() && fits_offset(right.range.smin);
        const std::int64_t step = near ? right.range.smin : 0;
        const std::int64_t offset = left.offset + (alu_op(i) == AluOp::Add ? step : -step);
        // The 32-bit form is the same as the 64-bit one as long as nothing leaves the low half.
        const bool same =
            class_of(i) == Class::Alu64 ||
            (left.range.umax <= u32_max && moved(left.range, right.range, alu_op(i) == AluOp::Sub).umax <= u32_max);
        if (near && same && left.id != 0 && fits_offset(offset) && !result.range.constant()) {
            result.id = left.id;
            result.offset = static_cast<std::int32_t>(offset);
            result.known = left.known;
        }
    }
    now_.values[destination(i)] = result;
    return true;
}

bool Verifier::check_address_sum(const FilterInstruction& i) {
    const unsigned to = destination(i);
    const AluOp op = alu_op(i);
    Value& left = now_.values[to];
    Value number = scalar(exactly(static_cast<std::uint64_t>(std::int64_t{i.immediate})));
    const unsigned at_fault = is_address(left) ? to : source(i);
    if (class_of(i) != Class::Alu64 || (op != AluOp::Add && op != AluOp::Sub)) {
        return broken(Rule::PointerArithmetic, at_fault);
    }
    if (!from_register(i)) {
        return move_address(left, number, op == AluOp::Sub, false);
    }
    Value& right = now_.values[source(i)];
    if (is_address(left) && is_address(right)) {
        return op == AluOp::Sub ? subtract_addresses(i) : broken(Rule::PointerArithmetic, to);
    }
    if (is_address(left)) {
        note_sum(Sum::Forward, right.range);
        return move_address(left, right, op == AluOp::Sub, true);
    }
    if (op == AluOp::Sub) {
        return broken(Rule::PointerArithmetic, source(i));
    }
    note_sum(Sum::Reversed, left.range);
    Value address = right;
    if (!move_address(address, left, false, true)) {
        return false;
    }
    left = address;
    return true;
}

// What the JIT must know to keep speculation from adding anything larger.
void Verifier::note_sum(Sum sum, const Range& number) {
    Note& note = notes_[at_];
    note.sum = note.sum == Sum::Unseen || note.sum == sum ? sum : Sum::Mixed;
    if (sum != Sum::Plain && number.umax > note.limit) {
        note.limit = number.umax < filter_packet_bytes_max ? static_cast<std::uint16_t>(number.umax) : 0xffff;
    }
}

// address += number, or -= with `down`. The number may be tied to others afterwards.
bool Verifier::move_address(Value& address, Value& number, bool down, bool number_in_register) {
    const unsigned at_fault = static_cast<unsigned>(&address - now_.values.data()) < register_count
                                  ? static_cast<unsigned>(&address - now_.values.data())
                                  : source(program_[at_]);
    const bool constant = number.range.constant();
    const Range& by = number.range;
    if (address.type == Type::Context || address.type == Type::PacketEnd) {
        return broken(Rule::PointerArithmetic, at_fault);
    }
    if (address.type == Type::Stack && !constant) {
        return broken(Rule::StackVariable, at_fault);
    }
    const auto out_of_sight = [&] { return broken(Rule::PointerOffset, at_fault, by.smin, by.smax); };
    if (constant) {
        const auto step = static_cast<std::int64_t>(by.umin);
        const std::int64_t offset = fits_offset(step) ? address.offset + (down ? -step : step) : packet_max + 1;
        if (!fits_offset(offset)) {
            return out_of_sight();
        }
        if (number_in_register && (down || step < 0)) {
            notes_[at_].sum = Sum::Mixed; // no limit holds speculation back here
        }
        address.offset = static_cast<std::int32_t>(offset);
        return true;
    }
    if (down || by.smin < 0 || by.umax > filter_packet_bytes_max) {
        return out_of_sight();
    }
    if (address.type == Type::Packet) {
        name(number);
        const Range base = moved(number.range, exactly(static_cast<std::uint64_t>(std::int64_t{number.offset})), true);
        const std::int64_t offset = std::int64_t{address.offset} + number.offset;
        if (address.id == 0 && base.umax <= filter_packet_bytes_max && fits_offset(offset)) {
            address.id = number.id;
            address.offset = static_cast<std::int32_t>(offset);
            address.range = base;
            address.known = number.known;
            return true;
        }
        address.id = next_id_++;
        address.known = 0;
    }
    address.range = moved(address.range, by, false);
    return address.range.umax <= filter_packet_bytes_max || out_of_sight();
}

// The distance of two packet addresses is no secret; from the start to data_end it is the length.
bool Verifier::subtract_addresses(const FilterInstruction& i) {
    const Value left = now_.values[destination(i)];
    const Value right = now_.values[source(i)];
    const bool packet = (left.type == Type::Packet || left.type == Type::PacketEnd) &&
                        (right.type == Type::Packet || right.type == Type::PacketEnd);
    if (!packet) {
        return broken(Rule::PointerArithmetic, destination(i));
    }
    note_sum(Sum::Plain, {});
    Value result = scalar({});
    result.range.smin = -4 * packet_max;
    result.range.smax = 4 * packet_max;
    if (left.type == Type::PacketEnd && right.type == Type::Packet && right.id == 0) {
        const Range length = between(now_.packet_bytes, filter_packet_bytes_max);
        result.range = moved(length, exactly(static_cast<std::uint64_t>(std::int64_t{right.offset})), true);
        result.id = length_id;
        result.offset = -right.offset;
    }
    now_.values[destination(i)] = result;
    return true;
}

} // namespace exo::filter
