// Octets through a stream: see stream.hpp.
#include "libos/net/ip/interface.hpp"
#include "libos/net/tcp/engine.hpp"
#include "libos/net/tcp/refused.hpp"
#include "libos/net/tcp/state.hpp"

#include <lwip/priv/tcp_priv.h>

#include <algorithm>

namespace exo::net {

using State = TcpConnection::State;

namespace {

// Octets were taken: the window opens, and what the engine had to keep back may come.
void took(TcpConnection& connection, std::size_t octets) {
    tcp_pcb* const pcb = connection.pcb;
    if (!pcb)
        return;
    while (octets) {
        const std::size_t part = std::min<std::size_t>(octets, 0xffff);
        tcp_recved(pcb, static_cast<u16_t>(part));
        octets -= part;
    }
    if (pcb->refused_data)
        (void)tcp_process_refused_data(pcb); // may let go of the connection
    sort(*pcb);
    engine_flush(*tcp_globals().network);
}

NetStatus may_send(const TcpConnection* connection) {
    if (!connection || connection->state == State::Connecting)
        return std::unexpected(Problem::NotConnected);
    if (connection->problem != Problem::None)
        return std::unexpected(connection->problem);
    if (connection->send_shut || connection->state != State::Open)
        return std::unexpected(Problem::Closed);
    return {};
}

constexpr std::size_t packets_kept_back = 64;

// An empty packet for octets that are written. When a port's packets run low it is one that the device does not reach:
// its octets are copied each time that they are sent, and those who do not acknowledge keep no other one from sending.
Packet* packet_to_write(TcpConnection& connection) {
    if (!connection.interface || !has_packets(connection))
        return nullptr;
    PacketPool& pool = connection.interface->port().pool();
    return runs_low(pool) ? tcp_globals().spill.allocate() : pool.allocate();
}

// Where `write` puts the next octets: behind those of the last packet, until it has a segment's worth.
Packet* with_tail_room(TcpConnection& connection, std::size_t segment) {
    Packet* const last = connection.sent.last();
    return last && last->tail_room() > 0 && last->length < segment ? last : nullptr;
}

// The engine looks for its last unsent segment from the first on, at each write. This shows it the queue from the last
// one that a row of writes knows.
class QueueEnd {
public:
    explicit QueueEnd(tcp_pcb& pcb) : pcb_(pcb), last_(pcb.unsent) {}

    bool write(const std::byte* from, std::size_t octets, std::uint8_t flags) {
        while (last_ && last_->next)
            last_ = last_->next;
        tcp_seg* const first = pcb_.unsent;
        pcb_.unsent = last_;
        const bool written = tcp_write(&pcb_, from, static_cast<u16_t>(octets), flags) == ERR_OK;
        if (first)
            pcb_.unsent = first;
        else
            last_ = pcb_.unsent;
        return written;
    }

private:
    tcp_pcb& pcb_;
    tcp_seg* last_; // null: nothing is unsent
};

} // namespace

bool has_packets(const TcpConnection& connection) {
    return !connection.interface || connection.interface->port().pool().free_count() > packets_kept_back;
}

Packet* TcpStream::receive() {
    const Packet* const first = connection_ ? connection_->received.first() : nullptr;
    if (!first)
        return nullptr;
    // What was copied out of the port's packets comes in one of them again: it may be sent on.
    Packet* copy = nullptr;
    if (connection_->interface && first->pool != &connection_->interface->port().pool()) {
        copy = allocate();
        if (!copy)
            return nullptr;
        __builtin_memcpy(copy->data(), first->data(), first->length);
        copy->length = first->length;
    }
    Packet* const packet = connection_->received.take();
    took(*connection_, packet->length);
    if (!copy)
        return packet;
    PacketPool::release(packet);
    return copy;
}

std::size_t TcpStream::read(std::span<std::byte> into) {
    std::size_t octets = 0;
    while (connection_ && octets < into.size()) {
        Packet* const packet = connection_->received.first();
        if (!packet)
            break;
        const std::size_t part = std::min<std::size_t>(packet->length, into.size() - octets);
        __builtin_memcpy(into.data() + octets, packet->data(), part);
        octets += part;
        if (part == packet->length) {
            PacketPool::release(connection_->received.take());
        } else {
            packet->pull(static_cast<std::uint16_t>(part));
            connection_->received.shrink(part);
        }
    }
    if (octets)
        took(*connection_, octets);
    return octets;
}

std::size_t TcpStream::peek(std::span<std::byte> into) const {
    std::size_t octets = 0;
    const Packet* packet = connection_ ? connection_->received.first() : nullptr;
    for (; packet && octets < into.size(); packet = PacketQueue::after(packet)) {
        const std::size_t part = std::min<std::size_t>(packet->length, into.size() - octets);
        __builtin_memcpy(into.data() + octets, packet->data(), part);
        octets += part;
    }
    return octets;
}

std::size_t TcpStream::readable_octets() const {
    return connection_ ? connection_->received.octets() : 0;
}

void TcpStream::shut_receive() {
    if (!connection_)
        return;
    connection_->receive_shut = true;
    const std::size_t octets = connection_->received.octets();
    connection_->received.clear();
    took(*connection_, octets);
}

std::size_t TcpStream::send_room() const {
    if (!may_send(connection_) || tcp_sndqueuelen(connection_->pcb) + 4 > TCP_SND_QUEUELEN)
        return 0;
    if (!has_packets(*connection_)) {
        note_refused(*connection_);
        return 0;
    }
    const std::size_t used = connection_->unacknowledged();
    return used >= connection_->send_limit
               ? 0
               : std::min<std::size_t>(connection_->send_limit - used, connection_->pcb->snd_buf);
}

std::size_t TcpStream::unacknowledged_octets() const {
    return connection_ ? connection_->unacknowledged() : 0;
}

Packet* TcpStream::allocate() {
    if (!connection_ || !connection_->interface)
        return nullptr;
    Packet* const packet = connection_->interface->port().pool().allocate();
    if (!packet)
        note_refused(*connection_);
    return packet;
}

NetStatus TcpStream::send(Packet* packet, bool more) {
    if (const NetStatus may = may_send(connection_); !may)
        return may;
    const std::uint16_t octets = packet->length;
    if (packet->next)
        return std::unexpected(Problem::TooBig);
    const std::uint8_t flags = more ? TCP_WRITE_FLAG_MORE : 0;
    if (octets > send_room())
        return std::unexpected(Problem::NoRoom);
    if (octets && tcp_write(connection_->pcb, packet->data(), octets, flags) != ERR_OK) {
        note_refused(*connection_);
        return std::unexpected(Problem::NoRoom);
    }
    if (octets == 0)
        PacketPool::release(packet);
    else
        connection_->sent.put(packet);
    if (!more)
        flush();
    else
        sort(*connection_->pcb);
    return {};
}

void TcpStream::flush() {
    if (!may_send(connection_))
        return;
    (void)tcp_output(connection_->pcb); // what does not go now goes with the engine's timers
    watch_silence(*connection_->pcb);
    sort(*connection_->pcb);
    engine_flush(*tcp_globals().network);
}

NetResult<std::size_t> TcpStream::write(std::span<const std::byte> from, bool more) {
    if (const NetStatus may = may_send(connection_); !may)
        return std::unexpected(may.error());
    tcp_pcb* const pcb = connection_->pcb;
    const std::size_t segment = tcp_mss(pcb);
    std::size_t written = 0;
    const std::size_t wanted = std::min(from.size(), send_room());
    QueueEnd end(*pcb);
    while (written < wanted) {
        Packet* packet = with_tail_room(*connection_, segment);
        Packet* const added = packet ? nullptr : packet_to_write(*connection_);
        packet = packet ? packet : added;
        if (!packet) {
            note_refused(*connection_);
            break;
        }
        const std::size_t part =
            std::min({wanted - written, static_cast<std::size_t>(packet->tail_room()), segment - packet->length});
        std::byte* const at = packet->data() + packet->length;
        __builtin_memcpy(at, from.data() + written, part);
        if (!end.write(at, part, more ? TCP_WRITE_FLAG_MORE : 0)) {
            PacketPool::release(added);
            note_refused(*connection_);
            break;
        }
        packet->length = static_cast<std::uint16_t>(packet->length + part);
        if (added)
            connection_->sent.put(packet);
        else
            connection_->sent.grow(part);
        written += part;
    }
    if (written == 0 && !from.empty())
        return std::unexpected(Problem::NoRoom);
    if (more) {
        sort(*pcb);
        return written;
    }
    (void)tcp_output(pcb);
    watch_silence(*pcb);
    sort(*pcb);
    engine_flush(*tcp_globals().network);
    return written;
}

} // namespace exo::net
