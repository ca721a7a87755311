// Streams that could not send for want of what all share: the port's packets, or the engine's memory. Their own
// acknowledgements need not tell them when there is some again, so they are told at the end of a burst. Not for users:
// stream.hpp.
#pragma once

namespace exo::net {

struct TcpConnection;

// The connection's program was refused, and waits to be told.
void note_refused(TcpConnection& connection);
// It is gone.
void forget_refused(TcpConnection& connection);
// The burst is over: some of those are told, in turn, if there is again what they wanted.
void tell_refused();
// Whether the engine's pools have something for one more segment.
bool engine_has_memory();

} // namespace exo::net
