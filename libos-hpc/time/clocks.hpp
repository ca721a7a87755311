// The clocks of clock_gettime(2), by number.
#pragma once

#include "libos-hpc/linux/errors.hpp"
#include "libos-hpc/linux/time.hpp"

namespace exo::hpc {

// Nanoseconds of a clock. Errors: INVAL (no such clock).
Outcome<std::uint64_t> read_clock(std::int32_t clock);

} // namespace exo::hpc
