// From a reflected system call to its handler. The table of all Linux numbers is calls.def; each implemented row names
// a function declared in calls.hpp, whose parameters take the argument registers in order.
#pragma once

namespace exo::hpc {

// Registers the dispatcher and the short direct calls with the kit.
void open_dispatch();

} // namespace exo::hpc
