// What the processor says about itself by CPUID (Intel SDM 2A), as /proc/cpuinfo and /sys show it.
#pragma once

#include "libos-hpc/object/text.hpp"
#include "libos-hpc/proc/machine_view.hpp"

namespace exo::hpc {

// Holds the texts that a ProcessorView points to.
class Processor {
public:
    Processor();
    ProcessorView view() const;

private:
    char vendor_[13];
    char model_name_[49];
    Text flags_;
    ProcessorView view_;
};

inline constexpr unsigned caches_max = 8;
// The caches of a core, first level first; returns how many.
unsigned read_caches(CacheView (&caches)[caches_max]);

// CPUID leaf 1 edx, as AT_HWCAP.
std::uint64_t hardware_capabilities();

} // namespace exo::hpc
