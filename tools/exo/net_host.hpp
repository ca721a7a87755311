// What the host can give a network interface: the tap interface is there, the ports to be forwarded are free.
#pragma once

#include "tools/exo/net.hpp"

namespace exo::tool {

// Reserves nothing. Each refusal is one sentence.
Outcome<void> check_interface_host(const NetInterface& interface);

} // namespace exo::tool
