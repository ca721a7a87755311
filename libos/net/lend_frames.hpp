// Lends the environment's memory to a NIC: whatever lies in the direct map, and so in the kit's heap.
#pragma once

#include "libos/net/lent_memory.hpp"
#include "libos/net/port.hpp"

namespace exo::net {

// Lets the port's NIC read all large pages of the direct map there are, never write them. Frames that hold page tables,
// or are set aside for them, are not lent; memory that is granted later is not either. A port that cannot read memory
// of the environment has none lent, and copies. Called once a port, when the program has mapped what it needs: tables
// for which no frames were set aside by then cannot be made.
void lend_frames(Port& port, LentMemory& memory);

} // namespace exo::net
