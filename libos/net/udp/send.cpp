// Sending UDP: the short way copies 42 prepared octets before the payload and rings; the other one goes through
// Interface::send_ipv4, which asks ARP, makes fragments and gathers.
#include "libos/net/ip/chain.hpp"
#include "libos/net/udp/socket.hpp"

#include <algorithm>

namespace exo::net {

namespace {

constexpr std::size_t burst_max = 32;

} // namespace

bool UdpSocket::prepare(Interface& interface, Endpoint remote) {
    const MacAddress* const mac = interface.resolve(interface.next_hop(remote.address));
    if (!mac)
        return false;
    const Ipv4Address source = bound_.is_any() ? interface.source_for(remote.address) : bound_;
    path_.headers.make(*mac, interface.port().address(), {source, local_.port}, remote, time_to_live_);
    path_.remote = udp_key(0, remote);
    path_.interface = &interface;
    path_.payload_max = static_cast<std::uint16_t>(interface.mtu() - ipv4_header_octets - udp_header_octets);
    path_.device_checksums = interface.offers(port_offer::transmit_checksum);
    path_.generation = interface.generation();
    return true;
}

[[gnu::always_inline]] inline void UdpSocket::write_headers(Packet* packet) {
    const std::size_t octets = packet->length;
    std::byte* const at = packet->push(udp_headers_octets);
    path_.headers.write(at, octets, ++identification_);
    if (path_.device_checksums) {
        store16(at + 40, path_.headers.seed_for_device(octets));
        packet->flags = packet_flag::checksum_needed;
        packet->checksum_start = ethernet_header_octets + ipv4_header_octets;
        packet->checksum_offset = 6;
    } else {
        store16(at + 40, path_.headers.checksum({at + udp_headers_octets, octets}));
        packet->flags = 0;
    }
}

[[gnu::always_inline]] inline NetStatus UdpSocket::send_prepared(Packet* packet) {
    write_headers(packet);
    if (path_.interface->port().send({&packet, 1}) == 1) [[likely]] {
        counters_.sent++;
        return {};
    }
    take_headers_off(packet);
    return std::unexpected(Problem::NoRoom);
}

NetStatus UdpSocket::send(Packet* packet) {
    if (!is_ready(*packet, remote_key_)) [[unlikely]]
        return send_slowly(packet, remote_);
    return send_prepared(packet);
}

NetStatus UdpSocket::send_to(Packet* packet, Endpoint remote) {
    if (!is_ready(*packet, udp_key(0, remote))) [[unlikely]]
        return send_slowly(packet, remote);
    return send_prepared(packet);
}

std::size_t UdpSocket::send_burst(std::span<Packet* const> packets) {
    std::size_t taken = 0;
    while (taken < packets.size()) {
        const auto rest = packets.subspan(taken, std::min(packets.size() - taken, burst_max));
        std::size_t ready = 0;
        while (ready < rest.size() && is_ready(*rest[ready], remote_key_))
            write_headers(rest[ready++]);
        if (ready == 0) {
            if (!send(rest[0]))
                break;
            taken++;
            continue;
        }
        const std::size_t sent = path_.interface->port().send(rest.first(ready));
        for (Packet* packet : rest.subspan(sent, ready - sent))
            take_headers_off(packet);
        counters_.sent += sent;
        taken += sent;
        if (sent < ready)
            break;
    }
    return taken;
}

NetStatus UdpSocket::send_slowly(Packet* packet, Endpoint remote) {
    if (!network_)
        return std::unexpected(Problem::Closed);
    if (remote.port == 0)
        return std::unexpected(Problem::NotConnected);
    Interface* const interface = remote == remote_ ? interface_ : network_->route(remote.address);
    if (!interface)
        return std::unexpected(Problem::NetworkUnreachable);
    if (interface->is_broadcast(remote.address) && !broadcast_)
        return std::unexpected(Problem::HostUnreachable);
    if (!interface->next_hop(remote.address).is_any() && prepare(*interface, remote) &&
        is_ready(*packet, udp_key(0, remote)))
        return send_to(packet, remote);
    const std::size_t octets = payload_octets(*packet);
    if (octets > udp_datagram_max)
        return std::unexpected(Problem::TooBig);
    const auto datagram = static_cast<std::uint16_t>(octets + udp_header_octets);
    const Ipv4Address source = bound_.is_any() ? interface->source_for(remote.address) : bound_;
    if (packet->offset < udp_header_octets)
        return std::unexpected(Problem::NoRoom);
    std::byte* const udp = packet->push(udp_header_octets);
    write_udp(udp, {.source_port = local_.port, .destination_port = remote.port, .octets = datagram});
    const Sum pseudo = pseudo_header_sum(source.wire, remote.address.wire, ip_protocol::udp, datagram);
    store16(udp + 6, udp_checksum_of(add_sums(sum_chain(packet), pseudo)));
    packet->flags = 0;
    const NetStatus sent = interface->send_ipv4(
        packet,
        {.source = source, .destination = remote.address, .protocol = ip_protocol::udp, .time_to_live = time_to_live_});
    if (sent)
        counters_.sent++;
    else
        packet->pull(udp_header_octets);
    interface->flush();
    return sent;
}

} // namespace exo::net
