// Ports of the host that lead into a machine (hostfwd), so that many clients may come at once.
#pragma once

#include "tools/exo/net.hpp"

#include <span>

namespace exo::tool {

// QEMU lets one connection wait to be accepted at such a port; of a crowd the others try again after a second, and
// after twice as long each time. This lengthens the queues of a QEMU that listens already, as far as the host permits:
// where it does not, all stays as it is. `process`: a pidfd of that QEMU.
void lengthen_forward_queues(int process, std::span<const NetInterface> interfaces);

} // namespace exo::tool
