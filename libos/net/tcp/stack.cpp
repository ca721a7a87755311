// See stack.hpp: opening, timers, segments and errors that come.
#include "libos/net/tcp/stack.hpp"

#include "libos/memory/heap.hpp"
#include "libos/net/ip/chain.hpp"
#include "libos/net/ip/interface.hpp"
#include "libos/net/tcp/engine.hpp"
#include "libos/net/tcp/held.hpp"
#include "libos/net/tcp/listener.hpp"
#include "libos/net/tcp/refused.hpp"
#include "libos/net/tcp/state.hpp"

#include <algorithm>

#include <lwip/netif.h>
#include <lwip/priv/tcp_priv.h>

namespace exo::net {

TcpState* tcp_state = nullptr; // from the first open on

namespace {

// RFC 6298 2.4 asks for a second; like Linux, 200 ms: longer than any delayed acknowledgement, in the engine's steps.
constexpr s16_t retransmission_steps_min = 200 / TCP_SLOW_INTERVAL + 1;
constexpr s16_t retransmission_steps_max = 60'000 / TCP_SLOW_INTERVAL; // RFC 6298 2.5
// After a long sleep the timers do not run for all of it at once.
constexpr int catch_up_max = 4;
constexpr std::size_t tcp_header_octets = 20;

// The timeout is the smoothed time and its variance, doubled each time: raising the variance keeps the doubling.
void bound_timeout(tcp_pcb& pcb) {
    const int base = (pcb.sa >> 3) + pcb.sv;
    if (base < retransmission_steps_min)
        pcb.sv = static_cast<s16_t>(pcb.sv + retransmission_steps_min - base);
    pcb.rto = std::clamp(pcb.rto, retransmission_steps_min, retransmission_steps_max);
}

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

// The engine's own timers. Its timeout for a connection shows in what it has to send again.
void run_engine_timers() {
    for (tcp_pcb* pcb = tcp_active_pcbs; pcb; pcb = pcb->next) {
        bound_timeout(*pcb);
        excuse_waiting(*pcb);
    }
    const auto retransmissions = [](const tcp_pcb& pcb) { return static_cast<std::uint32_t>(pcb.nrtx); };
    for (tcp_pcb* pcb = tcp_active_pcbs; pcb; pcb = pcb->next)
        if (TcpConnection* const connection = connection_of(*pcb)) {
            connection->recovery.timeouts = retransmissions(*pcb);
            before_timeout(*pcb);
        }
    tcp_tmr();
    for (tcp_pcb* pcb = tcp_active_pcbs; pcb; pcb = pcb->next)
        if (TcpConnection* const connection = connection_of(*pcb))
            if (retransmissions(*pcb) > connection->recovery.timeouts)
                after_timeout(*pcb);
}

void probe_all(std::uint64_t now) {
    const Clock& clock = tcp_state->network->clock();
    std::uint64_t next_ms = no_probe;
    for (tcp_pcb* pcb = tcp_active_pcbs; pcb; pcb = pcb->next)
        next_ms = std::min(next_ms, probe_silence(*pcb, now / clock.ticks_per_ms));
    tcp_state->next_probe = next_ms == no_probe ? never : next_ms * clock.ticks_per_ms;
}

std::uint64_t tick(void*, std::uint64_t now) {
    tcp_state->within_poll = true;
    const Clock& clock = tcp_state->network->clock();
    if (now >= tcp_state->next_probe)
        probe_all(now);
    for (int i = 0; i < catch_up_max && now >= tcp_state->next_tick; i++) {
        tcp_state->next_tick = clock.after_ms(tcp_state->next_tick, TCP_TMR_INTERVAL);
        run_engine_timers();
    }
    tcp_state->within_poll = false;
    if (!tcp_active_pcbs && !tcp_tw_pcbs)
        tcp_state->next_tick = never;
    else if (tcp_state->next_tick <= now)
        tcp_state->next_tick = clock.after_ms(now, TCP_TMR_INTERVAL);
    return std::min(tcp_state->next_tick, tcp_state->next_probe);
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
    for (TcpConnection& connection : tcp_state->connections) {
        if (connection.state == TcpConnection::State::Connecting && connection.local == about.local &&
            connection.remote == about.remote) {
            break_off(connection, problem);
            return connection.notify();
        }
    }
}

} // namespace

void TcpState::need_timer() {
    if (next_tick != never)
        return;
    next_tick = network->clock().after_ms(network->clock().now(), TCP_TMR_INTERVAL);
    network->wake_at(next_tick);
}

void TcpState::need_probe(std::uint64_t at_ms) {
    const std::uint64_t at = at_ms * network->clock().ticks_per_ms;
    if (at >= next_probe)
        return;
    next_probe = at;
    network->wake_at(at);
}

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
    tcp_state->free = nullptr;
    for (TcpConnection& connection : tcp_state->connections) {
        connection = {};
        connection.next = tcp_state->free;
        tcp_state->free = &connection;
    }
    tcp_state->turns = {};
    tcp_state->next_tick = never;
    tcp_state->stack = this;
    network_ = &network;
    network.set_tcp(
        {.context = nullptr, .input = input, .unreachable = unreachable, .tick = tick, .end_burst = end_burst});
    return {};
}

void TcpStack::close() {
    if (TcpStack::current() != this)
        return;
    while (tcp_listen_pcbs.listen_pcbs)
        tcp_close(reinterpret_cast<tcp_pcb*>(tcp_listen_pcbs.listen_pcbs)); // Safe: lwIP's own way to name one.
    for (TcpConnection& connection : tcp_state->connections) {
        if (connection.state != TcpConnection::State::Free && connection.pcb)
            break_off(connection, Problem::Aborted);
        connection.received.clear();
    }
    // What the engine goes on with by itself.
    while (tcp_active_pcbs)
        tcp_abort(tcp_active_pcbs);
    while (tcp_tw_pcbs)
        tcp_abort(tcp_tw_pcbs);
    engine_flush(*network_);
    tcp_state->views.reclaim();
    network_->set_tcp({});
    tcp_state->stack = nullptr;
    network_ = nullptr;
}

TcpStack* TcpStack::current() {
    return tcp_state ? tcp_state->stack : nullptr;
}

TcpConnection* allocate_connection() {
    TcpConnection* const connection = tcp_state->free;
    if (connection) {
        tcp_state->free = connection->next;
        *connection = {};
    }
    return connection;
}

void free_connection(TcpConnection& connection) {
    connection.received.clear();
    connection.sent.clear();
    connection = {};
    connection.next = tcp_state->free;
    tcp_state->free = &connection;
}

void engine_flush(Network& network) {
    if (!tcp_state->within_poll)
        for (Interface* interface : network.interfaces())
            interface->flush();
}

} // namespace exo::net
