// Linux time structures and clocks: clock_gettime(2), setitimer(2), times(2). Facts only.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::linux_abi {

inline constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;
inline constexpr std::int64_t microseconds_per_second = 1'000'000;

struct Timespec {
    std::int64_t seconds;
    std::int64_t nanoseconds;

    constexpr bool valid() const { return seconds >= 0 && nanoseconds >= 0 && nanoseconds < nanoseconds_per_second; }
};
static_assert(sizeof(Timespec) == 16);

struct Timeval {
    std::int64_t seconds;
    std::int64_t microseconds;
};
static_assert(sizeof(Timeval) == 16);

struct IntervalTimer {
    Timeval interval;
    Timeval value;
};
static_assert(sizeof(IntervalTimer) == 32);

struct IntervalTimerSpec {
    Timespec interval;
    Timespec value;
};
static_assert(sizeof(IntervalTimerSpec) == 32);

struct ProcessTimes {
    std::int64_t user;
    std::int64_t system;
    std::int64_t children_user;
    std::int64_t children_system;
};
static_assert(sizeof(ProcessTimes) == 32);
inline constexpr std::int64_t ticks_per_second = 100; // of times(2) and /proc

namespace clock_id {
inline constexpr std::int32_t realtime = 0, monotonic = 1, process_cpu = 2, thread_cpu = 3, monotonic_raw = 4,
                              realtime_coarse = 5, monotonic_coarse = 6, boottime = 7, realtime_alarm = 8,
                              boottime_alarm = 9, tai = 11;
} // namespace clock_id

inline constexpr std::uint32_t timer_absolute = 1; // TIMER_ABSTIME

namespace utime {
inline constexpr std::int64_t now = 0x3fffffff;
inline constexpr std::int64_t omit = 0x3ffffffe;
} // namespace utime

} // namespace exo::linux_abi
