// Specs and keys of flows in a few words, and a book with memory of its own. Addresses are 10.0.0.x unless said
// otherwise.
#pragma once

#include "secure-bindings/flow/flow_book.hpp"

#include <memory>
#include <vector>

namespace exo::test {

constexpr std::uint32_t address(unsigned a, unsigned b, unsigned c, unsigned d) {
    return a << 24 | b << 16 | c << 8 | d;
}
inline constexpr std::uint32_t mine = address(10, 0, 0, 1);
inline constexpr std::uint32_t yours = address(10, 0, 0, 2);
inline constexpr std::uint32_t peer = address(192, 168, 7, 9);

inline FlowSpec of_type(std::uint16_t ether_type, std::uint32_t budget = 0) {
    FlowSpec spec = every_packet(budget);
    spec.ether_type = ether_type;
    return spec;
}
inline FlowSpec at_local(FlowSpec spec, std::uint32_t local, std::uint8_t prefix = 32) {
    spec.local_address = local;
    spec.local_prefix = prefix;
    return spec;
}
inline FlowSpec at_remote(FlowSpec spec, std::uint32_t remote, std::uint8_t prefix = 32) {
    spec.remote_address = remote;
    spec.remote_prefix = prefix;
    return spec;
}
inline FlowSpec of_protocol(FlowSpec spec, std::uint8_t protocol) {
    spec.protocol = protocol;
    return spec;
}
inline FlowSpec on_ports(FlowSpec spec, std::uint16_t first, std::uint16_t last) {
    spec.local_port = first;
    spec.local_port_end = last;
    return spec;
}
inline FlowSpec to_ports(FlowSpec spec, std::uint16_t first, std::uint16_t last) {
    spec.remote_port = first;
    spec.remote_port_end = last;
    return spec;
}
inline FlowSpec ipv4(std::uint32_t local, std::uint32_t budget = 0) {
    return at_local(of_type(ether_type_ipv4, budget), local);
}
inline FlowSpec udp(std::uint32_t local, std::uint16_t first, std::uint16_t last, std::uint32_t budget = 0) {
    return on_ports(of_protocol(ipv4(local, budget), ip_protocol_udp), first, last);
}
inline FlowSpec tcp(std::uint32_t local, std::uint16_t first, std::uint16_t last, std::uint32_t budget = 0) {
    return on_ports(of_protocol(ipv4(local, budget), ip_protocol_tcp), first, last);
}

inline FlowKey udp_key(std::uint32_t local, std::uint16_t port, std::uint32_t remote = peer,
                       std::uint16_t remote_port = 5000) {
    return {.local_address = local,
            .remote_address = remote,
            .local_port = port,
            .remote_port = remote_port,
            .ether_type = ether_type_ipv4,
            .protocol = ip_protocol_udp,
            .kind = FlowKind::Udp};
}
inline FlowKey tcp_key(std::uint32_t local, std::uint16_t port, std::uint32_t remote = peer,
                       std::uint16_t remote_port = 5000) {
    FlowKey key = udp_key(local, port, remote, remote_port);
    key.protocol = ip_protocol_tcp;
    key.kind = FlowKind::Tcp;
    return key;
}
// An IPv4 packet without ports.
inline FlowKey bare_key(std::uint32_t local, std::uint8_t protocol, std::uint32_t remote = peer) {
    FlowKey key = udp_key(local, static_cast<std::uint16_t>(protocol << 8), remote, 0);
    key.protocol = protocol;
    key.kind = FlowKind::Ipv4;
    return key;
}
inline FlowKey arp_key(std::uint32_t local, std::uint32_t remote = peer) {
    FlowKey key = udp_key(local, 0, remote, 0);
    key.ether_type = ether_type_arp;
    key.protocol = 0;
    key.kind = FlowKind::Arp;
    return key;
}
inline FlowKey type_key(std::uint16_t ether_type) {
    FlowKey key;
    key.ether_type = ether_type;
    return key;
}

// A book of `flows` records, number 0 included, in memory of its own that was used for something else before.
struct OpenBook {
    explicit OpenBook(std::size_t flows, std::uint64_t secret = 0x9e37'79b9'7f4a'7c15)
        : octets(flow_book_octets(flows) + page_bytes, std::byte{0xa5}) {
        void* begin = octets.data();
        std::size_t room = octets.size();
        memory = lay_out_flow_book(
            static_cast<std::byte*>(std::align(page_bytes, flow_book_octets(flows), begin, room)), flows, secret);
        book.open(memory);
    }
    std::vector<std::byte> octets;
    FlowMemory memory;
    FlowBook book;
};

} // namespace exo::test
