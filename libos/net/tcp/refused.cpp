// See refused.hpp.
#include "libos/net/tcp/refused.hpp"

#include "libos/net/ip/interface.hpp"
#include "libos/net/tcp/state.hpp"

namespace exo::net {

namespace {

// Told at the end of one burst: who is told too early has looked for nothing, and waits again.
constexpr std::size_t told_max = 32;

} // namespace

void note_refused(TcpConnection& connection) {
    TcpState& state = tcp_globals();
    if (!connection.refused)
        state.refused.put(connection);
    connection.refused = true;
    state.network->hold_burst();
}

void forget_refused(TcpConnection& connection) {
    if (connection.refused)
        tcp_globals().refused.take(connection);
    connection.refused = false;
}

void tell_refused() {
    TcpState& state = tcp_globals();
    const std::size_t waiting = state.refused.count();
    std::size_t told = 0;
    for (std::size_t i = 0; i < waiting && told < told_max && engine_has_memory(); i++) {
        TcpConnection* const connection = state.refused.first();
        if (!connection)
            break;
        state.refused.take(*connection);
        if (!has_packets(*connection)) {
            state.refused.put(*connection); // the port of another one may have some
            continue;
        }
        connection->refused = false;
        told++;
        connection->notify();
    }
    if (state.refused.is_empty())
        return;
    state.network->hold_burst();
    if (told == told_max)
        state.network->wake_at(state.network->clock().now()); // there may be some for others, too
}

} // namespace exo::net
