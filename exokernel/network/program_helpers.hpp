// What programs on flows may call (secure-bindings/abi/filter_helpers.def), as the kernel does it.
#pragma once

#include "secure-bindings/filter/helpers.hpp"

namespace exo {

struct Ring;

// The ring of the flow whose program runs, or null. One program runs at a time, under the kernel lock.
extern Ring* program_ring;
extern const filter::HelperTable program_helpers;

} // namespace exo
