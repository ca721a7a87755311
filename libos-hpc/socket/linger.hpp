// Connections that were closed while octets of theirs had not arrived: they are kept until those have, or the program's
// end has waited long enough. With the socket lock held.
#pragma once

#include "libos/net/tcp/stream.hpp"

namespace exo::hpc {

// Ends a stream, now or when what was sent is acknowledged.
void close_by_and_by(net::TcpStream&& stream);
// Lets go of those that are done. True when none is left.
bool sweep_lingering();
// At the program's end, without the lock: closes its sockets and drives the network until nothing is owed, for two
// seconds at most.
void finish_network();

} // namespace exo::hpc
