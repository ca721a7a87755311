// The vDSO's functions: ordinary calls on the program's own stack, which read the time-stamp counter and the kernel's
// info pages and never leave user mode. Clocks they do not know, they ask the dispatcher for.
#include "libos-hpc/linux/time.hpp"
#include "libos-hpc/vdso/vdso.hpp"
#include "libos/time/clock.hpp"
#include "libos/upcall/vcore.hpp"

extern "C" {
extern const char exo_vdso_image[];
long exo_vdso_clock_gettime(int clock, exo::linux_abi::Timespec* time);
long exo_vdso_clock_getres(int clock, exo::linux_abi::Timespec* resolution);
long exo_vdso_gettimeofday(exo::linux_abi::Timeval* time, void* zone);
long exo_vdso_time(long* seconds);
long exo_vdso_getcpu(unsigned* processor, unsigned* node, void* cache);
}

namespace exo::hpc {

const void* vdso_image() {
    return exo_vdso_image;
}

} // namespace exo::hpc

namespace {

using namespace exo;
using namespace exo::linux_abi;

constexpr std::uint64_t ns_per_second = nanoseconds_per_second, ns_per_us = 1000;
constexpr long call_clock_gettime = 228, call_clock_getres = 229;

long system_call(long number, long first, void* second) {
    long result;
    // Safe: a Linux system call like the program's own; it is reflected to the dispatcher.
    asm volatile("syscall" : "=a"(result) : "a"(number), "D"(first), "S"(second) : "rcx", "r11", "memory");
    return result;
}

} // namespace

long exo_vdso_clock_gettime(int clock, exo::linux_abi::Timespec* time) {
    std::uint64_t now;
    switch (clock) {
    case clock_id::monotonic:
    case clock_id::monotonic_raw:
    case clock_id::monotonic_coarse:
    case clock_id::boottime:
        now = monotonic_ns();
        break;
    case clock_id::realtime:
    case clock_id::realtime_coarse:
        now = realtime_ns();
        break;
    default:
        return system_call(call_clock_gettime, clock, time);
    }
    time->seconds = static_cast<std::int64_t>(now / ns_per_second);
    time->nanoseconds = static_cast<std::int64_t>(now % ns_per_second);
    return 0;
}

long exo_vdso_clock_getres(int clock, exo::linux_abi::Timespec* resolution) {
    return system_call(call_clock_getres, clock, resolution);
}

long exo_vdso_gettimeofday(exo::linux_abi::Timeval* time, void* zone) {
    if (time) {
        std::uint64_t now = realtime_ns();
        time->seconds = static_cast<std::int64_t>(now / ns_per_second);
        time->microseconds = static_cast<std::int64_t>(now % ns_per_second / ns_per_us);
    }
    if (zone)
        *static_cast<std::uint64_t*>(zone) = 0;
    return 0;
}

long exo_vdso_time(long* seconds) {
    auto now = static_cast<long>(realtime_ns() / ns_per_second);
    if (seconds)
        *seconds = now;
    return now;
}

long exo_vdso_getcpu(unsigned* processor, unsigned* node, void*) {
    if (processor)
        *processor = static_cast<unsigned>(this_vcore_index());
    if (node)
        *node = 0;
    return 0;
}
