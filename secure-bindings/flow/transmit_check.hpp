// Whether a frame may leave by a flow.
//
// The contract, without which the check is worth nothing: the kernel copies the first min(length, flow_header_octets)
// octets of the frame from the owner's memory once, into memory that the owner cannot write; passes that copy here; and
// sends those octets from that copy. The rest of the frame may go out of the owner's memory as it then is: nothing that
// is looked at here lies there, and receivers read the same octets that were checked.
#pragma once

#include "secure-bindings/flow/flow_key.hpp"

#include <array>

namespace exo {

using MacOctets = std::array<std::uint8_t, 6>;

// Why a frame may not leave; the ring's SentStatus is made of it.
enum class TransmitVerdict : std::uint8_t {
    Allowed,
    BadLength,   // shorter than its Ethernet header, longer than the NIC sends, or the copy is not as long as promised
    WrongSource, // the Ethernet source is not the NIC's address
    VlanTag,
    Malformed,   // an IPv4 or ARP header that is not whole, or that claims more than the frame holds
    OutsideFlow, // EtherType, protocol, address or port
};

// `headers`: the copy; `length`: octets of the whole frame; `length_max`: the longest the NIC sends.
//
// What an ARP packet says of its sender must be true: hardware address the NIC's, protocol address within the flow. A
// probe (RFC 5227, 2.1.1: sender 0.0.0.0) is allowed for a target within the flow's local addresses. An IPv4 fragment
// has no ports, so only a flow that is not narrowed to ports may send one. IPv4 options that route or record (RFC
// 791, 3.1: loose and strict source route, record route) are refused, since with them the destination in the header is
// not where the packet goes; a flow that is every packet of the NIC may send those, too.
TransmitVerdict check_transmit(const FlowSpec& spec, std::span<const std::uint8_t> headers, std::size_t length,
                               std::size_t length_max, const MacOctets& nic);

// Whether a checksum request points into a frame: both octets of the field within it, and not into what was checked:
// [start + offset] lies behind the ports, or behind the Ethernet header of a frame without.
bool checksum_request_fits(std::span<const std::uint8_t> headers, std::size_t length, std::size_t start,
                           std::size_t offset);

} // namespace exo
