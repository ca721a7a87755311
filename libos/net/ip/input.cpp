// Frames that have come. A whole UDP datagram to this address, without options, takes the short way; everything else,
// and everything wrong, the careful one.
#include "libos/net/ip/chain.hpp"
#include "libos/net/ip/interface.hpp"
#include "libos/net/udp/socket.hpp"
#include "libos/net/udp/template.hpp"
#include "libos/net/wire/icmp.hpp"

namespace exo::net {

namespace {

constexpr std::uint16_t fragment_bits = swapped(std::uint16_t{ipv4_flag::more_fragments | ipv4_flag::offset_mask});

std::uint64_t source_cookie(std::uint32_t address_wire, std::uint16_t port) {
    return static_cast<std::uint64_t>(address_wire) << 32 | static_cast<std::uint64_t>(port) << 16;
}

} // namespace

void Interface::input(Packet* packet) {
    const std::byte* const frame = packet->data();
    const std::byte* const ip = frame + ethernet_header_octets;
    const std::byte* const udp = ip + ipv4_header_octets;
    if (packet->length < udp_headers_octets || packet->next || load16(frame + 12) != swapped(ethertype::ipv4) ||
        ip[0] != std::byte{0x45} || ip[9] != std::byte{ip_protocol::udp} || (load16(ip + 6) & fragment_bits) ||
        load32(ip + 16) != configuration_.address.wire)
        return input_slowly(packet);
    const std::size_t total = big16(ip + 2), datagram = big16(udp + 4);
    if (fold(sum_20(ip)) != 0xffff || total + ethernet_header_octets > packet->length || datagram < udp_header_octets ||
        datagram + ipv4_header_octets > total)
        return input_slowly(packet);
    const Ipv4Address source{load32(ip + 12)};
    if (!(packet->flags & packet_flag::checksum_good) && load16(udp + 6)) {
        const Sum pseudo = pseudo_header_sum(source.wire, configuration_.address.wire, ip_protocol::udp,
                                             static_cast<std::uint16_t>(datagram));
        if (fold(add_sums(sum_octets({udp, datagram}), pseudo)) != 0xffff) {
            counters_.malformed++;
            return PacketPool::release(packet);
        }
    }
    const std::uint16_t source_port = big16(udp);
    UdpSocket* const socket = network_->udp().find({configuration_.address, big16(udp + 2)}, {source, source_port});
    if (!socket)
        return input_slowly(packet);
    packet->offset = static_cast<std::uint16_t>(packet->offset + udp_headers_octets);
    packet->length = static_cast<std::uint16_t>(datagram - udp_header_octets);
    packet->cookie[1] = source_cookie(source.wire, source_port);
    socket->deliver(packet);
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

bool Interface::is_local(Ipv4Address destination) const {
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
    if (!is_local(header->destination)) {
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
        good = fold(add_sums(sum_chain(packet),
                             pseudo_header_sum(header.source.wire, header.destination.wire, ip_protocol::udp,
                                               static_cast<std::uint16_t>(datagram)))) == 0xffff;
    if (!good) {
        counters_.malformed++;
        return PacketPool::release(packet);
    }
    const UdpHeader ports = read_udp(udp);
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
