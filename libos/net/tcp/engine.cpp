// See engine.hpp: what lwIP calls below itself, and packets as pbufs. lwIP's own IP, interfaces and timers are not
// built.
#include "libos/net/tcp/engine.hpp"

#include "libos/net/ip/chain.hpp"
#include "libos/net/ip/interface.hpp"
#include "libos/net/tcp/held.hpp"
#include "libos/net/tcp/state.hpp"

#include <lwip/ip.h>
#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>

namespace exo::net {

namespace {

constexpr std::size_t tcp_checksum_offset = 16;

struct Wrapping {
    pbuf_custom custom;
    Packet* packet;
};
static_assert(sizeof(Wrapping) <= wrapping_octets && packet_headroom >= wrapping_octets);

void release_wrapped(pbuf* wrapped) {
    Packet* const packet = reinterpret_cast<Wrapping*>(wrapped)->packet; // Safe: only `wrap` names this function.
    PacketPool::release(packet);
}

// Pieces of a frame that a port is given; of more, the octets are copied together.
constexpr std::size_t shown_pieces_max = frame_pieces_max - 1; // the header is one

// Segments this short are copied: a view, and a frame of two pieces, cost more than their octets do.
constexpr std::size_t copied_octets_max = 256;

bool may_show(const Interface& interface, const pbuf* segment) {
    if (segment->tot_len <= copied_octets_max)
        return false;
    std::size_t pieces = 0;
    for (const pbuf* piece = segment->next; piece; piece = piece->next)
        pieces++;
    return pieces <= shown_pieces_max && interface.offers(port_offer::chained_transmit);
}

// Octets where they lie; null: the NIC does not reach them, or all views are out.
Packet* view_of(const Port& port, const std::byte* at, std::size_t octets) {
    Views& views = tcp_globals().views;
    if (Packet* const owner = port.containing(at))
        return views.show(*owner, at, octets);
    LentMemory* const memory = port.lent_memory();
    return memory && memory->covers(at, octets) ? views.show(*memory, at, octets) : nullptr;
}

// Appends a segment's data to its header: shown where it lies, or copied.
bool append(Interface& interface, Packet* header, Packet*& first_view, const pbuf* piece, bool show) {
    const auto* const at = static_cast<const std::byte*>(piece->payload);
    // What is short and comes first, such as the head of a reply, costs less as a part of the header.
    const bool is_short = !first_view && piece->len <= copied_octets_max / 4 && header->tail_room() >= piece->len;
    if (Packet* const view = show && !is_short ? view_of(interface.port(), at, piece->len) : nullptr) {
        Packet* last = header;
        while (last->next)
            last = last->next;
        last->next = view;
        if (!first_view)
            first_view = view;
        return true;
    }
    // Behind a view nothing can be copied: the order would be another one.
    if (first_view || header->tail_room() < piece->len)
        return false;
    __builtin_memcpy(header->data() + header->length, at, piece->len);
    header->length = static_cast<std::uint16_t>(header->length + piece->len);
    return true;
}

// A segment as a frame's payload: its header copied, its data behind it, shown or copied. Null: no packet is left, or
// what would have to be copied lies behind what is shown.
Packet* gather(Interface& interface, const pbuf* segment, bool show) {
    Packet* const header = interface.port().pool().allocate();
    if (!header)
        return nullptr;
    header->offset = static_cast<std::uint16_t>(header->offset + ethernet_header_octets + ipv4_header_octets);
    header->length = segment->len;
    __builtin_memcpy(header->data(), segment->payload, segment->len);
    Packet* first_view = nullptr;
    for (const pbuf* piece = segment->next; piece; piece = piece->next) {
        if (piece->len == 0 || append(interface, header, first_view, piece, show))
            continue;
        header->next = nullptr;
        tcp_globals().views.give_back(first_view);
        PacketPool::release(header);
        return nullptr;
    }
    if (first_view)
        tcp_globals().views.watch(first_view);
    return header;
}

Packet* gather(Interface& interface, const pbuf* segment) {
    tcp_globals().views.reclaim(); // else acknowledged packets would stay out until no view is left
    const bool show = may_show(interface, segment);
    Packet* const gathered = gather(interface, segment, show);
    return gathered || !show ? gathered : gather(interface, segment, false);
}

void put_checksum(const Interface& interface, Packet* header, Ipv4Address source, Ipv4Address destination,
                  std::size_t octets) {
    const Sum pseudo =
        pseudo_header_sum(source.wire, destination.wire, ip_protocol::tcp, static_cast<std::uint16_t>(octets));
    std::byte* const field = header->data() + tcp_checksum_offset;
    if (interface.makes_checksum(octets)) {
        store16(field, fold(pseudo));
        header->flags = packet_flag::checksum_needed;
        header->checksum_start = ethernet_header_octets + ipv4_header_octets;
        header->checksum_offset = tcp_checksum_offset;
    } else {
        store16(field, 0);
        store16(field, checksum_of(add_sums(sum_chain(header), pseudo)));
    }
}

// Whether a SYN opens a connection in place of one that waits for its last segments to die out: it lies behind all that
// the old one sent (RFC 9293 3.6.1).
bool reopens(const tcp_pcb& pcb, const tcp_hdr& header) {
    return pcb.state == TIME_WAIT && static_cast<s32_t>(lwip_ntohl(header.seqno) - pcb.rcv_nxt) > 0;
}

// Whether a SYN is to be looked at: nobody listens there, and the engine says so, or whoever does has room.
bool may_open(Endpoint local) {
    const tcp_pcb_listen* at_any = nullptr;
    for (const tcp_pcb_listen* pcb = tcp_listen_pcbs.listen_pcbs; pcb; pcb = pcb->next) {
        if (pcb->local_port != local.port)
            continue;
        if (pcb->local_ip.addr == local.address.wire)
            return tcp_globals().blocks.admit(*static_cast<TcpListener*>(pcb->callback_arg));
        if (ip_addr_isany_val(pcb->local_ip))
            at_any = pcb;
    }
    return !at_any || tcp_globals().blocks.admit(*static_cast<TcpListener*>(at_any->callback_arg));
}

} // namespace

pbuf* wrap(Packet* packet) {
    if (packet->offset < wrapping_octets)
        return nullptr;
    // Safe: buffers are aligned to their size, and nobody else uses their first octets once a frame has come.
    auto* const wrapping = reinterpret_cast<Wrapping*>(packet->buffer);
    wrapping->custom.custom_free_function = release_wrapped;
    wrapping->packet = packet;
    return pbuf_alloced_custom(PBUF_RAW, packet->length, PBUF_REF, &wrapping->custom, packet->data(), packet->length);
}

Packet* unwrap(pbuf* wrapped) {
    Packet* const packet = reinterpret_cast<Wrapping*>(wrapped)->packet; // Safe: all pbufs that are received are ours.
    packet->offset = static_cast<std::uint16_t>(static_cast<std::byte*>(wrapped->payload) - packet->buffer);
    packet->length = wrapped->len;
    packet->next = nullptr;
    return packet;
}

void engine_input(Interface& interface, pbuf* segment, Ipv4Address source, Ipv4Address destination) {
    TcpState& state = tcp_globals();
    // Safe: the header is whole (stack.cpp), and aligned as all IP payloads are that lwIP reads.
    const auto& header = *static_cast<const tcp_hdr*>(segment->payload);
    const TcpTuple tuple{{destination, lwip_ntohs(header.dest)}, {source, lwip_ntohs(header.src)}};
    const bool opens = (TCPH_FLAGS(&header) & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
    tcp_pcb* pcb = state.blocks.find(tuple);
    if (opens && pcb && reopens(*pcb, header)) {
        Shown shown(*pcb);
        tcp_abort(pcb); // in TIME-WAIT without a word
        pcb = nullptr;
    }
    if (opens && !pcb && !may_open(tuple.local)) {
        pbuf_free(segment);
        return;
    }
    netif* const from = netif_of(interface);
    ip_data.current_netif = ip_data.current_input_netif = from;
    ip_data.current_iphdr_src.addr = source.wire;
    ip_data.current_iphdr_dest.addr = destination.wire;
    state.seen = nullptr;
    Shown shown;
    if (pcb)
        shown.add(*pcb);
    tcp_input(segment, from);
    if (state.seen) // it is still there
        recover(*state.seen);
}

} // namespace exo::net

// What lwIP's TCP calls.
extern "C" {

ip_globals ip_data;
const ip_addr_t ip_addr_any{0};

netif* ip4_route(const ip4_addr_t* destination) {
    exo::net::Interface* const interface = exo::net::tcp_globals().network->route({destination->addr});
    return interface ? exo::net::netif_of(*interface) : nullptr;
}

// No connection is tied to an interface.
netif* netif_get_by_index(u8_t) {
    return nullptr;
}

u8_t ip4_addr_isbroadcast_u32(u32_t address, const netif* at) {
    return static_cast<exo::net::Interface*>(at->state)->is_broadcast({address});
}

err_t ip4_output_if(pbuf* segment, const ip4_addr_t* source, const ip4_addr_t* destination, u8_t time_to_live,
                    u8_t service, u8_t protocol, netif* through) {
    using namespace exo::net;
    auto& interface = *static_cast<Interface*>(through->state);
    const Ipv4Address from{source->addr}, to{destination->addr};
    Turns& turns = tcp_globals().turns[through->num];
    // Acknowledgements, and what opens and ends connections, is one piece, and short: it goes where a place is left.
    if (segment->next && must_wait(turns))
        return ERR_MEM;
    Packet* const packet = gather(interface, segment);
    if (!packet) {
        note_refusal(interface, turns);
        return ERR_MEM;
    }
    put_checksum(interface, packet, from, to, segment->tot_len);
    if (interface.send_ipv4(packet, {.source = from,
                                     .destination = to,
                                     .protocol = protocol,
                                     .time_to_live = time_to_live,
                                     .service = service}))
        return ERR_OK;
    PacketPool::release(packet);
    note_refusal(interface, turns);
    return ERR_MEM;
}

err_t exo_tcp_segment_came(tcp_pcb* pcb, const tcp_hdr* header, u16_t option_octets, u16_t data_octets) {
    if (pcb->state >= ESTABLISHED && pcb->state != TIME_WAIT) {
        if (data_octets != 0)
            exo::net::hold_acknowledgement(*pcb);
        exo::net::tcp_globals().seen = pcb;
        exo::net::note_acknowledgements(*pcb, *header, option_octets);
    }
    return ERR_OK;
}

u16_t exo_tcp_out_of_order_max(const tcp_pcb* pcb) {
    using namespace exo::net;
    constexpr u16_t pieces_when_low = 16;
    const TcpConnection* const connection = connection_of(*pcb);
    const bool low = connection && connection->interface && runs_low(connection->interface->port().pool());
    return low ? pieces_when_low : TCP_OOSEQ_MAX_PBUFS;
}

u32_t sys_now() {
    return static_cast<u32_t>(exo::net::tcp_globals().now_ms());
}

void tcp_timer_needed() {
    exo::net::tcp_globals().need_timer();
}

unsigned exo_tcp_random() {
    return exo::net::tcp_globals().network->random().next32();
}

u32_t exo_tcp_initial_sequence(const ip_addr_t* local, u16_t local_port, const ip_addr_t* remote, u16_t remote_port) {
    using namespace exo::net;
    TcpState& state = tcp_globals();
    const std::uint64_t addresses = static_cast<std::uint64_t>(local->addr) << 32 | remote->addr;
    const std::uint64_t ports = static_cast<std::uint64_t>(local_port) << 16 | remote_port;
    // RFC 6528: a clock of 4 us and a secret function of both ends.
    return static_cast<u32_t>(state.network->random().of(addresses, ports) + state.now_ms() * 250);
}
}
