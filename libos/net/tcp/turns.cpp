// See turns.hpp. The engine marks a connection whose segment was not taken (TF_NAGLEMEMERR).
#include "libos/net/tcp/turns.hpp"

#include "libos/net/ip/interface.hpp"
#include "libos/net/tcp/state.hpp"

#include <lwip/priv/tcp_priv.h>

namespace exo::net {

namespace {

bool waits_at(const tcp_pcb& pcb, const Interface& interface) {
    return (pcb.flags & TF_NAGLEMEMERR) && pcb.unsent && connection_of(pcb) &&
           tcp_globals().network->route({pcb.remote_ip.addr}) == &interface;
}

void take_turns_at(Interface& interface, Turns& turns) {
    TcpState& state = tcp_globals();
    interface.flush();
    turns.wait = !interface.has_room();
    turns.go = true;
    BlockList& busy = state.blocks.busy; // who waits is among these
    BlockPlace* next = busy.first();
    for (std::size_t left = busy.count(); left && !turns.wait; left--) {
        BlockPlace& place = *next;
        next = BlockList::after(place);
        tcp_pcb& pcb = *place.block;
        if (!waits_at(pcb, interface))
            continue;
        const tcp_seg* const segment = pcb.unsent;
        (void)tcp_output(&pcb);
        if (pcb.unsent != segment) { // it has had its turn if anything of it went
            busy.take(place);
            busy.put(place);
        }
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
