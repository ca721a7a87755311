// What a comparison says about its operands. Every jump is brought to one of five relations that hold: equal, unequal,
// less, at most (each unsigned or signed), or bits in common.
#include "secure-bindings/filter/alu.hpp"
#include "secure-bindings/filter/range.hpp"

namespace exo::filter {

namespace {

constexpr std::uint64_t u32_max = 0xffff'ffff;

JumpOp opposite(JumpOp op) {
    switch (op) {
    case JumpOp::Eq:
        return JumpOp::Ne;
    case JumpOp::Ne:
        return JumpOp::Eq;
    case JumpOp::Gt:
        return JumpOp::Le;
    case JumpOp::Le:
        return JumpOp::Gt;
    case JumpOp::Ge:
        return JumpOp::Lt;
    case JumpOp::Lt:
        return JumpOp::Ge;
    case JumpOp::Sgt:
        return JumpOp::Sle;
    case JumpOp::Sle:
        return JumpOp::Sgt;
    case JumpOp::Sge:
        return JumpOp::Slt;
    case JumpOp::Slt:
        return JumpOp::Sge;
    case JumpOp::Ja:
    case JumpOp::Set:
    case JumpOp::Call:
    case JumpOp::Exit:
        break;
    }
    return op;
}

template <typename T>
T lesser(T a, T b) {
    return a < b ? a : b;
}
template <typename T>
T greater(T a, T b) {
    return a > b ? a : b;
}

// a < b, or a <= b. False when it cannot be.
template <typename T>
bool order(T& a_min, T& a_max, T& b_min, T& b_max, bool strict) {
    const T step = strict ? 1 : 0;
    if (strict && (b_max == std::numeric_limits<T>::min() || a_min == std::numeric_limits<T>::max())) {
        return false;
    }
    a_max = lesser<T>(a_max, b_max - step);
    b_min = greater<T>(b_min, a_min + step);
    return a_min <= a_max && b_min <= b_max;
}

bool equal(Range& a, Range& b) {
    Range both = {greater(a.umin, b.umin), lesser(a.umax, b.umax), greater(a.smin, b.smin), lesser(a.smax, b.smax)};
    if (both.umin > both.umax || both.smin > both.smax || !reconcile(both)) {
        return false;
    }
    a = b = both;
    return true;
}

// Takes one number off an end of a range.
void exclude(Range& range, std::uint64_t number) {
    if (range.umin == number) {
        ++range.umin;
    } else if (range.umax == number) {
        --range.umax;
    }
    const auto as_signed = static_cast<std::int64_t>(number);
    if (range.smin == as_signed) {
        ++range.smin;
    } else if (range.smax == as_signed) {
        --range.smax;
    }
}

bool unequal(Range& a, Range& b) {
    if (a.constant() && b.constant()) {
        return a.umin != b.umin;
    }
    if (a.constant()) {
        exclude(b, a.umin);
    } else if (b.constant()) {
        exclude(a, b.umin);
    }
    return true;
}

// The two have a bit in common, or none.
bool bits(Range& a, Range& b, bool common) {
    if (a.constant() && b.constant()) {
        return ((a.umin & b.umin) != 0) == common;
    }
    if (common) {
        exclude(a, 0);
        exclude(b, 0);
        return a.umin <= a.umax && b.umin <= b.umax;
    }
    return true;
}

bool apply(JumpOp op, Range& a, Range& b) {
    switch (op) {
    case JumpOp::Eq:
        return equal(a, b);
    case JumpOp::Ne:
        return unequal(a, b);
    case JumpOp::Lt:
    case JumpOp::Le:
        return order(a.umin, a.umax, b.umin, b.umax, op == JumpOp::Lt);
    case JumpOp::Slt:
    case JumpOp::Sle:
        return order(a.smin, a.smax, b.smin, b.smax, op == JumpOp::Slt);
    case JumpOp::Gt:
    case JumpOp::Ge:
        return order(b.umin, b.umax, a.umin, a.umax, op == JumpOp::Gt);
    case JumpOp::Sgt:
    case JumpOp::Sge:
        return order(b.smin, b.smax, a.smin, a.smax, op == JumpOp::Sgt);
    case JumpOp::Ja:
    case JumpOp::Set:
    case JumpOp::Call:
    case JumpOp::Exit:
        break;
    }
    return true;
}

bool is_signed(JumpOp op) {
    return op == JumpOp::Sgt || op == JumpOp::Sge || op == JumpOp::Slt || op == JumpOp::Sle;
}

bool hold(const FilterInstruction& i, bool taken, Range& a, Range& b) {
    const JumpOp op = jump_op(i);
    const bool possible = op == JumpOp::Set ? bits(a, b, taken) : apply(taken ? op : opposite(op), a, b);
    return possible && reconcile(a) && reconcile(b);
}

// Turns a number into its low half as the comparison sees it. False when too little is known of it.
bool take_half(Range& range, bool with_sign) {
    const std::uint64_t same_max = with_sign ? u32_max >> 1 : u32_max;
    if (range.umax <= same_max) {
        return true;
    }
    if (range.constant()) {
        range = exactly(with_sign ? sign_extended(range.umin, 32) : static_cast<std::uint32_t>(range.umin));
        return true;
    }
    range = between(0, u32_max);
    return !with_sign;
}

} // namespace

bool refine(const FilterInstruction& i, bool taken, Range& left, Range& right) {
    Range a = left;
    Range b = right;
    if (class_of(i) == Class::Jmp) {
        if (!hold(i, taken, a, b)) {
            return false;
        }
        left = a;
        right = b;
        return true;
    }
    if (!take_half(a, is_signed(jump_op(i))) || !take_half(b, is_signed(jump_op(i)))) {
        return true;
    }
    const Range left_half = a;
    const Range right_half = b;
    if (!hold(i, taken, a, b)) {
        return false;
    }
    // What holds for the half holds for the number only when the two are the same.
    left = left == left_half ? a : left;
    right = right == right_half ? b : right;
    return true;
}

} // namespace exo::filter
