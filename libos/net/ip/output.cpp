// Frames that go: headers, fragments, the queue before the port.
#include "libos/net/ip/chain.hpp"
#include "libos/net/ip/interface.hpp"

#include <algorithm>

namespace exo::net {

namespace {

constexpr std::uint16_t headers_octets = path_octets;

} // namespace

// The short way: one frame, which the device takes as it lies, to where the one before it went. False: it needs the
// other one.
bool Interface::send_on(const Ipv4Path& path, Packet* payload) {
    const std::size_t octets = chain_octets(payload) + ipv4_header_octets;
    if (octets > mtu_ || payload->offset < headers_octets || transmit_queued_ == transmit_queue_max ||
        (payload->next && !offers(port_offer::chained_transmit)))
        return false;
    path.write(payload->push(headers_octets), octets, identification_++);
    transmit_queue_[transmit_queued_++] = payload;
    return true;
}

NetStatus Interface::send_ipv4(Packet* payload, const Ipv4Send& how) {
    const Ipv4Path& path = paths_.of(how.destination);
    if (path.is_for(how, generation()) && send_on(path, payload))
        return {};
    const Ipv4Address hop = next_hop(how.destination);
    if (hop.is_any())
        return std::unexpected(Problem::NetworkUnreachable);
    const std::size_t octets = chain_octets(payload);
    if (octets + ipv4_header_octets <= mtu_)
        return send_whole(payload, octets, how, hop);
    if (how.do_not_fragment || octets + ipv4_header_octets > ipv4_octets_max)
        return std::unexpected(Problem::TooBig);
    return send_fragments(payload, octets, how, hop);
}

NetStatus Interface::send_whole(Packet* payload, std::size_t octets, const Ipv4Send& how, Ipv4Address hop) {
    Packet* frame = payload;
    if ((payload->next && !offers(port_offer::chained_transmit)) || payload->offset < headers_octets) {
        frame = port_->pool().allocate();
        if (!frame || frame->tail_room() < octets) {
            PacketPool::release(frame);
            return std::unexpected(Problem::NoRoom);
        }
        frame->flags = payload->flags;
        frame->checksum_start = payload->checksum_start;
        frame->checksum_offset = payload->checksum_offset;
        frame->length = static_cast<std::uint16_t>(octets);
        copy_from_chain(frame->data(), payload, 0, octets);
    }
    std::byte* const at = frame->push(headers_octets);
    write_ethernet_header(at, {}, port_->address(), ethertype::ipv4);
    write_ipv4(at + ethernet_header_octets,
               {.header_octets = ipv4_header_octets,
                .service = how.service,
                .total_octets = static_cast<std::uint16_t>(octets + ipv4_header_octets),
                .identification = identification_++,
                .fragment = how.do_not_fragment ? ipv4_flag::do_not_fragment : std::uint16_t{0},
                .time_to_live = how.time_to_live,
                .protocol = how.protocol,
                .source = how.source,
                .destination = how.destination});
    const MacAddress* const mac = resolve(hop);
    if (mac) {
        put_mac(at, *mac);
        paths_.of(how.destination).keep(at, how, generation());
    }
    const bool taken = mac ? enqueue(frame) : keep_waiting(frame, hop);
    if (frame != payload)
        PacketPool::release(taken ? payload : frame);
    else if (!taken)
        frame->pull(headers_octets);
    return taken ? NetStatus() : std::unexpected(Problem::NoRoom);
}

// Fragments are copies: a packet has room for one frame's headers only.
NetStatus Interface::send_fragments(Packet* payload, std::size_t octets, const Ipv4Send& how, Ipv4Address hop) {
    const std::size_t piece = static_cast<std::size_t>(mtu_ - ipv4_header_octets) & ~std::size_t{7};
    const std::size_t count = (octets + piece - 1) / piece;
    // All or nothing: a datagram without one of its fragments only costs the others.
    if (port_->pool().free_count() < count)
        return std::unexpected(Problem::NoRoom);
    Ipv4Header header{.header_octets = ipv4_header_octets,
                      .service = how.service,
                      .total_octets = 0,
                      .identification = identification_++,
                      .fragment = 0,
                      .time_to_live = how.time_to_live,
                      .protocol = how.protocol,
                      .source = how.source,
                      .destination = how.destination};
    for (std::size_t begin = 0; begin < octets; begin += piece) {
        const std::size_t part = std::min(piece, octets - begin);
        header.total_octets = static_cast<std::uint16_t>(part + ipv4_header_octets);
        header.fragment = static_cast<std::uint16_t>(begin / 8);
        if (begin + part < octets)
            header.fragment |= ipv4_flag::more_fragments;
        if (!send_fragment(payload, begin, part, header, hop)) {
            if (begin == 0)
                return std::unexpected(Problem::NoRoom);
            counters_.transmit_full++; // the rest is lost, as on any wire
            break;
        }
    }
    PacketPool::release(payload);
    return {};
}

bool Interface::send_fragment(const Packet* payload, std::size_t begin, std::size_t octets, const Ipv4Header& header,
                              Ipv4Address hop) {
    Packet* const frame = port_->pool().allocate();
    if (!frame)
        return false;
    frame->length = static_cast<std::uint16_t>(headers_octets + octets);
    std::byte* const at = frame->data();
    write_ethernet_header(at, {}, port_->address(), ethertype::ipv4);
    write_ipv4(at + ethernet_header_octets, header);
    copy_from_chain(at + headers_octets, payload, begin, octets);
    const bool taken = transmit(frame, hop);
    if (!taken)
        PacketPool::release(frame);
    return taken;
}

bool Interface::transmit(Packet* frame, Ipv4Address hop) {
    if (const MacAddress* const mac = resolve(hop)) {
        put_mac(frame->data(), *mac);
        return enqueue(frame);
    }
    return keep_waiting(frame, hop);
}

bool Interface::keep_waiting(Packet* frame, Ipv4Address hop) {
    Neighbour* const neighbour = neighbours_.find(hop);
    return neighbour && Neighbours::keep(*neighbour, frame);
}

bool Interface::enqueue(Packet* frame) {
    if (transmit_queued_ == transmit_queue_max)
        flush();
    if (transmit_queued_ == transmit_queue_max) {
        counters_.transmit_full++;
        return false;
    }
    transmit_queue_[transmit_queued_++] = frame;
    return true;
}

void Interface::flush() {
    if (transmit_queued_ == 0)
        return;
    const std::size_t taken = port_->send({transmit_queue_.data(), transmit_queued_});
    std::copy(transmit_queue_.begin() + static_cast<std::ptrdiff_t>(taken),
              transmit_queue_.begin() + static_cast<std::ptrdiff_t>(transmit_queued_), transmit_queue_.begin());
    transmit_queued_ -= taken;
}

} // namespace exo::net
