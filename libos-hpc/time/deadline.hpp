// Linux times as the kit's deadlines.
#pragma once

#include "libos-hpc/linux/time.hpp"

#include <cstdint>

namespace exo::hpc {

// Nanoseconds, or the largest number when there are more. The time is valid.
std::uint64_t nanoseconds_of(const linux_abi::Timespec& time);
linux_abi::Timespec timespec_of(std::uint64_t nanoseconds);

std::uint64_t deadline_after(const linux_abi::Timespec& time);
std::uint64_t deadline_at_monotonic(const linux_abi::Timespec& time);
std::uint64_t deadline_at_realtime(const linux_abi::Timespec& time);

} // namespace exo::hpc
