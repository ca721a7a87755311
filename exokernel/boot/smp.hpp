// Starting the other cores, one after another.
#pragma once

#include "exokernel/acpi/platform.hpp"
#include "exokernel/boot/options.hpp"

namespace exo {

// Fills cores[] and machine_info with the processors this kernel uses; the boot core is core 0.
void cores_choose(const Platform& platform, const BootOptions& options);
// Starts all but the boot core. One that does not answer is left out, with a line in the log.
void cores_start();
// Where every core ends its start: into the scheduler, never to return.
[[noreturn]] void core_run();

} // namespace exo
