// See clock.hpp. Rates are computed once; conversions are one multiplication.
#include "libos/time/clock.hpp"

#include "libos/thread/timer_heap.hpp"

namespace exo {

namespace {

constexpr std::uint64_t ns_per_second = 1'000'000'000;

std::uint64_t hz = 1;
Rate to_ns, to_cycles;
std::uint64_t origin_tsc;            // the kernel's first instruction
std::uint64_t realtime_at_origin_ns; // UTC then

// a * 2^32 / b for a and b whose quotient fits. In two steps of 64-bit division, since there is no 128-bit one here.
std::uint64_t ratio(std::uint64_t a, std::uint64_t b) {
    const std::uint64_t whole = a / b, rest = a % b;
    return (whole << 32) + ((rest << 32) / b); // rest < b < 2^32 at any clock below 4.29 GHz and for nanoseconds
}

} // namespace

void open_clock() {
    const MachineInfo& machine = machine_info();
    hz = machine.tsc_hz;
    // Kilohertz against microseconds keep both sides below 2^32 without losing digits that matter.
    to_ns = {ratio(ns_per_second / 1000, hz / 1000)};
    to_cycles = {ratio(hz / 1000, ns_per_second / 1000)};
    origin_tsc = machine.kernel_entry_tsc;
    realtime_at_origin_ns =
        machine.boot_epoch_seconds * ns_per_second - to_ns.apply(machine.boot_epoch_tsc - origin_tsc);
}

std::uint64_t tsc_hz() {
    return hz;
}
std::uint64_t cycles_to_ns(std::uint64_t cycles) {
    return to_ns.apply(cycles);
}
std::uint64_t ns_to_cycles(std::uint64_t ns) {
    return to_cycles.apply(ns);
}
std::uint64_t monotonic_ns() {
    return to_ns.apply(tsc() - origin_tsc);
}
std::uint64_t realtime_ns() {
    return realtime_at_origin_ns + monotonic_ns();
}
ClockRates clock_rates() {
    return {origin_tsc, to_ns.multiplier, realtime_at_origin_ns};
}

std::uint64_t deadline_in_ns(std::uint64_t ns) {
    const std::uint64_t now = tsc();
    // Beyond half a century at 5 GHz nobody waits.
    if (ns >= (1ull << 60) || ns_to_cycles(ns) > no_deadline - 1 - now)
        return no_deadline;
    return now + ns_to_cycles(ns);
}

std::uint64_t deadline_at_monotonic_ns(std::uint64_t ns) {
    if (ns >= (1ull << 60))
        return no_deadline;
    return origin_tsc + ns_to_cycles(ns);
}

std::uint64_t deadline_at_realtime_ns(std::uint64_t ns) {
    return ns <= realtime_at_origin_ns ? 0 : deadline_at_monotonic_ns(ns - realtime_at_origin_ns);
}

} // namespace exo
