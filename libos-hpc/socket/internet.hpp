// What AF_INET sockets share: which addresses are ours, where a packet would go, and who has which port. The network is
// brought up by the first question that is about more than the loopback. With the socket lock held.
#pragma once

#include "libos-hpc/socket/ports.hpp"

namespace exo::hpc {

inline constexpr net::Ipv4Address loopback_address = net::Ipv4Address::of(127, 0, 0, 1);

PortTable& tcp_ports();
PortTable& udp_ports();

// Whether an address is this program's own: the loopback network, or an interface's.
bool is_own_address(net::Ipv4Address address);
// Whether it means everybody on a link.
bool is_broadcast_address(net::Ipv4Address address);
// The address that a packet to `destination` comes from. Errors: NETUNREACH.
Outcome<net::Ipv4Address> source_towards(net::Ipv4Address destination);

} // namespace exo::hpc
