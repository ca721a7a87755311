// The trace of a program that is its own library OS, to the file that `exo run --trace` names: through a port of the
// console, which the program has no other use for.
#pragma once

namespace exo {

// Writes everything recorded so far, if a trace is wanted, and waits until the host has it. Once, at the program's end.
// False: it is wanted and did not arrive whole, which is said in the log.
bool trace_send();

} // namespace exo
