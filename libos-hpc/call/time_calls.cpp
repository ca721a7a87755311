// Clocks and sleeping (clock_gettime(2), clock_nanosleep(2), gettimeofday(2), times(2)).
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/user.hpp"
#include "libos-hpc/signal/delivery.hpp"
#include "libos-hpc/system/usage.hpp"
#include "libos-hpc/time/clocks.hpp"
#include "libos-hpc/time/deadline.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc::call {
namespace {

using namespace linux_abi;

constexpr std::uint64_t ns_per_us = 1000, ns_per_second = nanoseconds_per_second;

// Until the deadline, or a signal: false then.
bool sleep_until(std::uint64_t deadline) {
    while (!thread_sleep_until(deadline)) {
        if (has_deliverable(current_task()))
            return false;
    }
    return true;
}

bool sleeps_on(std::int32_t clock) {
    return clock == clock_id::realtime || clock == clock_id::monotonic || clock == clock_id::boottime ||
           clock == clock_id::tai;
}

} // namespace

Answer clock_gettime(std::int32_t clock, User<Timespec> time) {
    auto now = read_clock(clock);
    if (!now)
        return answer(now.error());
    return time.store(timespec_of(*now)) ? 0 : answer(Errno::FAULT);
}

Answer clock_getres(std::int32_t clock, User<Timespec> resolution) {
    if (auto known = read_clock(clock); !known)
        return answer(known.error());
    return !resolution || resolution.store({0, 1}) ? 0 : answer(Errno::FAULT);
}

Answer clock_nanosleep(std::int32_t clock, std::uint32_t flags, User<Timespec> wanted, User<Timespec> remaining) {
    Timespec time;
    if (!wanted.load(time))
        return answer(Errno::FAULT);
    if (!time.valid() || !sleeps_on(clock))
        return answer(Errno::INVAL);
    bool absolute = flags & timer_absolute;
    bool wall = clock == clock_id::realtime || clock == clock_id::tai;
    std::uint64_t deadline = !absolute ? deadline_after(time)
                             : wall    ? deadline_at_realtime(time)
                                       : deadline_at_monotonic(time);
    if (sleep_until(deadline))
        return 0;
    if (!absolute && remaining) {
        std::uint64_t now = tsc();
        if (!remaining.store(timespec_of(deadline > now ? cycles_to_ns(deadline - now) : 0)))
            return answer(Errno::FAULT);
    }
    return answer(Errno::INTR);
}

Answer nanosleep(User<Timespec> wanted, User<Timespec> remaining) {
    return clock_nanosleep(clock_id::monotonic, 0, wanted, remaining);
}

Answer gettimeofday(User<Timeval> time, User<std::uint64_t> zone) {
    std::uint64_t now = realtime_ns();
    if (time && !time.store({static_cast<std::int64_t>(now / ns_per_second),
                             static_cast<std::int64_t>(now % ns_per_second / ns_per_us)}))
        return answer(Errno::FAULT);
    return !zone || zone.store(0) ? 0 : answer(Errno::FAULT);
}

Answer time(User<std::int64_t> seconds) {
    auto now = static_cast<std::int64_t>(realtime_ns() / ns_per_second);
    if (seconds && !seconds.store(now))
        return answer(Errno::FAULT);
    return now;
}

Answer times(User<ProcessTimes> buffer) {
    constexpr std::uint64_t ns_per_tick = ns_per_second / ticks_per_second;
    if (buffer && !buffer.store({static_cast<std::int64_t>(process_cpu_ns() / ns_per_tick), 0, 0, 0}))
        return answer(Errno::FAULT);
    return static_cast<Answer>(monotonic_ns() / ns_per_tick);
}

} // namespace exo::hpc::call
