// Reads a key out of hostile octets: every access is behind a comparison with what is there.
#include "secure-bindings/flow/flow_key.hpp"

#include "secure-bindings/flow/flow_spec.hpp"

namespace exo {

namespace {

using Octets = std::span<const std::uint8_t>;

std::uint16_t number16(const std::uint8_t* octets) {
    return static_cast<std::uint16_t>(octets[0] << 8 | octets[1]);
}
std::uint32_t number32(const std::uint8_t* octets) {
    return static_cast<std::uint32_t>(octets[0]) << 24 | static_cast<std::uint32_t>(octets[1]) << 16 |
           static_cast<std::uint32_t>(octets[2]) << 8 | octets[3];
}

void set_addresses(FlowKey& key, std::uint32_t source, std::uint32_t destination, FlowSide side) {
    const bool out = side == FlowSide::Transmit;
    key.local_address = out ? source : destination;
    key.remote_address = out ? destination : source;
}

// RFC 791, 3.1; the ports of RFC 768 and of RFC 9293, 3.1 are in the same place.
void parse_ipv4(FlowKey& key, Octets packet, FlowSide side) {
    constexpr std::size_t header_min = 20;
    if (packet.size() < header_min || packet[0] >> 4 != 4) {
        return;
    }
    const std::size_t header = static_cast<std::size_t>(packet[0] & 0xf) * 4;
    const std::size_t total = number16(&packet[2]);
    if (header < header_min || header > packet.size() || header > total) {
        return;
    }
    key.kind = FlowKind::Ipv4;
    key.protocol = packet[9];
    key.local_port = static_cast<std::uint16_t>(key.protocol << 8);
    set_addresses(key, number32(&packet[12]), number32(&packet[16]), side);
    constexpr std::uint16_t fragment_bits = 0x3fff; // More Fragments and the offset
    const bool fragment = (number16(&packet[6]) & fragment_bits) != 0;
    if (fragment || !has_ports(key.protocol) || packet.size() - header < 4 || total - header < 4) {
        return;
    }
    key.kind = key.protocol == ip_protocol_udp ? FlowKind::Udp : FlowKind::Tcp;
    const std::uint16_t source = number16(&packet[header]);
    const std::uint16_t destination = number16(&packet[header + 2]);
    key.local_port = side == FlowSide::Transmit ? source : destination;
    key.remote_port = side == FlowSide::Transmit ? destination : source;
}

// RFC 826: Ethernet (1) of 6 octets, IPv4 of 4.
void parse_arp(FlowKey& key, Octets packet, FlowSide side) {
    constexpr std::size_t arp_octets = 28;
    if (packet.size() < arp_octets || number16(&packet[0]) != 1 || number16(&packet[2]) != ether_type_ipv4 ||
        packet[4] != 6 || packet[5] != 4) {
        return;
    }
    key.kind = FlowKind::Arp;
    set_addresses(key, number32(&packet[14]), number32(&packet[24]), side);
}

} // namespace

FlowKey parse_flow_key(Octets frame, FlowSide side) {
    FlowKey key;
    if (frame.size() < ethernet_octets) {
        return key;
    }
    const std::uint16_t type = number16(&frame[12]);
    key.ether_type = type >= ether_type_min ? type : 0;
    if (type == ether_type_ipv4) {
        parse_ipv4(key, frame.subspan(ethernet_octets), side);
    } else if (type == ether_type_arp) {
        parse_arp(key, frame.subspan(ethernet_octets), side);
    }
    return key;
}

bool matches(const FlowSpec& spec, const FlowKey& key) {
    const bool addressed = key.kind != FlowKind::Other;
    const bool ported = key.kind == FlowKind::Udp || key.kind == FlowKind::Tcp;
    const auto address = [&](std::uint32_t wanted, unsigned prefix, std::uint32_t found) {
        return prefix == 0 || (addressed && ((wanted ^ found) & prefix_mask(prefix)) == 0);
    };
    const auto port = [&](std::uint16_t first, std::uint16_t last, std::uint16_t found) {
        return any_port(first, last) || (ported && first <= found && found <= last);
    };
    return (spec.ether_type == 0 || spec.ether_type == key.ether_type) &&
           (spec.protocol == 0 || spec.protocol == key.protocol) &&
           address(spec.local_address, spec.local_prefix, key.local_address) &&
           address(spec.remote_address, spec.remote_prefix, key.remote_address) &&
           port(spec.local_port, spec.local_port_end, key.local_port) &&
           port(spec.remote_port, spec.remote_port_end, key.remote_port);
}

} // namespace exo
