// How often the kernel was entered, as it counts in a page that is read without entering it.
#pragma once

#include "libos/time/clock.hpp"

namespace lab {

struct KernelEntries {
    std::uint64_t calls = 0, exceptions = 0, device_interrupts = 0, others = 0;
    bool operator==(const KernelEntries&) const = default;
};

// Of all cores.
inline KernelEntries kernel_entries() {
    KernelEntries sum;
    for (std::uint64_t core = 0; core < exo::machine_info().core_count; ++core) {
        // Safe: the counters are mapped read only in every environment; the kernel counts while we look.
        const volatile exo::CoreCounters& counters =
            reinterpret_cast<const volatile exo::CoreCounters*>(exo::info_counters)[core];
        sum.calls += counters.calls;
        sum.exceptions += counters.exceptions;
        sum.device_interrupts += counters.device_interrupts;
        sum.others +=
            counters.reflections + counters.timer_interrupts + counters.ipis + counters.upcalls + counters.switches;
    }
    return sum;
}

} // namespace lab
