// Arithmetic. R9 to R11 of the machine are scratch registers here: R11 holds the second operand where it is a constant
// that must be disguised.
#include "secure-bindings/filter/compiler.hpp"

namespace exo::filter {

namespace {

Width width_of(const FilterInstruction& i) {
    return class_of(i) == Class::Alu64 ? Width::Whole : Width::Half;
}

// The immediate as the operation sees it.
std::uint64_t immediate_of(const FilterInstruction& i) {
    const auto extended = static_cast<std::uint64_t>(std::int64_t{i.immediate});
    return class_of(i) == Class::Alu64 ? extended : static_cast<std::uint32_t>(extended);
}

bool one_octet(std::int32_t value) {
    return value >= -128 && value <= 127;
}

Binary binary_of(AluOp op) {
    switch (op) {
    case AluOp::Add:
        return Binary::Add;
    case AluOp::Sub:
        return Binary::Sub;
    case AluOp::Or:
        return Binary::Or;
    case AluOp::And:
        return Binary::And;
    case AluOp::Xor:
    case AluOp::Mul:
    case AluOp::Div:
    case AluOp::Lsh:
    case AluOp::Rsh:
    case AluOp::Neg:
    case AluOp::Mod:
    case AluOp::Mov:
    case AluOp::Arsh:
    case AluOp::End:
        break;
    }
    return Binary::Xor;
}

} // namespace

void Compiler::arithmetic(const FilterInstruction& i, const Note& note) {
    const Reg to = machine_register(destination(i));
    switch (alu_op(i)) {
    case AluOp::Mov:
        return move(i);
    case AluOp::Neg:
        return out_.negate(width_of(i), to);
    case AluOp::End:
        return byte_order(i);
    case AluOp::Lsh:
    case AluOp::Rsh:
    case AluOp::Arsh:
        return shift(i);
    case AluOp::Div:
    case AluOp::Mod:
        return divide(i);
    case AluOp::Mul:
        if (!from_register(i)) {
            out_.constant(Reg::R11, immediate_of(i), Reg::R10);
        }
        return out_.multiply(width_of(i), to, from_register(i) ? machine_register(source(i)) : Reg::R11);
    case AluOp::Add:
    case AluOp::Sub:
    case AluOp::Or:
    case AluOp::And:
    case AluOp::Xor:
        break;
    }
    if (note.sum == Sum::Forward || note.sum == Sum::Reversed) {
        return address_sum(i, note);
    }
    if (note.sum == Sum::Mixed) {
        out_.fence();
    }
    if (from_register(i)) {
        return out_.binary(binary_of(alu_op(i)), width_of(i), to, machine_register(source(i)));
    }
    if (one_octet(i.immediate)) {
        return out_.binary_small(binary_of(alu_op(i)), width_of(i), to, static_cast<std::int8_t>(i.immediate));
    }
    out_.constant(Reg::R11, immediate_of(i), Reg::R10);
    out_.binary(binary_of(alu_op(i)), width_of(i), to, Reg::R11);
}

// What moves an address is 0 when speculation has made it larger than the verifier has ever seen it. A conditional move
// waits for its operands; it is not predicted.
void Compiler::address_sum(const FilterInstruction& i, const Note& note) {
    const Reg to = machine_register(destination(i));
    const Reg from = machine_register(source(i));
    const bool forward = note.sum == Sum::Forward;
    const Reg number = forward ? from : to;
    if (note.limit <= 127) {
        out_.binary(Binary::Xor, Width::Half, Reg::R11, Reg::R11);
        out_.binary_small(Binary::Cmp, Width::Whole, number, static_cast<std::int8_t>(note.limit));
    } else {
        out_.constant(Reg::R10, note.limit, Reg::R11);
        out_.binary(Binary::Xor, Width::Half, Reg::R11, Reg::R11);
        out_.binary(Binary::Cmp, Width::Whole, number, Reg::R10);
    }
    out_.move_if(Condition::NotAbove, Reg::R11, number);
    if (forward) {
        out_.binary(Binary::Add, Width::Whole, to, Reg::R11);
    } else {
        out_.sum(to, from, Reg::R11);
    }
}

void Compiler::move(const FilterInstruction& i) {
    const Reg to = machine_register(destination(i));
    if (!from_register(i)) {
        return out_.constant(to, immediate_of(i), Reg::R11);
    }
    const Reg from = machine_register(source(i));
    if (i.offset != 0) {
        return out_.move_sign_extended(width_of(i), to, from, static_cast<unsigned>(i.offset));
    }
    if (width_of(i) == Width::Half || to != from) {
        out_.move(width_of(i), to, from);
    }
}

void Compiler::shift(const FilterInstruction& i) {
    const Reg to = machine_register(destination(i));
    const Width width = width_of(i);
    const Shift op = alu_op(i) == AluOp::Lsh   ? Shift::Left
                     : alu_op(i) == AluOp::Rsh ? Shift::Right
                                               : Shift::RightSigned;
    if (!from_register(i)) {
        return out_.shift(op, width, to, static_cast<std::uint8_t>(i.immediate & (width == Width::Whole ? 63 : 31)));
    }
    const Reg from = machine_register(source(i));
    if (from == Reg::Rcx) {
        return out_.shift_by_cl(op, width, to);
    }
    out_.move(Width::Whole, Reg::R11, Reg::Rcx);
    out_.move(Width::Half, Reg::Rcx, from);
    out_.shift_by_cl(op, width, to == Reg::Rcx ? Reg::R11 : to);
    out_.move(Width::Whole, Reg::Rcx, Reg::R11);
}

// The machine divides RDX:RAX and traps where RFC 9669 has results: the divisors 0 and, with signs, -1 go other ways.
void Compiler::divide(const FilterInstruction& i) {
    const Reg to = machine_register(destination(i));
    const Width width = width_of(i);
    const bool with_sign = i.offset == 1;
    const bool quotient = alu_op(i) == AluOp::Div;
    if (from_register(i)) {
        out_.move(width, Reg::R11, machine_register(source(i)));
    } else {
        out_.constant(Reg::R11, immediate_of(i), Reg::R10);
    }
    out_.test(width, Reg::R11, Reg::R11);
    const std::size_t by_zero = out_.jump_short_if(Condition::Equal);
    std::size_t by_minus_one = 0;
    if (with_sign) {
        out_.binary_small(Binary::Cmp, width, Reg::R11, -1);
        by_minus_one = out_.jump_short_if(Condition::Equal);
    }
    out_.move(Width::Whole, Reg::R10, Reg::Rax);
    out_.move(Width::Whole, Reg::R9, Reg::Rdx);
    out_.move(Width::Whole, Reg::Rax, to);
    out_.divide(width, Reg::R11, with_sign);
    out_.move(width, Reg::R11, quotient ? Reg::Rax : Reg::Rdx);
    out_.move(Width::Whole, Reg::Rdx, Reg::R9);
    out_.move(Width::Whole, Reg::Rax, Reg::R10);
    out_.move(Width::Whole, to, Reg::R11);
    const std::size_t divided = out_.jump_short();
    std::size_t negated = 0;
    if (with_sign) {
        out_.land(by_minus_one);
        if (quotient) {
            out_.negate(width, to);
        } else {
            out_.binary(Binary::Xor, Width::Half, to, to);
        }
        negated = out_.jump_short();
    }
    out_.land(by_zero);
    if (quotient) {
        out_.binary(Binary::Xor, Width::Half, to, to);
    } else {
        out_.move(width, to, to);
    }
    if (with_sign) {
        out_.land(negated);
    }
    out_.land(divided);
}

void Compiler::byte_order(const FilterInstruction& i) {
    const Reg to = machine_register(destination(i));
    const bool swaps = class_of(i) == Class::Alu64 || from_register(i);
    switch (i.immediate) {
    case 16:
        if (swaps) {
            out_.swap_16(to);
        }
        return out_.move_zero_extended(to, to, 16);
    case 32:
        return swaps ? out_.swap(Width::Half, to) : out_.move(Width::Half, to, to);
    default:
        if (swaps) {
            out_.swap(Width::Whole, to);
        }
        return;
    }
}

} // namespace exo::filter
