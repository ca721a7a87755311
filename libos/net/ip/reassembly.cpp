// See reassembly.hpp.
#include "libos/net/ip/reassembly.hpp"

namespace exo::net {

namespace {

Packet* following(const Packet* fragment) {
    return reinterpret_cast<Packet*>(fragment->cookie[0]); // Safe: only this file writes it, as a Packet*.
}
void link(Packet* fragment, Packet* following) {
    fragment->cookie[0] = reinterpret_cast<std::uint64_t>(following); // Safe: see above.
}

} // namespace

void Reassembly::clear() {
    for (Datagram& datagram : datagrams_)
        if (datagram.fragments)
            drop(datagram);
}

void Reassembly::drop(Datagram& datagram) {
    for (Packet* fragment = datagram.first; fragment;) {
        Packet* const rest = following(fragment);
        PacketPool::release(fragment);
        fragment = rest;
    }
    packets_ -= datagram.fragments;
    datagram = {};
}

Reassembly::Datagram* Reassembly::find(const Ipv4Header& header) {
    for (Datagram& datagram : datagrams_)
        if (datagram.fragments && datagram.identification == header.identification &&
            datagram.source == header.source && datagram.destination == header.destination &&
            datagram.protocol == header.protocol)
            return &datagram;
    return nullptr;
}

void Reassembly::drop_oldest() {
    Datagram* oldest = nullptr;
    for (Datagram& datagram : datagrams_)
        if (datagram.fragments && (!oldest || datagram.deadline < oldest->deadline))
            oldest = &datagram;
    if (!oldest)
        return;
    counters_.evicted++;
    drop(*oldest);
}

Reassembly::Datagram& Reassembly::free_place() {
    for (;;) {
        for (Datagram& datagram : datagrams_)
            if (datagram.fragments == 0)
                return datagram;
        drop_oldest(); // all places are taken, so this frees one
    }
}

Reassembly::Placed Reassembly::place(Datagram& datagram, Packet* fragment, std::size_t offset) {
    Packet* before = nullptr;
    Packet* after = datagram.first;
    while (after && after->cookie[1] <= offset) {
        before = after;
        after = following(after);
    }
    if (before) {
        const std::size_t end = before->cookie[1] + before->length;
        if (before->cookie[1] == offset && before->length == fragment->length)
            return Placed::Repeated;
        if (end > offset)
            return Placed::Overlaps;
    }
    if (after && offset + fragment->length > after->cookie[1])
        return Placed::Overlaps;
    fragment->cookie[1] = offset;
    link(fragment, after);
    if (before)
        link(before, fragment);
    else
        datagram.first = fragment;
    datagram.fragments++;
    datagram.octets += fragment->length;
    return Placed::Yes;
}

Reassembly::Whole Reassembly::complete(Datagram& datagram) {
    const Whole whole{datagram.first, datagram.octets_all};
    for (Packet* fragment = datagram.first; fragment; fragment = fragment->next)
        fragment->next = following(fragment);
    packets_ -= datagram.fragments;
    datagram = {};
    counters_.completed++;
    return whole;
}

Reassembly::Whole Reassembly::add(Packet* fragment, const Ipv4Header& header, std::uint64_t now, const Clock& clock) {
    const std::size_t offset = header.fragment_offset();
    const std::size_t end = offset + fragment->length;
    // All but the last carry whole units of eight octets, and together they fit a datagram.
    const bool sane = fragment->length > 0 && !fragment->next && end + header.header_octets <= ipv4_octets_max &&
                      (!header.has_more() || fragment->length % 8 == 0);
    if (!sane) {
        counters_.malformed++;
        PacketPool::release(fragment);
        return {};
    }
    if (packets_ >= packets_max_)
        drop_oldest(); // perhaps this very one
    Datagram* datagram = find(header);
    if (!datagram) {
        datagram = &free_place();
        datagram->source = header.source;
        datagram->destination = header.destination;
        datagram->identification = header.identification;
        datagram->protocol = header.protocol;
        datagram->deadline = clock.after_ms(now, reassembly_time_ms);
    }
    const bool beyond_end = datagram->octets_all && end > datagram->octets_all;
    const bool another_end = !header.has_more() && datagram->octets_all && end != datagram->octets_all;
    const Placed placed = beyond_end || another_end || datagram->fragments >= reassembly_fragments_max
                              ? Placed::Overlaps
                              : place(*datagram, fragment, offset);
    if (placed != Placed::Yes) {
        PacketPool::release(fragment);
        if (placed == Placed::Overlaps) {
            counters_.overlaps++;
            drop(*datagram);
        }
        return {};
    }
    packets_++;
    if (!header.has_more()) {
        datagram->octets_all = static_cast<std::uint32_t>(end);
        if (fragment->cookie[0]) { // something lies beyond the end
            counters_.overlaps++;
            drop(*datagram);
            return {};
        }
    }
    return datagram->octets == datagram->octets_all ? complete(*datagram) : Whole{};
}

std::uint64_t Reassembly::tick(std::uint64_t now) {
    std::uint64_t next = never;
    for (Datagram& datagram : datagrams_) {
        if (datagram.fragments == 0)
            continue;
        if (now >= datagram.deadline) {
            counters_.timed_out++;
            drop(datagram);
        } else if (datagram.deadline < next) {
            next = datagram.deadline;
        }
    }
    return next;
}

} // namespace exo::net
