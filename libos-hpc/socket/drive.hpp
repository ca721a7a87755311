// Who moves packets: whoever makes a call. Nothing of a network happens between calls, and there is no hidden thread.
#pragma once

#include "libos-hpc/file/change_counter.hpp"

namespace exo::hpc {

// Lets the network take and answer what has come, if there is one. With the socket lock held.
void drive_network();
// Whether there is a network that must be driven.
bool has_network();
// As ChangeCounter::wait, driving the network meanwhile: looks for a moment, then sleeps until a frame comes, the
// counter moves or a signal arrives; other threads run. Errors: INTR, TIMEDOUT.
Done wait_driving(ChangeCounter& changed, std::uint32_t seen, std::uint64_t deadline_tsc);

} // namespace exo::hpc
