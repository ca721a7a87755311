// The interface's ICMP (RFC 792, RFC 1122 3.2.2): answering echoes, refusing, and passing on what others refuse.
#include "libos/net/wire/icmp.hpp"
#include "libos/net/ip/chain.hpp"
#include "libos/net/ip/interface.hpp"

#include <algorithm>

namespace exo::net {

namespace {

// ICMP errors: one a millisecond on average, this many at once.
constexpr std::uint64_t errors_at_once = 50;
// Of the datagram that an error is about, as much as RFC 792 asks for.
constexpr std::size_t quoted_octets_max = ipv4_header_octets + 8;

std::optional<Problem> problem_of(std::uint8_t type, std::uint8_t code) {
    if (type == icmp_type::time_exceeded)
        return Problem::HostUnreachable;
    if (type != icmp_type::unreachable)
        return {};
    switch (code) {
    case icmp_unreachable::port:
    case icmp_unreachable::protocol:
        return Problem::Refused;
    case icmp_unreachable::fragmentation_needed: // nothing of ours but what asked for it forbids fragments
        return {};
    case icmp_unreachable::network:
    case 6:  // network unknown
    case 9:  // network prohibited
    case 11: // network, for this service
        return Problem::NetworkUnreachable;
    default:
        return Problem::HostUnreachable;
    }
}

} // namespace

void Interface::input_icmp(Packet* packet, const Ipv4Header& header, std::size_t payload_octets) {
    const bool whole = packet->length >= icmp_header_octets && is_good(sum_chain(packet));
    if (!whole) {
        counters_.malformed++;
        return PacketPool::release(packet);
    }
    network_->icmp().tell({header, packet, chain_octets(packet)});
    std::byte* const icmp = packet->data();
    const auto type = std::to_integer<std::uint8_t>(icmp[0]);
    if (type != icmp_type::echo || is_broadcast(header.destination) || is_broadcast(header.source)) {
        if (is_icmp_error(type) && payload_octets <= packet->length)
            input_icmp_error(*packet);
        return PacketPool::release(packet);
    }
    // The same octets go back; only the type differs, and the checksum by as much (RFC 1624).
    icmp[0] = std::byte{icmp_type::echo_reply};
    const Sum without = static_cast<std::uint16_t>(~load16(icmp + 2)) + static_cast<std::uint16_t>(~icmp_type::echo);
    store16(icmp + 2, checksum_of(without));
    packet->flags = 0;
    const NetStatus sent = send_ipv4(packet, {.source = header.destination,
                                              .destination = header.source,
                                              .protocol = ip_protocol::icmp,
                                              .service = header.service});
    if (sent)
        counters_.echo_replies++;
    else
        PacketPool::release(packet);
}

// Somebody could not deliver a datagram of ours: its beginning says whose it was.
void Interface::input_icmp_error(const Packet& packet) {
    const std::byte* const icmp = packet.data();
    const auto problem = problem_of(std::to_integer<std::uint8_t>(icmp[0]), std::to_integer<std::uint8_t>(icmp[1]));
    const auto quoted = packet.octets().subspan(icmp_header_octets);
    if (!problem || quoted.size() < ipv4_header_octets)
        return;
    const std::byte* const ip = quoted.data();
    const std::size_t header_octets = (std::to_integer<std::size_t>(ip[0]) & 15) * 4;
    const bool sane = std::to_integer<unsigned>(ip[0]) >> 4 == 4 && header_octets >= ipv4_header_octets &&
                      quoted.size() >= header_octets + 8 && (big16(ip + 6) & ipv4_flag::offset_mask) == 0;
    const Ipv4Address source{load32(ip + 12)};
    if (!sane || !network_->has_address(source))
        return;
    const auto protocol = std::to_integer<std::uint8_t>(ip[9]);
    const std::byte* const ports = ip + header_octets + ports_offset(protocol);
    network_->tell_unreachable(protocol, {{source, big16(ports)}, {{load32(ip + 16)}, big16(ports + 2)}}, *problem);
}

bool Interface::may_send_error() {
    const std::uint64_t now = network_->clock().now(), interval = network_->clock().ticks_per_ms;
    errors_allowed_at_ = std::max(errors_allowed_at_, now);
    if (errors_allowed_at_ > now + errors_at_once * interval)
        return false;
    errors_allowed_at_ += interval;
    return true;
}

void Interface::send_unreachable(const Packet& packet, const Ipv4Header& header, std::uint8_t code) {
    if (is_broadcast(header.destination) || header.source.is_any() || is_broadcast(header.source) ||
        header.fragment_offset() != 0 || address().is_any() || !may_send_error())
        return;
    Packet* const error = port_->pool().allocate();
    if (!error) {
        counters_.no_packets++;
        return;
    }
    error->offset = static_cast<std::uint16_t>(error->offset + ethernet_header_octets + ipv4_header_octets);
    const std::size_t payload = std::min<std::size_t>(packet.length, quoted_octets_max - ipv4_header_octets);
    error->length = static_cast<std::uint16_t>(icmp_header_octets + ipv4_header_octets + payload);
    std::byte* const icmp = error->data();
    store64(icmp, 0);
    icmp[0] = std::byte{icmp_type::unreachable};
    icmp[1] = std::byte{code};
    write_ipv4(icmp + icmp_header_octets, header);
    __builtin_memcpy(icmp + icmp_header_octets + ipv4_header_octets, packet.data(), payload);
    store16(icmp + 2, checksum_of(sum_octets(error->octets())));
    if (send_ipv4(error,
                  {.source = source_for(header.source), .destination = header.source, .protocol = ip_protocol::icmp}))
        counters_.icmp_errors_sent++;
    else
        PacketPool::release(error);
}

} // namespace exo::net
