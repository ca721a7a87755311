// How many datagrams of a wire between two machines the host keeps for a receiver who has not looked yet. A machine
// that polls sends long trains, and waits when the host takes no more.
#pragma once

#include <optional>
#include <string>

namespace bench {

inline constexpr unsigned wire_datagrams = 1000;

// Gives this process, of one thread, a network of its own in which Unix sockets made from then on keep so many; names
// of such sockets in the file system lead where they led. As a user without rights it becomes the only one of a
// namespace of users. False where the host does not permit it: then all is as it was, or the network is empty and its
// sockets keep what the host's do.
bool widen_wire();

// What the harness has to say about the wires of this host; nothing when they are wide.
std::optional<std::string> note_on_wires();

} // namespace bench
