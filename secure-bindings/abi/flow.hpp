// What packets a flow stands for. A flow capability names a record of the kernel's flow book; a flow is derived from
// another one by a FlowSpec that lies within it. The ring that carries a flow's packets is in flow_ring.hpp.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

// Names a record of the flow book. 0 names none.
using FlowNumber = std::uint16_t;
inline constexpr FlowNumber no_flow = 0;
// Records of one book, the unused number 0 included.
inline constexpr std::size_t max_flows = 4096;

inline constexpr std::uint16_t ether_type_ipv4 = 0x0800;
inline constexpr std::uint16_t ether_type_arp = 0x0806;
inline constexpr std::uint16_t ether_type_min = 0x0600; // less is a length (IEEE 802.3, 3.2.6)
inline constexpr std::uint8_t ip_protocol_icmp = 1;
inline constexpr std::uint8_t ip_protocol_tcp = 6;
inline constexpr std::uint8_t ip_protocol_udp = 17;

// The packets of a flow: those that meet every line. Numbers are in the processor's byte order. `local` is this side:
// the destination of a packet received, the source of one sent. In ARP packets (RFC 826) the addresses are the target's
// and the sender's protocol addresses on receive, the sender's and the target's on transmit.
//
// Form, or the spec is refused: addresses have no bit set beyond their prefix, a port range is not empty, reserved is
// zero; ether_type is 0 or at least ether_type_min and not a VLAN tag's; a protocol needs IPv4, a prefix needs IPv4 or
// ARP, a port range other than 0 to 65535 needs UDP or TCP.
struct FlowSpec {
    std::uint16_t ether_type;   // 0: any
    std::uint8_t protocol;      // of IPv4; 0: any
    std::uint8_t local_prefix;  // leading bits of local_address that count, 0 to 32; 0: any, or no address at all
    std::uint8_t remote_prefix; // the same of remote_address
    std::uint8_t reserved[3];   // 0
    std::uint32_t local_address;
    std::uint32_t remote_address;
    std::uint16_t local_port;      // first of the range
    std::uint16_t local_port_end;  // last of the range. 0 to 65535: any, or no port at all (later fragments)
    std::uint16_t remote_port;     // first of the range
    std::uint16_t remote_port_end; // last of the range, as above
    std::uint32_t budget;          // flows that may be made below this one; taken from its parent's
    std::uint32_t reserved_end;    // 0
};
static_assert(sizeof(FlowSpec) == 32);
static_assert(offsetof(FlowSpec, local_address) == 8);
static_assert(offsetof(FlowSpec, local_port) == 16);
static_assert(offsetof(FlowSpec, budget) == 24);

// Every packet of a NIC.
constexpr FlowSpec every_packet(std::uint32_t budget) {
    return {.ether_type = 0,
            .protocol = 0,
            .local_prefix = 0,
            .remote_prefix = 0,
            .reserved = {},
            .local_address = 0,
            .remote_address = 0,
            .local_port = 0,
            .local_port_end = 0xffff,
            .remote_port = 0,
            .remote_port_end = 0xffff,
            .budget = budget,
            .reserved_end = 0};
}

} // namespace exo
