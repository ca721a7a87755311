// Arithmetic on ranges of numbers, and what a comparison says about its operands. Results hold every number that the
// operation can give for numbers of the operands; they may hold more.
#pragma once

#include "secure-bindings/filter/value.hpp"

namespace exo::filter {

// The low 32 bits of a number in `range`.
Range narrowed(const Range& range);

// The result of an arithmetic instruction; `left` is the destination before it.
Range arithmetic_range(const FilterInstruction& i, const Range& left, const Range& right);

// Makes each of the two views as narrow as the other allows. False when no number is left.
bool reconcile(Range& range);

// Takes from both operands of a conditional jump what cannot be when it is, or is not, taken. False when it never is.
bool refine(const FilterInstruction& i, bool taken, Range& left, Range& right);

// Whether all of `inner` lies in `outer`.
bool covers(const Range& outer, const Range& inner);

} // namespace exo::filter
