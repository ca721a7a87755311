// Exceptions of the processor as Linux signals; page faults go to the address space first.
#pragma once

namespace exo::hpc {

// Registers a handler for each exception with the kit.
void open_exceptions();

} // namespace exo::hpc
