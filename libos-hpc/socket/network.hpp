// The network stack behind AF_INET: brought up by the first socket that needs more than the loopback, over the NICs
// that the program was granted; EXO_IP says their addresses. With the socket lock held.
#pragma once

#include "libos-hpc/linux/errors.hpp"
#include "libos/net/network.hpp"
#include "libos/net/tcp/stack.hpp"

namespace exo::hpc {

struct ProgramNetwork {
    net::Network network;
    net::TcpStack tcp;
};

// Null: no NIC was granted, or there is no memory. Takes as long as DHCP does, once. A program whose NICs come to
// nothing (no lease, an address in use, ...) ends here with net::configure's sentence and status.
ProgramNetwork* open_network();
// The same if it is up already.
ProgramNetwork* current_network();

Errno errno_of(net::Problem problem);

} // namespace exo::hpc
