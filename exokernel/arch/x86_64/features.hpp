// What this processor offers of what the kernel can use, and turning it on, core by core.
#pragma once

#include <cstdint>

namespace exo {

struct Features {
    bool smep, smap, umip, pcid, fsgsbase, x2apic, huge_pages, xsave, hypervisor;
    std::uint64_t xcr0;        // x87, SSE, AVX, AVX-512 as far as there
    std::uint32_t xsave_bytes; // standard format
};
extern Features features;

// On the first core: finds out; on every core: turns on.
void features_detect();
void features_enable();

} // namespace exo
