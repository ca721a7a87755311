// How often the first core of a native program entered the kernel, as the kernel counts it in a page that is read
// without entering it.
#pragma once

#include "bench/exo/program.hpp"
#include "secure-bindings/abi/info.hpp"

namespace bench {

inline std::uint64_t kernel_entries() {
    // Safe: mapped read only in every environment.
    const auto* const counters = reinterpret_cast<const volatile exo::CoreCounters*>(exo::info_counters);
    const volatile exo::CoreCounters& core = counters[exo::start_info().vcore_core[0]];
    return core.timer_interrupts + core.device_interrupts + core.ipis + core.calls + core.reflections + core.exceptions;
}

// Ends the program unless a call is seen in the kernel's counters: else they would prove nothing.
inline void require_kernel_entries_count() {
    const std::uint64_t entries = kernel_entries();
    print("all is open\n"); // a call
    require(kernel_entries() != entries, "seeing a call in the kernel's counters");
}

} // namespace bench
