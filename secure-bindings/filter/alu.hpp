// What arithmetic, byte swaps and comparisons give (RFC 9669, 4): the one definition for the interpreter and for what
// the verifier knows of constants. Total: no operand has an undefined result. Always inlined: of an opcode that is a
// constant, one operation is left.
#pragma once

#include "secure-bindings/filter/instruction.hpp"

#include <type_traits>

namespace exo::filter {

constexpr std::uint64_t swapped(std::uint64_t value, unsigned bits) {
    return __builtin_bswap64(value) >> (64 - bits);
}

// The low `bits` of a value with the highest of them repeated.
constexpr std::uint64_t sign_extended(std::uint64_t value, unsigned bits) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(value << (64 - bits)) >> (64 - bits));
}

// Byte order conversions (RFC 9669, 4.2) on a little-endian machine: class ALU64 always swaps, ALU swaps for
// big-endian.
[[gnu::always_inline]] constexpr std::uint64_t byte_order(const FilterInstruction& i, std::uint64_t value) {
    const unsigned bits = static_cast<unsigned>(i.immediate);
    if (class_of(i) == Class::Alu64 || from_register(i)) {
        return swapped(value, bits);
    }
    return bits == 64 ? value : value & ((1ull << bits) - 1);
}

// Signed division in `Signed`; by zero it gives zero, and the least number by -1 itself (RFC 9669, 4.1).
template <typename Signed>
constexpr Signed signed_quotient(Signed a, Signed b) {
    if (b == 0) {
        return 0;
    }
    return b == -1 ? static_cast<Signed>(0 - static_cast<std::uint64_t>(a)) : static_cast<Signed>(a / b);
}
template <typename Signed>
constexpr Signed signed_remainder(Signed a, Signed b) {
    if (b == 0) {
        return a;
    }
    return b == -1 ? 0 : static_cast<Signed>(a % b);
}

// The result of an arithmetic instruction, given the destination's value and the second operand's, sign-extended to 64
// bits if it is the immediate. Neg and End are not for this function. Unsigned is the width of the instruction's class.
template <typename Unsigned>
[[gnu::always_inline]] constexpr std::uint64_t arithmetic(const FilterInstruction& i, std::uint64_t left,
                                                          std::uint64_t right) {
    using Signed = std::conditional_t<sizeof(Unsigned) == 8, std::int64_t, std::int32_t>;
    constexpr unsigned shift_mask = 8 * sizeof(Unsigned) - 1;
    const auto a = static_cast<Unsigned>(left);
    const auto b = static_cast<Unsigned>(right);
    const auto sa = static_cast<Signed>(a);
    const auto sb = static_cast<Signed>(b);
    switch (alu_op(i)) {
    case AluOp::Add:
        return static_cast<Unsigned>(a + b);
    case AluOp::Sub:
        return static_cast<Unsigned>(a - b);
    case AluOp::Mul:
        return static_cast<Unsigned>(a * b);
    case AluOp::Div:
        if (i.offset == 1) {
            return static_cast<Unsigned>(signed_quotient<Signed>(sa, sb));
        }
        return b == 0 ? 0 : a / b;
    case AluOp::Mod:
        if (i.offset == 1) {
            return static_cast<Unsigned>(signed_remainder<Signed>(sa, sb));
        }
        return b == 0 ? a : a % b;
    case AluOp::Or:
        return a | b;
    case AluOp::And:
        return a & b;
    case AluOp::Xor:
        return a ^ b;
    case AluOp::Lsh:
        return static_cast<Unsigned>(a << (b & shift_mask));
    case AluOp::Rsh:
        return a >> (b & shift_mask);
    case AluOp::Arsh:
        return static_cast<Unsigned>(sa >> (b & shift_mask));
    case AluOp::Mov:
        return i.offset == 0 ? b : static_cast<Unsigned>(sign_extended(b, static_cast<unsigned>(i.offset)));
    case AluOp::Neg:
    case AluOp::End:
        break;
    }
    return a;
}

// Any arithmetic instruction.
[[gnu::always_inline]] constexpr std::uint64_t evaluate(const FilterInstruction& i, std::uint64_t left,
                                                        std::uint64_t right) {
    if (alu_op(i) == AluOp::End) {
        return byte_order(i, left);
    }
    if (alu_op(i) == AluOp::Neg) {
        return class_of(i) == Class::Alu64 ? 0 - left : static_cast<std::uint32_t>(0 - left);
    }
    return class_of(i) == Class::Alu64 ? arithmetic<std::uint64_t>(i, left, right)
                                       : arithmetic<std::uint32_t>(i, left, right);
}

// Whether a conditional jump is taken; class JMP32 compares the low halves.
[[gnu::always_inline]] constexpr bool compare(const FilterInstruction& i, std::uint64_t left, std::uint64_t right) {
    const bool narrow = class_of(i) == Class::Jmp32;
    const std::uint64_t a = narrow ? static_cast<std::uint32_t>(left) : left;
    const std::uint64_t b = narrow ? static_cast<std::uint32_t>(right) : right;
    const auto sa = narrow ? static_cast<std::int32_t>(a) : static_cast<std::int64_t>(a);
    const auto sb = narrow ? static_cast<std::int32_t>(b) : static_cast<std::int64_t>(b);
    switch (jump_op(i)) {
    case JumpOp::Eq:
        return a == b;
    case JumpOp::Ne:
        return a != b;
    case JumpOp::Gt:
        return a > b;
    case JumpOp::Ge:
        return a >= b;
    case JumpOp::Lt:
        return a < b;
    case JumpOp::Le:
        return a <= b;
    case JumpOp::Set:
        return (a & b) != 0;
    case JumpOp::Sgt:
        return sa > sb;
    case JumpOp::Sge:
        return sa >= sb;
    case JumpOp::Slt:
        return sa < sb;
    case JumpOp::Sle:
        return sa <= sb;
    case JumpOp::Ja:
    case JumpOp::Call:
    case JumpOp::Exit:
        break;
    }
    return true;
}

} // namespace exo::filter
