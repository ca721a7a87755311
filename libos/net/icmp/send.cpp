// See send.hpp.
#include "libos/net/icmp/send.hpp"

#include "libos/net/ip/chain.hpp"
#include "libos/net/ip/interface.hpp"
#include "libos/net/wire/icmp.hpp"

namespace exo::net {

Packet* allocate_icmp(const Network& network, Ipv4Address destination) {
    Interface* const interface = network.route(destination);
    Packet* const packet = interface ? interface->port().pool().allocate() : nullptr;
    if (packet)
        packet->offset = static_cast<std::uint16_t>(packet->offset + ethernet_header_octets + ipv4_header_octets);
    return packet;
}

NetStatus send_icmp(Network& network, Packet* message, const IcmpSend& how) {
    Interface* const interface = network.route(how.destination);
    if (!interface)
        return std::unexpected(Problem::NetworkUnreachable);
    if (interface->is_broadcast(how.destination) && !how.broadcast)
        return std::unexpected(Problem::HostUnreachable);
    if (chain_octets(message) > icmp_header_octets + icmp_data_max)
        return std::unexpected(Problem::TooBig);
    message->flags = 0;
    if (how.make_checksum) {
        store16(message->data() + 2, 0);
        store16(message->data() + 2, checksum_of(sum_chain(message)));
    }
    const NetStatus sent = interface->send_ipv4(
        message, {.source = how.source.is_any() ? interface->source_for(how.destination) : how.source,
                  .destination = how.destination,
                  .protocol = ip_protocol::icmp,
                  .time_to_live = how.time_to_live,
                  .service = how.service});
    interface->flush();
    return sent;
}

} // namespace exo::net
