// Whether a frame may leave by a flow.
//
// The contract, without which the check is worth nothing: the kernel copies the first min(length, flow_header_octets)
// octets of the frame from the owner's memory once, into memory that the owner cannot write; passes that copy here; and
// sends those octets from that copy. The rest of the frame may go out of the owner's memory as it then is: nothing that
// is looked at here lies there, and receivers read the same octets that were checked.
#pragma once

#include "secure-bindings/abi/flow_ring.hpp"
#include "secure-bindings/flow/flow_key.hpp"

#include <array>

namespace exo {

using MacOctets = std::array<std::uint8_t, 6>;

// What is said of a frame; sent_status() makes of it what the owner reads.
enum class TransmitVerdict : std::uint8_t {
    Allowed,
    BadLength,   // shorter than its Ethernet header, longer than the NIC sends, or the copy is not as long as promised
    WrongSource, // the Ethernet source, or the sender that an ARP packet names, is not the NIC's address
    VlanTag,
    Malformed,   // IPv4 or ARP headers that are not whole, or that claim more than the frame holds
    SourceRoute, // an IPv4 option says where the packet goes, whatever its destination says
    OutsideFlow, // EtherType, protocol, address or port
};

constexpr SentStatus sent_status(TransmitVerdict verdict) {
    switch (verdict) {
    case TransmitVerdict::Allowed:
        return SentStatus::Sent;
    case TransmitVerdict::BadLength:
    case TransmitVerdict::Malformed:
        return SentStatus::BadFrame;
    case TransmitVerdict::WrongSource:
    case TransmitVerdict::VlanTag:
    case TransmitVerdict::SourceRoute:
    case TransmitVerdict::OutsideFlow:
        return SentStatus::OutsideFlow;
    }
    return SentStatus::BadFrame;
}

// `headers`: the copy; `length`: octets of the whole frame; `length_max`: the longest the NIC sends; `nic`: its
// address.
//
// ARP packets are requests or replies (RFC 826) that say the truth of their sender: its hardware address is the NIC's,
// its protocol address within the flow. A probe (RFC 5227, 2.1.1: sender 0.0.0.0) is allowed for a target within the
// flow's local addresses. A fragment has no ports, so only a flow that is not narrowed to ports may send one.
TransmitVerdict check_transmit(const FlowSpec& spec, std::span<const std::uint8_t> headers, std::size_t length,
                               std::size_t length_max, const MacOctets& nic);

// Whether the device may write the sum that a FlowTransmit asks for: both octets of the field are within the frame, and
// behind what was checked: behind the ports of UDP and TCP, the header of other IPv4 packets, the Ethernet header of
// others; never in ARP packets. For frames that check_transmit has allowed.
bool checksum_request_fits(std::span<const std::uint8_t> headers, std::size_t length, std::size_t start,
                           std::size_t offset);

} // namespace exo
