// Interface: internet.hpp.
#include "libos-hpc/socket/internet.hpp"

#include "libos-hpc/socket/network.hpp"
#include "libos/net/ip/interface.hpp"

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
    if (address.is_loopback())
        return true;
    const ProgramNetwork* const program = open_network();
    return program && program->network.has_address(address);
}

Outcome<net::Ipv4Address> source_towards(net::Ipv4Address destination) {
    if (destination.is_loopback())
        return loopback_address;
    const ProgramNetwork* const program = open_network();
    const net::Interface* const interface = program ? program->network.route(destination) : nullptr;
    if (!interface)
        return fail(Errno::NETUNREACH);
    return program->network.has_address(destination) ? destination : interface->source_for(destination);
}

bool is_broadcast_address(net::Ipv4Address address) {
    if (address.is_limited_broadcast())
        return true;
    const ProgramNetwork* const program = address.is_loopback() ? nullptr : open_network();
    const net::Interface* const interface = program ? program->network.route(address) : nullptr;
    return interface && interface->is_broadcast(address);
}

} // namespace exo::hpc
