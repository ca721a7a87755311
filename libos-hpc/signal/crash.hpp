// The end of a program by a signal: what is said, and with which status.
#pragma once

#include "libos-hpc/linux/signals.hpp"
#include "libos/upcall/register_frame.hpp"

namespace exo::hpc {

// Ends the program as the signal's default action does, with the status a shell would show.
[[noreturn]] void end_by_signal(int number);
// The same, after one line about the fault and a symbolised backtrace on standard error.
[[noreturn]] void crash(const RegisterFrame& frame, const linux_abi::SignalInfo& info);

} // namespace exo::hpc
