// DHCP messages (RFC 2131 figure 1; options: RFC 2132): op 0, hardware 1, lengths 2, xid 4, secs 8, flags 10, ciaddr
// 12, yiaddr 16, siaddr 20, giaddr 24, chaddr 28, sname 44, file 108, the cookie 236, options from 240 on.
#pragma once

#include "libos/net/address.hpp"
#include "libos/net/port.hpp"

#include <optional>
#include <span>

namespace exo::net {

inline constexpr std::uint16_t dhcp_server_port = 67, dhcp_client_port = 68;
inline constexpr std::size_t dhcp_octets_max = 576 - 28; // what every client takes (RFC 2131 2)

enum class DhcpType : std::uint8_t {
    Discover = 1,
    Offer = 2,
    Request = 3,
    Decline = 4,
    Acknowledge = 5,
    Refuse = 6, // DHCPNAK
    Release = 7,
};

// What a client sends.
struct DhcpQuestion {
    DhcpType type;
    std::uint32_t transaction;
    std::uint16_t seconds; // since it began to ask
    MacAddress client;
    Ipv4Address current;   // ciaddr: only while it holds a lease
    Ipv4Address requested; // option 50; any: left out
    Ipv4Address server;    // option 54; any: left out
};
// Writes a question; `into` has room for dhcp_octets_max. Returns its octets.
std::size_t write_dhcp(std::span<std::byte> into, const DhcpQuestion& question);

// What a server answers.
struct DhcpAnswer {
    DhcpType type;
    Ipv4Address offered; // yiaddr
    Ipv4Address server;  // option 54; any: not said
    std::optional<std::uint8_t> prefix;
    Ipv4Address router;        // the first; any: not said
    Ipv4Address name_server;   // the first; any: not said
    std::uint32_t lease_s = 0; // 0: not said; ~0: for ever
    std::uint32_t renew_s = 0, rebind_s = 0;
};
// None: not an answer to this transaction and client, or malformed anywhere.
std::optional<DhcpAnswer> parse_dhcp(std::span<const std::byte> octets, std::uint32_t transaction,
                                     const MacAddress& client);

} // namespace exo::net
