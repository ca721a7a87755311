// Interface: deadline.hpp.
#include "libos-hpc/time/deadline.hpp"

#include "libos-hpc/fs/wall_clock.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc {

using linux_abi::nanoseconds_per_second;

std::uint64_t nanoseconds_of(const linux_abi::Timespec& time) {
    constexpr std::int64_t seconds_max = 0x7fff'ffff'ffff'ffff / nanoseconds_per_second - 1;
    if (time.seconds > seconds_max)
        return ~0ull;
    return static_cast<std::uint64_t>(time.seconds * nanoseconds_per_second + time.nanoseconds);
}

linux_abi::Timespec timespec_of(std::uint64_t nanoseconds) {
    constexpr auto second = static_cast<std::uint64_t>(nanoseconds_per_second);
    return {static_cast<std::int64_t>(nanoseconds / second), static_cast<std::int64_t>(nanoseconds % second)};
}

std::uint64_t deadline_after(const linux_abi::Timespec& time) {
    return deadline_in_ns(nanoseconds_of(time));
}
std::uint64_t deadline_at_monotonic(const linux_abi::Timespec& time) {
    return deadline_at_monotonic_ns(nanoseconds_of(time));
}
std::uint64_t deadline_at_realtime(const linux_abi::Timespec& time) {
    return deadline_at_realtime_ns(nanoseconds_of(time));
}

linux_abi::Timespec wall_clock() {
    return timespec_of(realtime_ns());
}

} // namespace exo::hpc
