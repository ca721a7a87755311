// See turns.hpp. The engine marks a connection whose segment was not taken (TF_NAGLEMEMERR).
#include "libos/net/tcp/turns.hpp"

#include "libos/net/ip/interface.hpp"
#include "libos/net/tcp/state.hpp"

#include <lwip/priv/tcp_priv.h>

namespace exo::net {

namespace {

bool waits_at(const TcpConnection& connection, const Interface& interface) {
    const tcp_pcb* const pcb = connection.pcb;
    return pcb && (pcb->flags & TF_NAGLEMEMERR) && pcb->unsent &&
           tcp_globals().network->route({pcb->remote_ip.addr}) == &interface;
}

void take_turns_at(Interface& interface, Turns& turns) {
    TcpState& state = tcp_globals();
    interface.flush();
    turns.wait = !interface.has_room();
    turns.go = true;
    const std::size_t first = turns.next, count = state.connections.size();
    for (std::size_t i = 0; i < count && !turns.wait; i++) {
        const std::size_t at = (first + i) % count;
        if (!waits_at(state.connections[at], interface))
            continue;
        tcp_pcb& pcb = *state.connections[at].pcb;
        const tcp_seg* const segment = pcb.unsent;
        (void)tcp_output(&pcb);
        turns.next = pcb.unsent == segment ? at : (at + 1) % count; // it has had its turn if anything of it went
    }
    turns.go = false;
    if (turns.wait)
        state.network->hold_burst();
}

} // namespace

bool must_wait(const Turns& turns) {
    return turns.wait && !turns.go;
}

void note_refusal(Interface& interface, Turns& turns) {
    if (interface.has_room())
        return; // a neighbour that is asked for does not answer yet
    turns.wait = true;
    tcp_globals().network->hold_burst();
}

void take_turns() {
    TcpState& state = tcp_globals();
    const auto interfaces = state.network->interfaces();
    for (std::size_t i = 0; i < interfaces.size(); i++)
        if (state.turns[i].wait)
            take_turns_at(*interfaces[i], state.turns[i]);
}

void excuse_waiting(tcp_pcb& pcb) {
    if (pcb.state >= ESTABLISHED && !pcb.unacked && (pcb.flags & TF_NAGLEMEMERR))
        pcb.rtime = -1;
}

} // namespace exo::net
