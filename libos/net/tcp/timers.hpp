// The timers of TCP: the engine's own, for connections that have something under way, and the probes of recovery.hpp.
// They run every 50 ms while there are such connections, once a second while all are quiet, and not at all without
// any. Not for users: stack.hpp.
#pragma once

#include <cstdint>

namespace exo::net {

struct TcpState;

// Time begins.
void open_timers(TcpState& state);
// Runs what is due; returns when to be called again.
std::uint64_t run_timers(void* context, std::uint64_t now);

} // namespace exo::net
