// One side of a TCP connection between lwIP's engine and the stream that a program holds: what came and was not taken,
// what was sent and is not acknowledged. Not for users: stream.hpp.
#pragma once

#include "libos/net/tcp/linked_list.hpp"
#include "libos/net/tcp/recovery.hpp"
#include "libos/net/tcp/stream.hpp"

struct tcp_pcb; // lwIP's

namespace exo::net {

class TcpListener;

// Packets in order, linked by cookie[0].
class PacketQueue {
public:
    bool is_empty() const { return first_ == nullptr; }
    Packet* first() const { return first_; }
    Packet* last() const { return last_; }
    std::size_t count() const { return count_; }
    std::size_t octets() const { return octets_; }
    void put(Packet* packet);
    Packet* take(); // null: empty
    // The last, or the first, packet has become longer, or shorter.
    void grow(std::size_t octets) { octets_ += octets; }
    void shrink(std::size_t octets) { octets_ -= octets; }
    void clear(); // releases all
    static Packet* after(const Packet* packet) {
        return reinterpret_cast<Packet*>(packet->cookie[0]); // Safe: written by put alone.
    }

private:
    Packet* first_ = nullptr;
    Packet* last_ = nullptr;
    std::size_t count_ = 0, octets_ = 0;
};

struct TcpConnection {
    enum class State : std::uint8_t {
        Free,
        Connecting,
        Open,
        Over,   // both halves are done, or it failed (`problem`): the engine has let go of it
        Orphan, // its stream is gone; it stays until what was sent is acknowledged
    };

    State state = State::Free;
    Problem problem = Problem::None;
    bool peer_finished = false;
    bool receive_shut = false;
    bool send_shut = false;
    bool acknowledgement_held = false; // until the burst that its segments came with is over
    bool refused = false;              // its program waits for packets, or for the engine's memory
    tcp_pcb* pcb = nullptr;            // null: Over
    Interface* interface = nullptr;
    PacketQueue received;
    PacketQueue sent;                   // the first one's first octets may be acknowledged
    std::size_t first_acknowledged = 0; // of the first of `sent`
    std::size_t send_limit = 0;
    TcpRecovery recovery;
    Endpoint local, remote;
    void (*observer)(void* context) = nullptr;
    void* observer_context = nullptr;
    TcpListener* listener = nullptr;    // that it waits at to be accepted
    Links<TcpConnection> waiting_links; // of those that do
    Links<TcpConnection> refused_links; // of those that are refused
    TcpConnection* next_free = nullptr;

    std::size_t unacknowledged() const { return sent.octets() - first_acknowledged; }
    void notify() const {
        if (observer)
            observer(observer_context);
    }
};

struct WaitingList : LinkedList<TcpConnection, &TcpConnection::waiting_links> {};
struct RefusedList : LinkedList<TcpConnection, &TcpConnection::refused_links> {};

// Between connections and the engine.

// Makes the engine tell the connection what happens to `pcb`.
void attach(TcpConnection& connection, tcp_pcb* pcb);
// Packets of the port that no stream fills with octets to send, so that there are some for headers, for
// acknowledgements, and for what comes. Whether there are more.
bool has_packets(const TcpConnection& connection);
// Whose it is; null: nobody's, or a listener's that nobody has accepted from.
TcpConnection* connection_of(const tcp_pcb& pcb);
// Stops that; the engine goes on by itself.
void detach(TcpConnection& connection);
// Breaks it with RST; the connection is Over with `problem`.
void break_off(TcpConnection& connection, Problem problem);
// Drops what it holds and gives its place back.
void free_connection(TcpConnection& connection);

} // namespace exo::net
