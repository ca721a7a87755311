// What of a packet decides to which flow it belongs, and how it is read from the packet's first octets.
// Only headers are looked at; whether the packet is whole and its sums are right is its owner's business.
#pragma once

#include "secure-bindings/abi/flow.hpp"

#include <span>

namespace exo {

// Octets from the Ethernet header on that can decide anything: Ethernet 14, IPv4 60 (RFC 791, 3.1), ports 4.
inline constexpr std::size_t flow_header_octets = 78;
inline constexpr std::size_t ethernet_octets = 14;

// What a packet has that a flow can be narrowed to.
enum class FlowKind : std::uint8_t {
    Udp = 0,   // IPv4 addresses, and ports of UDP
    Tcp = 1,   // IPv4 addresses, and ports of TCP
    Ipv4 = 2,  // IPv4 addresses and a protocol, no ports: other protocols, fragments, headers cut short
    Arp = 3,   // IPv4 addresses of ARP
    Other = 4, // an EtherType at most
};
inline constexpr std::size_t flow_kinds = 5;

struct FlowKey {
    std::uint32_t local_address = 0; // 0 where the family has none
    std::uint32_t remote_address = 0;
    std::uint16_t local_port = 0; // 0 where there are none; of FlowKind::Ipv4 the protocol in the upper octet
    std::uint16_t remote_port = 0;
    std::uint16_t ether_type = 0; // 0: a length (IEEE 802.3)
    std::uint8_t protocol = 0;    // of IPv4; 0 of others
    FlowKind kind = FlowKind::Other;

    bool operator==(const FlowKey&) const = default;
};

enum class FlowSide : std::uint8_t { Receive, Transmit };

// Reads the key of a frame of which `frame` is the beginning: all of it, or at least flow_header_octets. On
// FlowSide::Receive the destination is local, on FlowSide::Transmit the source; of ARP the target and the sender.
//
// Every fragment, the first one too (RFC 791, 3.2: offset or More Fragments not 0), is without ports, so that one flow
// gets all of a packet. A header that is cut short or malformed makes a key without what it would have told: an IPv4
// packet with a bad header has the EtherType alone. A VLAN tag is the EtherType 0x8100; what is behind it is not looked
// at. A frame of less than ethernet_octets has the empty key.
FlowKey parse_flow_key(std::span<const std::uint8_t> frame, FlowSide side);

// Whether a packet with this key is one of a flow's.
bool matches(const FlowSpec& spec, const FlowKey& key);

} // namespace exo
