// The texts of /proc and /sys files (proc(5)), made from plain facts. Pure.
#pragma once

#include "libos-hpc/object/text.hpp"
#include "libos-hpc/proc/machine_view.hpp"

namespace exo::hpc {

void write_cpuinfo(Text& text, const ProcessorView& processor, std::size_t count);
void write_meminfo(Text& text, const MemoryView& memory);
void write_mapping(Text& text, const MappingView& mapping); // one line of maps
void write_status(Text& text, const ProcessView& process);
void write_process_stat(Text& text, const ProcessView& process);
void write_statm(Text& text, const ProcessView& process);
void write_machine_stat(Text& text, std::size_t processors, std::uint64_t user_ticks, std::uint64_t boot_seconds);
void write_uptime(Text& text, std::uint64_t centiseconds);
// "0-3", "0", "0,2-3": a list of the bits that are set.
void write_cpu_list(Text& text, std::uint64_t mask);
// The same as a hexadecimal mask.
void write_cpu_mask(Text& text, std::uint64_t mask);

} // namespace exo::hpc
