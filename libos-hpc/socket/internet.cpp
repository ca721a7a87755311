// Interface: internet.hpp.
#include "libos-hpc/socket/internet.hpp"

namespace exo::hpc {
namespace {

[[clang::no_destroy]] constinit PortTable ports_of_tcp(PortRule::Tcp);
[[clang::no_destroy]] constinit PortTable ports_of_udp(PortRule::Udp);

} // namespace

PortTable& tcp_ports() {
    return ports_of_tcp;
}
PortTable& udp_ports() {
    return ports_of_udp;
}

bool is_own_address(net::Ipv4Address address) {
    return address.is_loopback();
}

Outcome<net::Ipv4Address> source_towards(net::Ipv4Address destination) {
    if (destination.is_loopback())
        return loopback_address;
    return fail(Errno::NETUNREACH);
}

} // namespace exo::hpc
