// Whether what follows from one state has been shown for another.
#pragma once

#include "secure-bindings/filter/value.hpp"

namespace exo::filter {

// True when every situation that `inner` describes is one that `outer` describes, too: a program that is good in
// `outer` is good in `inner`, and takes no longer.
bool covers(const State& outer, const State& inner);

} // namespace exo::filter
