// Frames that have come. A whole UDP datagram or TCP segment to this address, without options of IPv4, takes the short
// way; everything else, and everything wrong, the careful one.
#include "libos/net/ip/chain.hpp"
#include "libos/net/ip/interface.hpp"
#include "libos/net/udp/socket.hpp"
#include "libos/net/udp/template.hpp"
#include "libos/net/wire/dhcp.hpp"
#include "libos/net/wire/icmp.hpp"

namespace exo::net {

namespace {

// Octets 12 to 15 of a frame, and 6 to 9 of the IP header, as they lie.
constexpr std::uint32_t kind_mask = 0x00ff'ffff, kind_plain_ipv4 = 0x0045'0008;
constexpr std::uint32_t whole_mask = 0xff00'ff3f, whole_udp = std::uint32_t{ip_protocol::udp} << 24,
                        whole_tcp = std::uint32_t{ip_protocol::tcp} << 24;
constexpr std::uint32_t headers_before_payload = ethernet_header_octets + ipv4_header_octets;

std::uint64_t source_cookie(std::uint32_t address_wire, std::uint16_t port) {
    return static_cast<std::uint64_t>(address_wire) << 32 | static_cast<std::uint64_t>(port) << 16;
}

// The checksum of a datagram that lies in one piece behind a plain header. Apart, so that nothing is saved for it on
// the way without it.
[[gnu::noinline]] bool is_good_udp(const std::byte* ip, std::uint32_t datagram) {
    const std::byte* const udp = ip + ipv4_header_octets;
    const Sum pseudo =
        pseudo_header_sum(load32(ip + 12), load32(ip + 16), ip_protocol::udp, static_cast<std::uint16_t>(datagram));
    return load16(udp + 6) == 0 || is_good(add_sums(sum_octets({udp, datagram}), pseudo));
}

} // namespace

// Two words of a frame say most: the EtherType with version and header length, and the fragment with the protocol.
void Interface::input(Packet* packet) {
    const std::byte* const frame = packet->data();
    const std::byte* const ip = frame + ethernet_header_octets;
    const std::byte* const udp = ip + ipv4_header_octets;
    if (packet->length < udp_headers_octets || packet->next || (load32(frame + 12) & kind_mask) != kind_plain_ipv4 ||
        load32(ip + 16) != configuration_.address.wire)
        return input_slowly(packet);
    if (const std::uint32_t whole = load32(ip + 6) & whole_mask; whole != whole_udp)
        return whole == whole_tcp ? input_tcp(packet) : input_slowly(packet);
    const std::uint32_t datagram = big16(udp + 4);
    if (!is_good(sum_20(ip)) || big16(ip + 2) != datagram + ipv4_header_octets || datagram < udp_header_octets ||
        datagram + headers_before_payload > packet->length)
        return input_slowly(packet);
    if (!(packet->flags & packet_flag::checksum_good) && !is_good_udp(ip, datagram)) [[unlikely]] {
        counters_.malformed++;
        return PacketPool::release(packet);
    }
    const Endpoint source{{load32(ip + 12)}, big16(udp)};
    UdpSocket* const socket = network_->udp().find({configuration_.address, big16(udp + 2)}, source);
    if (!socket) [[unlikely]]
        return input_slowly(packet);
    packet->offset = static_cast<std::uint16_t>(packet->offset + udp_headers_octets);
    packet->length = static_cast<std::uint16_t>(datagram - udp_header_octets);
    packet->cookie[1] = source_cookie(source.address.wire, source.port);
    socket->deliver(packet);
}

// Its checksum is left to TCP. From a group or from nobody, or to us as a broadcast, it is unusual.
void Interface::input_tcp(Packet* packet) {
    const std::byte* const ip = packet->data() + ethernet_header_octets;
    const std::uint32_t total = big16(ip + 2);
    const Ipv4Address source{load32(ip + 12)}, destination{load32(ip + 16)};
    const std::uint32_t network = source.number() >> 24;
    const Transport& tcp = network_->tcp();
    constexpr std::uint32_t loopback = 127, first_group = 224;
    if (!is_good(sum_20(ip)) || total < ipv4_header_octets || total + ethernet_header_octets > packet->length ||
        network == loopback || network >= first_group || is_broadcast(destination) || destination.is_any() ||
        !tcp.input)
        return input_slowly(packet);
    packet->offset = static_cast<std::uint16_t>(packet->offset + headers_before_payload);
    packet->length = static_cast<std::uint16_t>(total - ipv4_header_octets); // without Ethernet's padding
    tcp.input(tcp.context, *this, packet, source, destination);
}

void Interface::input_slowly(Packet* packet) {
    if (packet->length < ethernet_header_octets || packet->next) { // a frame that came fits one packet
        counters_.malformed++;
        return PacketPool::release(packet);
    }
    const std::uint16_t type = big16(packet->data() + 12);
    if (type == ethertype::arp)
        return input_arp(packet);
    if (type == ethertype::ipv4)
        return input_ipv4(packet);
    counters_.not_for_us++;
    PacketPool::release(packet);
}

bool Interface::is_local(const Ipv4Header& header) const {
    const Ipv4Address destination = header.destination;
    if (address().is_any() && dhcp_.input && header.protocol == ip_protocol::udp)
        return true; // some servers answer to the address that is yet to be taken
    return is_broadcast(destination) || network_->has_address(destination) ||
           (address().is_loopback() && destination.is_loopback());
}

void Interface::input_ipv4(Packet* packet) {
    const auto header = parse_ipv4(packet->octets().subspan(ethernet_header_octets));
    // A source must be somebody (RFC 1122 3.2.1.3).
    const bool sane = header && !header->source.is_multicast() && !header->source.is_limited_broadcast() &&
                      (!header->source.is_loopback() || address().is_loopback());
    if (!sane) {
        counters_.malformed++;
        return PacketPool::release(packet);
    }
    if (!is_local(*header)) {
        counters_.not_for_us++;
        return PacketPool::release(packet);
    }
    packet->pull(static_cast<std::uint16_t>(ethernet_header_octets + header->header_octets));
    packet->length = static_cast<std::uint16_t>(header->payload_octets()); // without Ethernet's padding
    if (!header->is_fragment())
        return input_local(packet, *header, packet->length);
    const std::uint64_t now = network_->clock().now();
    network_->wake_at(network_->clock().after_ms(now, reassembly_time_ms));
    packet->flags = 0; // no device vouches for a sum over all fragments
    const Reassembly::Whole whole = reassembly_.add(packet, *header, now, network_->clock());
    if (whole.first)
        input_local(whole.first, *header, whole.octets);
}

void Interface::input_local(Packet* packet, const Ipv4Header& header, std::size_t payload_octets) {
    if (header.protocol == ip_protocol::icmp)
        return input_icmp(packet, header, payload_octets);
    if (header.protocol == ip_protocol::udp)
        return input_udp(packet, header, payload_octets);
    const Transport& tcp = network_->tcp();
    if (header.protocol == ip_protocol::tcp && tcp.input) {
        if (!is_broadcast(header.destination)) // RFC 9293 3.9.2.3
            return tcp.input(tcp.context, *this, packet, header.source, header.destination);
    } else {
        send_unreachable(*packet, header, icmp_unreachable::protocol);
    }
    counters_.not_for_us++;
    PacketPool::release(packet);
}

void Interface::input_udp(Packet* packet, const Ipv4Header& header, std::size_t payload_octets) {
    const std::byte* const udp = packet->data();
    const std::size_t datagram = packet->length < udp_header_octets ? 0 : big16(udp + 4);
    bool good =
        datagram >= udp_header_octets && datagram <= payload_octets && (!packet->next || datagram == payload_octets);
    if (good && !packet->next)
        packet->length = static_cast<std::uint16_t>(datagram);
    if (good && load16(udp + 6) && !(packet->flags & packet_flag::checksum_good))
        good = is_good(
            add_sums(sum_chain(packet), pseudo_header_sum(header.source.wire, header.destination.wire, ip_protocol::udp,
                                                          static_cast<std::uint16_t>(datagram))));
    if (!good) {
        counters_.malformed++;
        return PacketPool::release(packet);
    }
    const UdpHeader ports = read_udp(udp);
    if (ports.destination_port == dhcp_client_port && dhcp_.input && !packet->next) {
        dhcp_.input(dhcp_.context, packet->octets().subspan(udp_header_octets));
        return PacketPool::release(packet);
    }
    UdpSocket* const socket =
        network_->udp().find({header.destination, ports.destination_port}, {header.source, ports.source_port});
    if (!socket) {
        counters_.not_for_us++;
        send_unreachable(*packet, header, icmp_unreachable::port);
        return PacketPool::release(packet);
    }
    packet->pull(udp_header_octets);
    packet->cookie[1] = source_cookie(header.source.wire, ports.source_port);
    socket->deliver(packet);
}

} // namespace exo::net
