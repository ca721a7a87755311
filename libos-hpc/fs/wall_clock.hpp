// The time that file systems in memory stamp their files with.
#pragma once

#include "libos-hpc/linux/time.hpp"

namespace exo::hpc {

// CLOCK_REALTIME now. On the machine: from the kit's clock.
linux_abi::Timespec wall_clock();

} // namespace exo::hpc
