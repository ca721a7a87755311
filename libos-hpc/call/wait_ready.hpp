// What poll, select and epoll share: looking again until something is ready, whatever it is, and the network driven
// meanwhile.
#pragma once

#include "libos-hpc/call/answer.hpp"
#include "libos-hpc/call/user.hpp"
#include "libos-hpc/file/change_counter.hpp"
#include "libos-hpc/socket/drive.hpp"
#include "libos-hpc/socket/lock.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>

namespace exo::hpc::call {

// Streams from the host cannot tell when something came, so waits are cut into pieces.
inline constexpr std::uint64_t look_again_ns = 1'000'000;

// Runs `look` until it finds something, or the deadline. Errors: INTR, and what `look` fails with.
template <typename Look>
Outcome<std::size_t> wait_until_ready(std::uint64_t deadline, Look&& look) {
    for (;;) {
        const std::uint32_t seen = any_change().seen();
        if (has_network()) {
            SocketGuard guard;
            drive_network();
        }
        Outcome<std::size_t> found = look();
        if (!found || *found || tsc() >= deadline)
            return found;
        auto waited = wait_driving(any_change(), seen, std::min(deadline, deadline_in_ns(look_again_ns)));
        if (!waited && waited.error() != Errno::TIMEDOUT)
            return fail(waited.error());
    }
}

// The signal mask that is in force while a call waits; 0: as it is. Errors: INVAL, FAULT.
Done set_waiting_mask(std::uint64_t address, std::uint64_t bytes);
// No time: no deadline. Errors: INVAL, FAULT.
Outcome<std::uint64_t> deadline_from(User<linux_abi::Timespec> timeout);
// -1: no deadline.
std::uint64_t deadline_from_ms(int timeout_ms);

} // namespace exo::hpc::call
