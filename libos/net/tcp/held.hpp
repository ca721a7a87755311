// Acknowledgements that wait until the burst of frames that their segments came with has been dealt with: one for all
// of a connection's, where the engine would send one for every second segment. Not for users: stream.hpp.
#pragma once

struct tcp_pcb; // lwIP's

namespace exo::net {

// A segment with octets has come, before the engine sees it. If it would acknowledge this one at once, it does not.
void hold_acknowledgement(tcp_pcb& pcb);
// The burst is over: what has not been acknowledged by other segments is.
void send_held_acknowledgements();

} // namespace exo::net
