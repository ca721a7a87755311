// Wall clock and monotonic clock from the kit; CPU time from its accounting. Interface: clocks.hpp.
#include "libos-hpc/time/clocks.hpp"

#include "libos-hpc/system/usage.hpp"
#include "libos-hpc/thread/task.hpp"
#include "libos/time/clock.hpp"

namespace exo::hpc {
namespace {

// Negative numbers name the CPU clock of a process or thread: its number, inverted, above three bits of kind.
constexpr std::int32_t kind_bits = 3, kind_mask = 7, kind_scheduled = 2, kind_thread = 4;

Outcome<std::uint64_t> read_cpu_clock(std::int32_t clock) {
    std::int32_t id = ~(clock >> kind_bits), kind = clock & kind_mask;
    if (kind == kind_scheduled && (id == 0 || id == process_id))
        return process_cpu_ns();
    std::uint64_t ns = 0;
    if (kind == (kind_scheduled | kind_thread)) {
        if (id == 0)
            return thread_cpu_ns();
        if (tasks().with(id, [&](Task& task) { ns = task_cpu_ns(task); }))
            return ns;
    }
    return fail(Errno::INVAL);
}

} // namespace

Outcome<std::uint64_t> read_clock(std::int32_t clock) {
    using namespace linux_abi::clock_id;
    switch (clock) {
    case realtime:
    case realtime_coarse:
    case realtime_alarm:
    case tai:
        return realtime_ns();
    case monotonic:
    case monotonic_raw:
    case monotonic_coarse:
    case boottime:
    case boottime_alarm:
        return monotonic_ns();
    case process_cpu:
        return process_cpu_ns();
    case thread_cpu:
        return thread_cpu_ns();
    default:
        return clock < 0 ? read_cpu_clock(clock) : fail(Errno::INVAL);
    }
}

} // namespace exo::hpc
