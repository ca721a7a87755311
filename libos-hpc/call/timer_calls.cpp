// setitimer(2), getitimer(2) and alarm(2): the real-time timer only; the CPU-time ones are refused.
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/user.hpp"
#include "libos-hpc/time/interval_timer.hpp"
#include "libos/trace/trace.hpp"

namespace exo::hpc::call {
namespace {

using namespace linux_abi;

constexpr int timer_real = 0, timer_profile = 2;
constexpr std::uint64_t ns_per_us = 1000, ns_per_second = nanoseconds_per_second;

Timeval timeval_of(std::uint64_t ns) {
    return {static_cast<std::int64_t>(ns / ns_per_second), static_cast<std::int64_t>(ns % ns_per_second / ns_per_us)};
}

bool valid(const Timeval& time) {
    constexpr std::int64_t seconds_max = 1'000'000'000;
    return time.seconds >= 0 && time.seconds <= seconds_max && time.microseconds >= 0 &&
           time.microseconds < microseconds_per_second;
}

std::uint64_t ns_of(const Timeval& time) {
    return static_cast<std::uint64_t>(time.seconds) * ns_per_second +
           static_cast<std::uint64_t>(time.microseconds) * ns_per_us;
}

IntervalTimer timer_of(const IntervalState& state) {
    return {timeval_of(state.interval_ns), timeval_of(state.value_ns)};
}

// 0 when it is the timer there is.
Answer check_timer(int which) {
    if (which < timer_real || which > timer_profile)
        return answer(Errno::INVAL);
    if (which == timer_real)
        return 0;
    trace_missing("setitimer", static_cast<std::uint64_t>(which));
    return answer(Errno::NOSYS);
}

} // namespace

Answer getitimer(int which, User<IntervalTimer> value) {
    if (Answer refused = check_timer(which))
        return refused;
    return value.store(timer_of(interval_timer())) ? 0 : answer(Errno::FAULT);
}

Answer setitimer(int which, User<IntervalTimer> wanted, User<IntervalTimer> before) {
    if (Answer refused = check_timer(which))
        return refused;
    IntervalTimer timer{};
    if (wanted && !wanted.load(timer))
        return answer(Errno::FAULT);
    if (!valid(timer.value) || !valid(timer.interval))
        return answer(Errno::INVAL);
    IntervalState old = set_interval_timer({ns_of(timer.value), ns_of(timer.interval)});
    return !before || before.store(timer_of(old)) ? 0 : answer(Errno::FAULT);
}

Answer alarm(std::uint32_t seconds) {
    IntervalState old = set_interval_timer({seconds * ns_per_second, 0});
    return static_cast<Answer>((old.value_ns + ns_per_second - 1) / ns_per_second);
}

} // namespace exo::hpc::call
