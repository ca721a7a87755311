// See stream.hpp: connecting, ending, asking. Octets: transfer.cpp.
#include "libos/net/tcp/stream.hpp"

#include "libos/net/ip/interface.hpp"
#include "libos/net/tcp/engine.hpp"
#include "libos/net/tcp/ports.hpp"
#include "libos/net/tcp/state.hpp"

#include <lwip/priv/tcp_priv.h>

namespace exo::net {

using State = TcpConnection::State;

namespace {

constexpr std::size_t timestamp_option_octets = 12; // RFC 7323, appendix A

} // namespace

NetStatus TcpStream::connect(TcpStack& stack, Endpoint remote, Endpoint local) {
    if (connection_)
        return std::unexpected(Problem::AlreadyConnected);
    Interface* const interface = stack.network().route(remote.address);
    if (!interface || remote.port == 0 || remote.address.is_any() || interface->is_broadcast(remote.address) ||
        remote.address.is_multicast())
        return std::unexpected(Problem::NetworkUnreachable);
    if (local.address.is_any())
        local.address = interface->source_for(remote.address);
    tcp_pcb* const pcb = tcp_new();
    TcpConnection* const connection = pcb ? tcp_globals().connections.allocate() : nullptr;
    if (!connection) {
        if (pcb)
            tcp_abort(pcb);
        return std::unexpected(Problem::Full);
    }
    NetStatus status = bind_port(stack.network(), *pcb, local, remote);
    if (status) {
        connection->state = State::Connecting;
        connection->interface = interface;
        connection->local = {local.address, pcb->local_port};
        connection->remote = remote;
        attach(*connection, pcb);
        pcb->rto = pcb->sv = 1000 / TCP_SLOW_INTERVAL; // RFC 6298 2.1
        const ip_addr_t to{remote.address.wire};
        Shown shown;
        const err_t error = tcp_connect(pcb, &to, remote.port, pcb->connected);
        if (error == ERR_USE || error == ERR_ISCONN)
            status = std::unexpected(Problem::AddressInUse);
        else if (error != ERR_OK)
            status = std::unexpected(Problem::Full);
    }
    if (!status) {
        detach(*connection);
        Shown shown(*pcb);
        tcp_abort(pcb);
        free_connection(*connection);
        return status;
    }
    connection_ = connection;
    engine_flush(stack.network());
    return {};
}

void TcpStream::close() {
    if (!connection_)
        return;
    TcpConnection& connection = *connection_;
    connection_ = nullptr;
    connection.observer = nullptr;
    tcp_pcb* const pcb = connection.pcb;
    // Octets that came and nobody took are lost, and the peer is told (RFC 2525 2.17).
    const bool unread = !connection.received.is_empty() || (pcb && pcb->refused_data);
    if (!pcb || connection.state == State::Connecting || unread ||
        (!connection.peer_finished && pcb->rcv_wnd != TCP_WND_MAX(pcb))) {
        if (pcb)
            break_off(connection, Problem::Aborted);
        free_connection(connection);
    } else {
        connection.state = State::Orphan;
        tcp_recv(pcb, nullptr);
        const bool acknowledged = connection.unacknowledged() == 0;
        if (acknowledged)
            detach(connection);
        Shown shown(*pcb);
        if (tcp_close(pcb) != ERR_OK)
            tcp_abort(pcb);
        if (acknowledged)
            free_connection(connection);
    }
    engine_flush(*tcp_globals().network);
}

void TcpStream::abort() {
    if (!connection_)
        return;
    break_off(*connection_, Problem::Aborted);
    connection_->observer = nullptr;
    free_connection(*connection_);
    connection_ = nullptr;
    engine_flush(*tcp_globals().network);
}

bool TcpStream::is_connecting() const {
    return connection_ && connection_->state == State::Connecting;
}

std::uint32_t TcpStream::ready() const {
    if (!connection_)
        return 0;
    std::uint32_t bits = 0;
    if (!connection_->received.is_empty())
        bits |= tcp_ready::readable;
    else if (connection_->peer_finished)
        bits |= tcp_ready::finished;
    if (connection_->state == State::Open && !connection_->send_shut && send_room() >= TCP_MSS)
        bits |= tcp_ready::writable;
    if (connection_->problem != Problem::None)
        bits |= tcp_ready::failed;
    return bits;
}

bool TcpStream::has_ended() const {
    return connection_ &&
           (connection_->problem != Problem::None || (connection_->peer_finished && connection_->received.is_empty()));
}

Problem TcpStream::problem() const {
    return connection_ ? connection_->problem : Problem::None;
}
Endpoint TcpStream::local() const {
    return connection_ ? connection_->local : Endpoint{};
}
Endpoint TcpStream::remote() const {
    return connection_ ? connection_->remote : Endpoint{};
}

NetStatus TcpStream::shut_send() {
    if (!connection_ || connection_->state == State::Connecting)
        return std::unexpected(Problem::NotConnected);
    if (connection_->send_shut || connection_->state != State::Open)
        return std::unexpected(connection_->problem == Problem::None ? Problem::Closed : connection_->problem);
    connection_->send_shut = true;
    tcp_pcb* const pcb = connection_->pcb;
    if (connection_->peer_finished && connection_->unacknowledged() == 0) {
        detach(*connection_);
        connection_->state = State::Over;
    }
    {
        Shown shown(*pcb);
        (void)tcp_shutdown(pcb, 0, 1); // without memory for the FIN the engine tries again by itself
    }
    engine_flush(*tcp_globals().network);
    return {};
}

void TcpStream::set_no_delay(bool on) {
    if (connection_ && connection_->pcb) {
        if (on)
            tcp_nagle_disable(connection_->pcb);
        else
            tcp_nagle_enable(connection_->pcb);
    }
}

bool TcpStream::no_delay() const {
    return connection_ && connection_->pcb && tcp_nagle_disabled(connection_->pcb);
}

void TcpStream::limit_segments(std::size_t octets) {
    if (!connection_ || !connection_->pcb)
        return;
    tcp_pcb& pcb = *connection_->pcb;
    const std::size_t options = pcb.flags & TF_TIMESTAMP ? timestamp_option_octets : 0;
    pcb.mss = static_cast<u16_t>(std::min<std::size_t>(pcb.mss, octets + options));
}

TcpFacts TcpStream::facts() const {
    if (!connection_ || !connection_->pcb)
        return {};
    const tcp_pcb& pcb = *connection_->pcb;
    TcpFacts facts{.segment_octets = pcb.mss,
                   .congestion_window = pcb.cwnd,
                   .slow_start_until = pcb.ssthresh,
                   .own_window = pcb.rcv_wnd,
                   .round_trip_ms_x8 = connection_->recovery.round_trip_ms_x8,
                   .timeout_ms = static_cast<std::uint32_t>(pcb.rto) * TCP_SLOW_INTERVAL,
                   .segments_again = connection_->recovery.segments_again,
                   .timestamps = (pcb.flags & TF_TIMESTAMP) != 0,
                   .selective = (pcb.flags & TF_SACK) != 0,
                   .scaled = (pcb.flags & TF_WND_SCALE) != 0};
    if (facts.timestamps)
        facts.segment_octets -= timestamp_option_octets;
    for (const tcp_seg* segment = pcb.unacked; segment; segment = segment->next)
        facts.segments_out++;
    return facts;
}

void TcpStream::set_keep_alive(const TcpKeepAlive& keep_alive) {
    if (!connection_ || !connection_->pcb)
        return;
    tcp_pcb& pcb = *connection_->pcb;
    if (keep_alive.on)
        ip_set_option(&pcb, SOF_KEEPALIVE);
    else
        ip_reset_option(&pcb, SOF_KEEPALIVE);
    constexpr std::uint32_t seconds_max = 4'000'000; // in milliseconds below 2^32
    pcb.keep_idle = std::min(keep_alive.idle_s, seconds_max) * 1000;
    pcb.keep_intvl = std::min(keep_alive.interval_s, seconds_max) * 1000;
    pcb.keep_cnt = keep_alive.probes;
    tcp_globals().blocks.touch(place_of(pcb));
}

void TcpStream::set_send_limit(std::size_t octets) {
    if (connection_)
        connection_->send_limit = std::min<std::size_t>(octets, TCP_SND_BUF);
}

void TcpStream::set_observer(void (*observer)(void* context), void* context) {
    if (connection_) {
        connection_->observer = observer;
        connection_->observer_context = context;
    }
}

} // namespace exo::net
