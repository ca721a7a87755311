// Local ports of TCP connections and listeners. Not for users.
#pragma once

#include "libos/net/network.hpp"

struct tcp_pcb; // lwIP's

namespace exo::net {

// Gives the control block its own address and port; port 0: a random one (RFC 6056) that nobody listens at, and from
// which there is no connection to `remote`. Errors: AddressInUse, AddressNotHere, PortNotHeld, Full.
NetStatus bind_port(Network& network, tcp_pcb& pcb, Endpoint local, Endpoint remote = {});

} // namespace exo::net
