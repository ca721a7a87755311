// Turns at a port that is full. A segment that it does not take waits in its connection, and so do those of all other
// connections behind it; at the end of each burst they go in turn, as far as the port has room. Without turns a
// connection with nothing on its way would wait for the engine's timers, which take that for a loss. Not for users:
// stream.hpp.
#pragma once

struct tcp_pcb; // lwIP's

namespace exo::net {

class Interface;

// Of an interface.
struct Turns {
    bool wait = false; // some connection has a segment that the port did not take
    bool go = false;   // those that wait are sending
};

// Whether a segment with data must wait because others do.
bool must_wait(const Turns& turns);
// The interface did not take a segment. If that is for want of room at its port, turns begin.
void note_refusal(Interface& interface, Turns& turns);
// The burst is over: connections that wait send.
void take_turns();
// Before the engine's timers: nothing of the connection is on its way, so nothing of it can be late.
void excuse_waiting(tcp_pcb& pcb);

} // namespace exo::net
