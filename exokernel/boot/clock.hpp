// The clocks at boot: how fast the TSC and the local timer count, and what time it is.
#pragma once

#include "exokernel/acpi/platform.hpp"

namespace exo {

// Calibrates against the HPET where there is one, else the PIT, and reads the CMOS clock.
void clock_start(const Platform& platform);

} // namespace exo
