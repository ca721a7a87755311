// See template.hpp.
#include "libos/net/udp/template.hpp"

namespace exo::net {

void UdpTemplate::make(const MacAddress& to, const MacAddress& from, Endpoint source, Endpoint destination,
                       std::uint8_t time_to_live) {
    std::array<std::byte, udp_headers_octets> octets{};
    write_ethernet_header(octets.data(), to, from, ethertype::ipv4);
    std::byte* const ip = octets.data() + ethernet_header_octets;
    write_ipv4(ip, {.header_octets = ipv4_header_octets,
                    .total_octets = 0,
                    .identification = 0,
                    .fragment = 0,
                    .time_to_live = time_to_live,
                    .protocol = ip_protocol::udp,
                    .source = source.address,
                    .destination = destination.address});
    store16(ip + 10, 0);
    std::byte* const udp = ip + ipv4_header_octets;
    write_udp(udp, {.source_port = source.port, .destination_port = destination.port, .octets = 0});
    ipv4_sum = fold(sum_20(ip));
    pseudo_sum = fold(pseudo_header_sum(source.address.wire, destination.address.wire, ip_protocol::udp, 0));
    udp_sum = pseudo_sum + load16(udp) + load16(udp + 2);
    __builtin_memcpy(octets_0_to_39.data(), octets.data(), 40);
}

} // namespace exo::net
