// The program's one real-time interval timer (setitimer(2), alarm(2)): SIGALRM when it expires.
#pragma once

#include "libos-hpc/linux/time.hpp"

namespace exo::hpc {

// Times in nanoseconds; a value of 0 stops the timer.
struct IntervalState {
    std::uint64_t value_ns = 0, interval_ns = 0;
};

IntervalState interval_timer();
// Returns what was left.
IntervalState set_interval_timer(const IntervalState& wanted);

} // namespace exo::hpc
