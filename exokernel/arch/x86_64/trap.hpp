// Descriptor tables and the C++ side of every trap.
#pragma once

#include "exokernel/cpu/core.hpp"

namespace exo {

// On each core: its GDT and TSS, the shared IDT, the system-call MSRs, GS.
void traps_start(Core& core);

} // namespace exo
