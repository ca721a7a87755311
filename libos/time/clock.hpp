// Time from the time-stamp counter, which the kernel calibrated at boot. All deadlines of the kit are TSC values.
#pragma once

#include "secure-bindings/abi/info.hpp"

namespace exo {

inline std::uint64_t tsc() {
    std::uint32_t low, high;
    // Safe: no side effects; reading may move past neighbouring instructions, which nobody here depends on.
    asm volatile("rdtsc" : "=a"(low), "=d"(high));
    return (static_cast<std::uint64_t>(high) << 32) | low;
}

inline const MachineInfo& machine_info() {
    // Safe: mapped read only in every environment.
    return *reinterpret_cast<const MachineInfo*>(info_machine);
}

// A factor as a fixed-point number, so that converting needs no division.
struct Rate {
    std::uint64_t multiplier; // scaled by 2^32
    // cycles to nanoseconds or back; exact to 2^-32 and valid for any 64-bit input whose result fits.
    std::uint64_t apply(std::uint64_t value) const {
        return static_cast<std::uint64_t>((static_cast<unsigned __int128>(value) * multiplier) >> 32);
    }
};

// Reads the calibration once at start.
void open_clock();
std::uint64_t tsc_hz();
std::uint64_t cycles_to_ns(std::uint64_t cycles);
std::uint64_t ns_to_cycles(std::uint64_t ns);
// Since the kernel's first instruction.
std::uint64_t monotonic_ns();
// UTC since 1970.
std::uint64_t realtime_ns();
// What a clock page for programs needs: ns = ((tsc - origin_tsc) * multiplier) >> 32, UTC = that + realtime_offset_ns.
struct ClockRates {
    std::uint64_t origin_tsc;
    std::uint64_t multiplier;
    std::uint64_t realtime_offset_ns;
};
ClockRates clock_rates();
// The TSC value that many nanoseconds from now; no_deadline when that is beyond the counter.
std::uint64_t deadline_in_ns(std::uint64_t ns);
// The TSC value at a moment of monotonic_ns or realtime_ns; 0 when it has long passed.
std::uint64_t deadline_at_monotonic_ns(std::uint64_t ns);
std::uint64_t deadline_at_realtime_ns(std::uint64_t ns);

} // namespace exo
