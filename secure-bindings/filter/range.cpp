// Unsigned and signed bounds are computed apart; where an operation could wrap, the view in which it could says
// nothing.
#include "secure-bindings/filter/range.hpp"

#include "secure-bindings/filter/alu.hpp"

#include <bit>

namespace exo::filter {

namespace {

constexpr std::uint64_t u32_max = 0xffff'ffff;
constexpr std::uint64_t s64_max = std::numeric_limits<std::int64_t>::max();

// All bits up to the highest one of `value`.
std::uint64_t filled(std::uint64_t value) {
    return value == 0 ? 0 : ~0ull >> std::countl_zero(value);
}

Range sum(const Range& a, const Range& b) {
    Range out;
    if (std::uint64_t most; !__builtin_add_overflow(a.umax, b.umax, &most)) {
        out.umin = a.umin + b.umin;
        out.umax = most;
    }
    std::int64_t least, most;
    if (!__builtin_add_overflow(a.smin, b.smin, &least) && !__builtin_add_overflow(a.smax, b.smax, &most)) {
        out.smin = least;
        out.smax = most;
    }
    return out;
}

Range difference(const Range& a, const Range& b) {
    Range out;
    if (a.umin >= b.umax) {
        out.umin = a.umin - b.umax;
        out.umax = a.umax - b.umin;
    }
    std::int64_t least, most;
    if (!__builtin_sub_overflow(a.smin, b.smax, &least) && !__builtin_sub_overflow(a.smax, b.smin, &most)) {
        out.smin = least;
        out.smax = most;
    }
    return out;
}

Range product(const Range& a, const Range& b) {
    Range out;
    if (std::uint64_t most; !__builtin_mul_overflow(a.umax, b.umax, &most)) {
        out.umin = a.umin * b.umin;
        out.umax = most;
    }
    return out;
}

Range shifted_left(const Range& a, unsigned bits) {
    Range out;
    if (a.umax <= ~0ull >> bits) {
        out.umin = a.umin << bits;
        out.umax = a.umax << bits;
    }
    return out;
}

Range from_unsigned(std::uint64_t least, std::uint64_t most) {
    Range out;
    out.umin = least;
    out.umax = most;
    return out;
}

Range from_signed(std::int64_t least, std::int64_t most) {
    Range out;
    out.smin = least;
    out.smax = most;
    return out;
}

// The number is kept when it has no more than `bits` bits less the sign, and has a sign otherwise.
Range sign_extended_range(const Range& a, unsigned bits) {
    const auto most = static_cast<std::int64_t>((1ull << (bits - 1)) - 1);
    if (a.umax <= static_cast<std::uint64_t>(most)) {
        return a;
    }
    return from_signed(-most - 1, most);
}

// The operations on 64-bit numbers whose second operand is a known shift, divisor or the like, and the others.
Range wide_arithmetic(const FilterInstruction& i, const Range& a, const Range& b, unsigned shift_mask) {
    const auto shift = static_cast<unsigned>(b.umin & shift_mask);
    switch (alu_op(i)) {
    case AluOp::Add:
        return sum(a, b);
    case AluOp::Sub:
        return difference(a, b);
    case AluOp::Mul:
        return product(a, b);
    case AluOp::Or:
        return from_unsigned(a.umin > b.umin ? a.umin : b.umin, filled(a.umax | b.umax));
    case AluOp::Xor:
        return from_unsigned(0, filled(a.umax | b.umax));
    case AluOp::And:
        return from_unsigned(0, a.umax < b.umax ? a.umax : b.umax);
    case AluOp::Lsh:
        return b.constant() ? shifted_left(a, shift) : Range{};
    case AluOp::Rsh:
        return b.constant() ? from_unsigned(a.umin >> shift, a.umax >> shift) : from_unsigned(0, a.umax);
    case AluOp::Arsh:
        return b.constant() ? from_signed(a.smin >> shift, a.smax >> shift) : Range{};
    case AluOp::Div:
        if (i.offset != 0) {
            return {};
        }
        return b.constant() && b.umin != 0 ? from_unsigned(a.umin / b.umin, a.umax / b.umin) : from_unsigned(0, a.umax);
    case AluOp::Mod:
        if (i.offset != 0) {
            return {};
        }
        // A number modulo zero is itself.
        return b.umin != 0 && b.umax - 1 < a.umax ? from_unsigned(0, b.umax - 1) : from_unsigned(0, a.umax);
    case AluOp::Mov:
        return i.offset == 0 ? b : sign_extended_range(b, static_cast<unsigned>(i.offset));
    case AluOp::End: {
        const auto bits = static_cast<unsigned>(i.immediate);
        if (bits == 64) {
            return class_of(i) == Class::Alu && !from_register(i) ? a : Range{};
        }
        const bool kept = class_of(i) == Class::Alu && !from_register(i) && a.umax <= (1ull << bits) - 1;
        return kept ? a : from_unsigned(0, (1ull << bits) - 1);
    }
    case AluOp::Neg:
        break;
    }
    return {};
}

} // namespace

Range narrowed(const Range& range) {
    return range.umax <= u32_max ? range : between(0, u32_max);
}

bool reconcile(Range& range) {
    // Within one half of the circle, both orders are the same.
    if (range.umax <= s64_max || range.umin > s64_max) {
        const auto least = static_cast<std::int64_t>(range.umin);
        const auto most = static_cast<std::int64_t>(range.umax);
        range.smin = range.smin > least ? range.smin : least;
        range.smax = range.smax < most ? range.smax : most;
    }
    if (range.smin > range.smax) {
        return false;
    }
    if (range.smin >= 0 || range.smax < 0) {
        const auto least = static_cast<std::uint64_t>(range.smin);
        const auto most = static_cast<std::uint64_t>(range.smax);
        range.umin = range.umin > least ? range.umin : least;
        range.umax = range.umax < most ? range.umax : most;
    }
    return range.umin <= range.umax;
}

Range arithmetic_range(const FilterInstruction& i, const Range& left, const Range& right) {
    const bool unary = alu_op(i) == AluOp::Neg || alu_op(i) == AluOp::End;
    const bool move = alu_op(i) == AluOp::Mov;
    if ((left.constant() || move) && (right.constant() || unary)) {
        return exactly(evaluate(i, left.umin, right.umin));
    }
    Range out;
    if (class_of(i) == Class::Alu64 || alu_op(i) == AluOp::End) {
        out = wide_arithmetic(i, left, right, 63);
    } else {
        const Range a = narrowed(left);
        const Range b = narrowed(right);
        // A signed operation on 32 bits sees another sign than the 64-bit view of the same number.
        const bool signs = alu_op(i) == AluOp::Arsh && a.umax > (u32_max >> 1);
        out = signs ? Range{} : wide_arithmetic(i, a, b, 31);
        if (!reconcile(out) || out.umax > u32_max) {
            out = between(0, u32_max);
        }
    }
    return reconcile(out) ? out : Range{};
}

bool covers(const Range& outer, const Range& inner) {
    return outer.umin <= inner.umin && outer.umax >= inner.umax && outer.smin <= inner.smin && outer.smax >= inner.smax;
}

} // namespace exo::filter
