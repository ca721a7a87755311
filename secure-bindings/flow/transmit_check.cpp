// From the frame's outside in; the spec is asked last, since a header that lies about its own form says nothing.
#include "secure-bindings/flow/transmit_check.hpp"

#include "secure-bindings/flow/flow_spec.hpp"

#include <algorithm>

namespace exo {

namespace {

using Octets = std::span<const std::uint8_t>;

constexpr std::size_t ip_at = ethernet_octets;

std::uint16_t number16(const std::uint8_t* octets) {
    return static_cast<std::uint16_t>(octets[0] << 8 | octets[1]);
}

std::size_t ip_header_octets(Octets headers) {
    return static_cast<std::size_t>(headers[ip_at] & 0xf) * 4;
}

// RFC 791, 3.1: options are one octet, or two and what the second counts, itself included.
TransmitVerdict check_options(Octets options) {
    constexpr std::uint8_t end = 0, no_operation = 1, loose_route = 131, strict_route = 137;
    for (std::size_t at = 0; at < options.size() && options[at] != end;) {
        if (options[at] == no_operation) {
            ++at;
            continue;
        }
        if (options[at] == loose_route || options[at] == strict_route) {
            return TransmitVerdict::SourceRoute;
        }
        if (options.size() - at < 2 || options[at + 1] < 2 || options[at + 1] > options.size() - at) {
            return TransmitVerdict::Malformed;
        }
        at += options[at + 1];
    }
    return TransmitVerdict::Allowed;
}

TransmitVerdict check_ipv4(Octets headers, std::size_t length, const FlowKey& key) {
    if (key.kind == FlowKind::Other || number16(&headers[ip_at + 2]) > length - ip_at) {
        return TransmitVerdict::Malformed;
    }
    const bool fragment = (number16(&headers[ip_at + 6]) & 0x3fff) != 0;
    if (key.kind == FlowKind::Ipv4 && has_ports(key.protocol) && !fragment) {
        return TransmitVerdict::Malformed; // too short for its ports
    }
    constexpr std::size_t header_min = 20;
    return check_options(headers.subspan(ip_at + header_min, ip_header_octets(headers) - header_min));
}

TransmitVerdict check_arp(Octets headers, FlowKey& key, const MacOctets& nic) {
    constexpr std::size_t operation_at = ip_at + 6, sender_at = ip_at + 8;
    constexpr std::uint16_t request = 1, reply = 2;
    if (key.kind == FlowKind::Other) {
        return TransmitVerdict::Malformed;
    }
    const std::uint16_t operation = number16(&headers[operation_at]);
    if (operation != request && operation != reply) {
        return TransmitVerdict::Malformed;
    }
    if (!std::ranges::equal(headers.subspan(sender_at, nic.size()), nic)) {
        return TransmitVerdict::WrongSource;
    }
    // A probe asks for the address that it is about to use.
    if (operation == request && key.local_address == 0) {
        key.local_address = key.remote_address;
    }
    return TransmitVerdict::Allowed;
}

} // namespace

TransmitVerdict check_transmit(const FlowSpec& spec, Octets headers, std::size_t length, std::size_t length_max,
                               const MacOctets& nic) {
    if (length < ethernet_octets || length > length_max ||
        headers.size() != (length < flow_header_octets ? length : flow_header_octets)) {
        return TransmitVerdict::BadLength;
    }
    if (!std::ranges::equal(headers.subspan(6, nic.size()), nic)) {
        return TransmitVerdict::WrongSource;
    }
    FlowKey key = parse_flow_key(headers, FlowSide::Transmit);
    if (is_vlan_tag(key.ether_type)) {
        return TransmitVerdict::VlanTag;
    }
    TransmitVerdict verdict = TransmitVerdict::Allowed;
    if (key.ether_type == ether_type_ipv4) {
        verdict = check_ipv4(headers, length, key);
    } else if (key.ether_type == ether_type_arp) {
        verdict = check_arp(headers, key, nic);
    }
    if (verdict != TransmitVerdict::Allowed) {
        return verdict;
    }
    return matches(spec, key) ? TransmitVerdict::Allowed : TransmitVerdict::OutsideFlow;
}

bool checksum_request_fits(Octets headers, std::size_t length, std::size_t start, std::size_t offset) {
    const FlowKey key = parse_flow_key(headers, FlowSide::Transmit);
    if (key.ether_type == ether_type_arp) {
        return false;
    }
    std::size_t checked = ethernet_octets;
    if (key.kind != FlowKind::Other) {
        constexpr std::size_t ports_octets = 4;
        checked += ip_header_octets(headers) + (key.kind == FlowKind::Ipv4 ? 0 : ports_octets);
    }
    constexpr std::size_t field_octets = 2;
    const std::size_t field = start + offset; // 16-bit numbers both
    return start >= ethernet_octets && field >= checked && field + field_octets <= length;
}

} // namespace exo
