// A port belongs to one user at a time, so the thread that sleeps in it holds the socket lock: only a program of one
// thread does that. Threads of others look again after a short while. Interface: drive.hpp.
#include "libos-hpc/socket/drive.hpp"

#include "libos-hpc/signal/delivery.hpp"
#include "libos-hpc/socket/linger.hpp"
#include "libos-hpc/socket/lock.hpp"
#include "libos-hpc/socket/network.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos/net/ip/interface.hpp"
#include "libos/time/clock.hpp"

#include <algorithm>

namespace exo::hpc {
namespace {

constexpr std::uint64_t spin_ns = 50'000;
// A sleeper in a port does not see signals, other NICs, or what else may change.
constexpr std::uint64_t sleep_ns_max = 1'000'000;
constexpr std::uint64_t look_again_ns = 200'000;

void poll_network() {
    SocketGuard guard;
    drive_network();
}

void sleep_in_port(std::uint64_t deadline_tsc) {
    SocketGuard guard;
    net::Network& network = current_network()->network;
    if (const std::uint64_t due = network.deadline())
        deadline_tsc = std::min(deadline_tsc, due);
    if (!network.interfaces().empty())
        network.interfaces()[0]->port().sleep(deadline_tsc);
}

} // namespace

bool has_network() {
    return current_network() != nullptr;
}

void drive_network() {
    if (ProgramNetwork* const program = current_network()) {
        program->network.poll();
        (void)sweep_lingering();
    }
}

Done wait_driving(ChangeCounter& changed, std::uint32_t seen, std::uint64_t deadline_tsc) {
    if (!has_network())
        return changed.wait(seen, deadline_tsc);
    for (const std::uint64_t end = std::min(deadline_tsc, deadline_in_ns(spin_ns)); tsc() < end;) {
        poll_network();
        if (changed.seen() != seen)
            return {};
        thread_yield();
    }
    if (tsc() >= deadline_tsc)
        return fail(Errno::TIMEDOUT);
    if (tasks().count() == 1) {
        sleep_in_port(std::min(deadline_tsc, deadline_in_ns(sleep_ns_max)));
        return has_deliverable(current_task()) ? Done(fail(Errno::INTR)) : Done();
    }
    auto waited = changed.wait(seen, std::min(deadline_tsc, deadline_in_ns(look_again_ns)));
    if (!waited && waited.error() == Errno::TIMEDOUT && tsc() < deadline_tsc)
        return {};
    return waited;
}

} // namespace exo::hpc
