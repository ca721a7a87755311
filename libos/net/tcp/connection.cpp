// See connection.hpp: the engine's calls for a connection, and letting go of one.
#include "libos/net/tcp/connection.hpp"

#include "libos/net/ip/interface.hpp"
#include "libos/net/tcp/engine.hpp"
#include "libos/net/tcp/listener.hpp"
#include "libos/net/tcp/state.hpp"

#include <lwip/priv/tcp_priv.h>

#include <algorithm>

namespace exo::net {

namespace {

// Packets of received octets that a program may leave unread; the peer's window closes on the rest.
constexpr std::size_t unread_packets_max = 512;
// Pieces this short are copied behind the octets before them, so that a packet a piece does not use the pool up.
constexpr std::size_t short_piece_octets = 512;

// Once both halves are done and everything is acknowledged, the engine needs nobody to finish.
void settle(TcpConnection& connection) {
    if (connection.unacknowledged() != 0)
        return;
    if (connection.state == TcpConnection::State::Orphan) {
        detach(connection);
        free_connection(connection);
    } else if (connection.send_shut && connection.peer_finished) {
        detach(connection);
        connection.state = TcpConnection::State::Over;
    }
}

bool is_of_port(const TcpConnection& connection, const Packet& packet) {
    return connection.interface && packet.pool == &connection.interface->port().pool();
}

// Copies octets into packets that no port needs, behind those that are there. The engine's are given back. False: no
// memory is left, and nothing has happened.
bool spill(TcpConnection& connection, pbuf* chain) {
    Spill& spill = tcp_globals().spill;
    PacketQueue& queue = connection.received;
    if (!spill.reserve(chain->tot_len))
        return false;
    for (std::size_t done = 0; done < chain->tot_len;) {
        Packet* const last = queue.last();
        Packet* const added =
            !last || is_of_port(connection, *last) || last->tail_room() == 0 ? spill.allocate() : nullptr;
        Packet* const into = added ? added : last;
        const auto part = static_cast<u16_t>(std::min<std::size_t>(into->tail_room(), chain->tot_len - done));
        pbuf_copy_partial(chain, into->data() + into->length, part, static_cast<u16_t>(done));
        into->length = static_cast<std::uint16_t>(into->length + part);
        if (added)
            queue.put(added);
        else
            queue.grow(part);
        done += part;
    }
    pbuf_free(chain);
    return true;
}

// Takes octets out of the engine's hands into the queue.
void keep(TcpConnection& connection, pbuf* chain) {
    Packet* const last = connection.received.last();
    if (last && chain->tot_len <= short_piece_octets && chain->tot_len <= last->tail_room()) {
        pbuf_copy_partial(chain, last->data() + last->length, chain->tot_len, 0);
        last->length = static_cast<std::uint16_t>(last->length + chain->tot_len);
        connection.received.grow(chain->tot_len);
        pbuf_free(chain);
        return;
    }
    while (chain) {
        pbuf* const rest = chain->next;
        if (Packet* const packet = unwrap(chain); packet->length)
            connection.received.put(packet);
        else
            PacketPool::release(packet);
        chain = rest;
    }
}

err_t on_received(void* argument, tcp_pcb* pcb, pbuf* chain, err_t) {
    auto& connection = *static_cast<TcpConnection*>(argument);
    if (!chain) {
        connection.peer_finished = true;
        settle(connection);
    } else if (connection.receive_shut) {
        tcp_recved(pcb, chain->tot_len);
        pbuf_free(chain);
    } else if (connection.received.count() >= unread_packets_max) {
        return ERR_MEM; // the engine keeps it, and asks again
    } else if (connection.interface && runs_low(connection.interface->port().pool())) {
        if (!spill(connection, chain))
            return ERR_MEM;
    } else {
        keep(connection, chain);
    }
    connection.notify();
    return ERR_OK;
}

err_t on_acknowledged(void* argument, tcp_pcb*, u16_t octets) {
    auto& connection = *static_cast<TcpConnection*>(argument);
    connection.first_acknowledged += octets;
    while (Packet* const first = connection.sent.first()) {
        if (connection.first_acknowledged < first->length)
            break;
        connection.first_acknowledged -= first->length;
        PacketPool::release(connection.sent.take());
    }
    const bool orphan = connection.state == TcpConnection::State::Orphan;
    settle(connection);
    if (!orphan)
        connection.notify();
    return ERR_OK;
}

err_t on_connected(void* argument, tcp_pcb*, err_t) {
    auto& connection = *static_cast<TcpConnection*>(argument);
    connection.state = TcpConnection::State::Open;
    connection.notify();
    return ERR_OK;
}

Problem problem_of(err_t error, const TcpConnection& connection) {
    if (error == ERR_RST)
        return connection.state == TcpConnection::State::Connecting ? Problem::Refused : Problem::Reset;
    return error == ERR_CLSD ? Problem::None : Problem::TimedOut;
}

// The engine has freed the control block already.
void on_error(void* argument, err_t error) {
    auto& connection = *static_cast<TcpConnection*>(argument);
    connection.pcb = nullptr;
    connection.sent.clear();
    connection.first_acknowledged = 0;
    if (connection.state == TcpConnection::State::Orphan)
        return free_connection(connection);
    if (connection.listener) { // nobody knows of it yet
        forget_waiting(connection);
        return free_connection(connection);
    }
    if (connection.problem == Problem::None)
        connection.problem = problem_of(error, connection);
    connection.state = TcpConnection::State::Over;
    connection.notify();
}

} // namespace

void PacketQueue::put(Packet* packet) {
    packet->cookie[0] = 0;
    packet->next = nullptr;
    if (last_)
        last_->cookie[0] = reinterpret_cast<std::uint64_t>(packet); // Safe: only `after` reads it.
    else
        first_ = packet;
    last_ = packet;
    count_++;
    octets_ += packet->length;
}

Packet* PacketQueue::take() {
    Packet* const packet = first_;
    if (packet) {
        first_ = after(packet);
        if (!first_)
            last_ = nullptr;
        count_--;
        octets_ -= packet->length;
    }
    return packet;
}

void PacketQueue::clear() {
    while (Packet* const packet = take())
        PacketPool::release(packet);
}

void attach(TcpConnection& connection, tcp_pcb* pcb) {
    connection.pcb = pcb;
    connection.send_limit = TCP_SND_BUF;
    tcp_arg(pcb, &connection);
    tcp_recv(pcb, on_received);
    tcp_sent(pcb, on_acknowledged);
    tcp_err(pcb, on_error);
    pcb->connected = on_connected;
}

TcpConnection* connection_of(const tcp_pcb& pcb) {
    return pcb.errf == on_error ? static_cast<TcpConnection*>(pcb.callback_arg) : nullptr;
}

void detach(TcpConnection& connection) {
    if (!connection.pcb)
        return;
    tcp_arg(connection.pcb, nullptr);
    tcp_recv(connection.pcb, nullptr);
    tcp_sent(connection.pcb, nullptr);
    tcp_err(connection.pcb, nullptr);
    connection.pcb = nullptr;
}

void break_off(TcpConnection& connection, Problem problem) {
    tcp_pcb* const pcb = connection.pcb;
    detach(connection);
    if (pcb) {
        Shown shown(*pcb);
        tcp_abort(pcb);
    }
    connection.sent.clear();
    connection.first_acknowledged = 0;
    connection.problem = problem;
    connection.state = TcpConnection::State::Over;
}

} // namespace exo::net
