// One kit timer; its expiry runs masked and only sends the signal. Interface: interval_timer.hpp.
#include "libos-hpc/time/interval_timer.hpp"

#include "libos-hpc/signal/delivery.hpp"
#include "libos/thread/scheduler.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc {
namespace {

constinit SpinLock lock;
constinit Timer timer;
std::uint64_t interval_ns = 0;

IntervalState state_locked() {
    IntervalState state;
    std::uint64_t now = tsc();
    if (timer.is_set())
        state.value_ns = timer.deadline_tsc > now ? cycles_to_ns(timer.deadline_tsc - now) : 1;
    state.interval_ns = interval_ns;
    return state;
}

void expired(Timer&) {
    linux_abi::SignalInfo info{};
    info.number = linux_abi::signal::alarm;
    info.code = linux_abi::signal_code::kernel;
    (void)send_to_process(info);
    SpinGuard guard(lock);
    if (interval_ns)
        scheduler().set_timer(timer, deadline_in_ns(interval_ns));
}

} // namespace

IntervalState interval_timer() {
    SpinGuard guard(lock);
    return state_locked();
}

IntervalState set_interval_timer(const IntervalState& wanted) {
    SpinGuard guard(lock);
    IntervalState before = state_locked();
    scheduler().cancel_timer(timer);
    interval_ns = wanted.value_ns ? wanted.interval_ns : 0;
    timer.expired = expired;
    if (wanted.value_ns)
        scheduler().set_timer(timer, deadline_in_ns(wanted.value_ns));
    return before;
}

} // namespace exo::hpc
