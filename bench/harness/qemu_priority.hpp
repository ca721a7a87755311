// Gives the main loop of a QEMU real-time priority, as `chrt -f -p 10` does, and no other thread of it.
#pragma once

#include <optional>

#include <sys/types.h>

namespace bench {

// `ancestor`: the process that is QEMU or started it. Nothing yet while it is not QEMU; false when the host does
// not permit it.
std::optional<bool> raise_main_loop(pid_t ancestor);

} // namespace bench
