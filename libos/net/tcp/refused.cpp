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
    connection.refused = true;
    state.any_refused = true;
    state.network->hold_burst();
}

void tell_refused() {
    TcpState& state = tcp_globals();
    if (!state.any_refused)
        return;
    const std::size_t first = state.told_next, count = state.connections.size();
    std::size_t told = 0, wait = 0;
    for (std::size_t i = 0; i < count && told < told_max; i++) {
        const std::size_t at = (first + i) % count;
        TcpConnection& connection = state.connections[at];
        if (!connection.refused)
            continue;
        if (!engine_has_memory() || !has_packets(connection)) {
            wait++;
            continue;
        }
        connection.refused = false;
        state.told_next = (at + 1) % count;
        told++;
        connection.notify();
    }
    state.any_refused = wait != 0 || told == told_max;
    if (!state.any_refused)
        return;
    state.network->hold_burst();
    if (told == told_max)
        state.network->wake_at(state.network->clock().now()); // there may be some for others, too
}

} // namespace exo::net
