// See held.hpp. The engine holds an acknowledgement back once (TF_ACK_DELAY) and sends it at the next segment; who
// clears that flag before each segment makes it wait for ever, and has to ask for it himself.
#include "libos/net/tcp/held.hpp"

#include "libos/net/network.hpp"
#include "libos/net/tcp/state.hpp"

#include <lwip/priv/tcp_priv.h>

namespace exo::net {

void hold_acknowledgement(tcp_pcb& pcb) {
    TcpConnection* const connection = (pcb.flags & TF_ACK_DELAY) ? connection_of(pcb) : nullptr;
    if (!connection)
        return;
    if (!connection->acknowledgement_held) {
        TcpState& state = tcp_globals();
        if (state.held_count == state.held.size())
            return;
        connection->acknowledgement_held = true;
        state.held[state.held_count++] = connection;
        state.network->hold_burst();
    }
    tcp_clear_flags(&pcb, TF_ACK_DELAY);
}

void send_held_acknowledgements() {
    TcpState& state = tcp_globals();
    for (TcpConnection* const connection : std::span(state.held).first(state.held_count)) {
        // Another connection may be in this place by now, which holds none back, or has its own.
        if (!connection->acknowledgement_held)
            continue;
        connection->acknowledgement_held = false;
        tcp_pcb* const pcb = connection->pcb;
        if (!pcb || pcb->rcv_nxt == pcb->ts_lastacksent)
            continue;
        tcp_ack_now(pcb);
        (void)tcp_output(pcb);
        sort(*pcb); // what cannot go now goes with the engine's timers
    }
    state.held_count = 0;
}

} // namespace exo::net
