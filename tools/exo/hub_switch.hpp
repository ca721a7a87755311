// An Ethernet switch for machines that connect by stream sockets, as QEMU's `stream` netdev does: each frame is its
// length in four octets, the most significant first, and the frame. Learns which machine has which address; what it
// does not know, and what is for groups, goes to all others.
#pragma once

namespace exo::tool {

// Carries frames for whoever connects to `listening`, a non-blocking socket, until nobody has been connected for some
// seconds. A machine that does not read loses frames beyond a bounded queue of its own and delays nobody.
void run_switch(int listening);

bool somebody_waits(int listening);

} // namespace exo::tool
