// ICMP messages of a program's own.
#pragma once

#include "libos/net/network.hpp"

namespace exo::net {

// Octets of data behind ICMP's eight: what IPv4's length field allows (RFC 791).
inline constexpr std::size_t icmp_data_max = 65'507;

struct IcmpSend {
    Ipv4Address destination;
    Ipv4Address source; // any: the interface's
    std::uint8_t time_to_live = 64;
    std::uint8_t service = 0;
    bool broadcast = false; // whether a broadcast address is meant
    // Whether the checksum is made here; else it is the program's.
    bool make_checksum = true;
};

// An empty packet that the interface towards the destination reaches, with room for headers before it. Null: none is
// left, or no route.
Packet* allocate_icmp(const Network& network, Ipv4Address destination);

// Takes a message, in one packet or a chain of them that began with allocate_icmp, at least icmp_header_octets, and
// sends it, in fragments if it must. What is not taken (an error) stays the caller's. Waiting for ARP it is kept.
// Errors: TooBig, NoRoom, NetworkUnreachable, HostUnreachable (a broadcast that was not meant).
NetStatus send_icmp(Network& network, Packet* message, const IcmpSend& how);

} // namespace exo::net
