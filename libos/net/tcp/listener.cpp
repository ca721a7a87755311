// See listener.hpp.
#include "libos/net/tcp/listener.hpp"

#include "libos/net/tcp/engine.hpp"
#include "libos/net/tcp/ports.hpp"
#include "libos/net/tcp/state.hpp"

#include <lwip/priv/tcp_priv.h>

#include <algorithm>

namespace exo::net {

struct TcpListenerCalls {
    // A connection is established: it waits to be accepted.
    static err_t on_accept(void* argument, tcp_pcb* pcb, err_t error) {
        auto& listener = *static_cast<TcpListener*>(argument);
        TcpConnection* const connection = error == ERR_OK && pcb ? tcp_globals().connections.allocate() : nullptr;
        if (!connection)
            return ERR_MEM; // the engine breaks it off
        attach(*connection, pcb);
        connection->state = TcpConnection::State::Open;
        connection->local = {{pcb->local_ip.addr}, pcb->local_port};
        connection->remote = {{pcb->remote_ip.addr}, pcb->remote_port};
        connection->interface = tcp_globals().network->route(connection->remote.address);
        connection->listener = &listener;
        listener.waiting_.put(*connection);
        if (listener.observer_)
            listener.observer_(listener.observer_context_);
        return ERR_OK;
    }
};

void forget_waiting(TcpConnection& connection) {
    connection.listener->waiting_.take(connection);
    connection.listener = nullptr;
}

NetStatus TcpListener::open(TcpStack& stack, Endpoint local, std::size_t backlog, bool reuse) {
    if (listener_)
        return std::unexpected(Problem::AlreadyConnected);
    tcp_pcb* const pcb = tcp_new();
    if (!pcb)
        return std::unexpected(Problem::Full);
    if (reuse)
        ip_set_option(pcb, SOF_REUSEADDR);
    if (const NetStatus bound = bind_port(stack.network(), *pcb, local); !bound) {
        tcp_abort(pcb);
        return bound;
    }
    err_t error = ERR_OK;
    tcp_pcb* const listening = tcp_listen_with_backlog_and_err(pcb, TCP_DEFAULT_LISTEN_BACKLOG, &error);
    if (!listening) {
        tcp_abort(pcb);
        return std::unexpected(error == ERR_USE ? Problem::AddressInUse : Problem::Full);
    }
    tcp_arg(listening, this);
    tcp_accept(listening, TcpListenerCalls::on_accept);
    listener_ = listening;
    backlog_ = std::max<std::size_t>(backlog, 1);
    return {};
}

void TcpListener::close() {
    if (!listener_)
        return;
    while (TcpConnection* const connection = waiting_.first()) {
        forget_waiting(*connection);
        break_off(*connection, Problem::Aborted);
        free_connection(*connection);
    }
    tcp_globals().blocks.forget_listener(listener_);
    half_open_ = 0;
    if (TcpStack::current())
        (void)tcp_close(static_cast<tcp_pcb*>(listener_)); // cannot fail for one that listens
    listener_ = nullptr;
    engine_flush(*tcp_globals().network);
}

Endpoint TcpListener::local() const {
    const auto* const pcb = static_cast<const tcp_pcb_listen*>(listener_);
    return pcb ? Endpoint{{pcb->local_ip.addr}, pcb->local_port} : Endpoint{};
}

std::optional<TcpStream> TcpListener::accept() {
    TcpConnection* const connection = waiting_.first();
    if (!connection)
        return {};
    forget_waiting(*connection);
    return TcpStream(connection);
}

} // namespace exo::net
