// See stack.hpp: opening, segments and errors that come.
#include "libos/net/tcp/stack.hpp"

#include "libos/memory/heap.hpp"
#include "libos/net/ip/chain.hpp"
#include "libos/net/ip/interface.hpp"
#include "libos/net/tcp/engine.hpp"
#include "libos/net/tcp/held.hpp"
#include "libos/net/tcp/listener.hpp"
#include "libos/net/tcp/refused.hpp"
#include "libos/net/tcp/state.hpp"
#include "libos/net/tcp/timers.hpp"

#include <algorithm>

#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>

namespace exo::net {

TcpState* tcp_state = nullptr; // from the first open on

namespace {

constexpr std::size_t tcp_header_octets = 20;

std::array<netif, interfaces_max> netifs;

void input(void*, Interface& interface, Packet* packet, Ipv4Address source, Ipv4Address destination) {
    const std::size_t octets = chain_octets(packet);
    const bool good =
        packet->length >= tcp_header_octets &&
        ((packet->flags & packet_flag::checksum_good) ||
         is_good(add_sums(sum_chain(packet), pseudo_header_sum(source.wire, destination.wire, ip_protocol::tcp,
                                                               static_cast<std::uint16_t>(octets)))));
    pbuf* segment = nullptr;
    while (good && packet) {
        Packet* const rest = packet->next;
        pbuf* const piece = wrap(packet);
        if (!piece)
            break;
        packet->next = nullptr;
        if (segment)
            pbuf_cat(segment, piece);
        else
            segment = piece;
        packet = rest;
    }
    if (packet) { // wrong, or a part of it cannot be wrapped
        PacketPool::release(packet);
        if (segment)
            pbuf_free(segment);
        return;
    }
    tcp_state->within_poll = true;
    engine_input(interface, segment, source, destination);
    tcp_state->within_poll = false;
}

void end_burst(void*) {
    tcp_state->within_poll = true;
    send_held_acknowledgements();
    take_turns();
    tell_refused();
    tcp_state->within_poll = false;
}

// Before a connection is open, unreachable is final; after that a way may come back (RFC 1122 4.2.3.9).
void unreachable(void*, const Conversation& about, Problem problem) {
    tcp_pcb* const pcb = tcp_state->blocks.find({about.local, about.remote});
    TcpConnection* const connection = pcb ? connection_of(*pcb) : nullptr;
    if (!connection || connection->state != TcpConnection::State::Connecting)
        return;
    break_off(*connection, problem);
    connection->notify();
}

} // namespace

netif* netif_of(Interface& interface) {
    const auto interfaces = tcp_state->network->interfaces();
    for (std::size_t i = 0; i < interfaces.size(); i++) {
        if (interfaces[i] != &interface)
            continue;
        netifs[i].state = &interface;
        netifs[i].ip_addr.addr = interface.address().wire;
        netifs[i].mtu = interface.mtu();
        netifs[i].num = static_cast<u8_t>(i);
        return &netifs[i];
    }
    return nullptr;
}

NetStatus TcpStack::open(Network& network) {
    if (TcpStack::current())
        return std::unexpected(Problem::AlreadyConnected);
    static bool engine_is_up = false;
    if (!tcp_state) {
        tcp_state = heap_new<TcpState>();
        if (!tcp_state)
            return std::unexpected(Problem::Full);
    }
    tcp_state->network = &network;
    if (!engine_is_up) {
        tcp_init(); // asks for random numbers
        engine_is_up = true;
    }
    tcp_state->views.open();
    tcp_state->blocks.tuples.set_key(network.random().next(), network.random().next());
    tcp_state->connections.free_all();
    tcp_state->turns = {};
    open_timers(*tcp_state);
    tcp_state->stack = this;
    network_ = &network;
    network.set_tcp(
        {.context = nullptr, .input = input, .unreachable = unreachable, .tick = run_timers, .end_burst = end_burst});
    return {};
}

void TcpStack::close() {
    if (TcpStack::current() != this)
        return;
    while (tcp_listen_pcbs.listen_pcbs)
        tcp_close(reinterpret_cast<tcp_pcb*>(tcp_listen_pcbs.listen_pcbs)); // Safe: lwIP's own way to name one.
    tcp_state->connections.for_each([](TcpConnection& connection) {
        if (connection.pcb)
            break_off(connection, Problem::Aborted);
        connection.received.clear();
    });
    // What the engine goes on with by itself.
    tcp_state->blocks.tuples.for_each([](TupleEntry& entry) {
        tcp_pcb* const pcb = static_cast<BlockPlace&>(entry).block;
        Shown shown(*pcb);
        tcp_abort(pcb);
    });
    engine_flush(*network_);
    tcp_state->views.reclaim();
    network_->set_tcp({});
    tcp_state->stack = nullptr;
    network_ = nullptr;
}

TcpStack* TcpStack::current() {
    return tcp_state ? tcp_state->stack : nullptr;
}

std::uint64_t TcpStack::lent_octets() {
    return tcp_state ? tcp_state->views.lent_octets() : 0;
}

TcpBatch::TcpBatch(TcpStack& stack) : stack_(stack), outer_(tcp_state->within_poll) {
    tcp_state->within_poll = true;
}

TcpBatch::~TcpBatch() {
    tcp_state->within_poll = outer_;
    engine_flush(stack_.network());
}

void free_connection(TcpConnection& connection) {
    connection.received.clear();
    connection.sent.clear();
    forget_refused(connection);
    tcp_state->connections.free(connection);
}

void engine_flush(Network& network) {
    if (!tcp_state->within_poll)
        for (Interface* interface : network.interfaces())
            interface->flush();
}

} // namespace exo::net
