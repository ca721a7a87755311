// ICMP (RFC 792): type 0, code 1, checksum 2, the rest by type. Echo: identifier 4, sequence 6, data from 8 on. Errors:
// 4 octets unused, then the IP header and at least 8 octets of what they are about, from 8 on.
#pragma once

#include "libos/net/wire/ipv4.hpp"

namespace exo::net {

inline constexpr std::size_t icmp_header_octets = 8;

namespace icmp_type {
inline constexpr std::uint8_t echo_reply = 0;
inline constexpr std::uint8_t unreachable = 3;
inline constexpr std::uint8_t echo = 8;
inline constexpr std::uint8_t time_exceeded = 11;
inline constexpr std::uint8_t parameter_problem = 12;
} // namespace icmp_type

namespace icmp_unreachable {
inline constexpr std::uint8_t network = 0;
inline constexpr std::uint8_t host = 1;
inline constexpr std::uint8_t protocol = 2;
inline constexpr std::uint8_t port = 3;
inline constexpr std::uint8_t fragmentation_needed = 4;
} // namespace icmp_unreachable

// Where two numbers of 16 bits behind an IP header say whose a message is: the ports of UDP and TCP, an echo's
// identifier and sequence.
constexpr std::size_t ports_offset(std::uint8_t protocol) {
    return protocol == ip_protocol::icmp ? 4 : 0;
}

constexpr bool is_icmp_error(std::uint8_t type) {
    return type == icmp_type::unreachable || type == icmp_type::time_exceeded || type == icmp_type::parameter_problem ||
           type == 4 || type == 5; // source quench, redirect
}

} // namespace exo::net
