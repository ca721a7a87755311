// The boot bench as data: how soon a program runs, how much there is of the kernel, how
// little memory suffices. Numbers that no guest prints come from probes.hpp.
#pragma once

#include "bench/boot/probes.hpp"
#include "bench/harness/definition.hpp"

namespace bench {

namespace boot {

inline constexpr std::string_view size_bias = "none: a size, not a time";

inline constexpr RowDefinition rows[] = {
    {.name = "entry_to_main",
     .unit = "cycles",
     .goal_text = "at least 50x fewer instructions than Linux from entry to /init",
     .goal = {.instruction_ratio_at_most = 1.0 / 50},
     .bias =
         "Linux's boot is mostly first-run code, which TCG must translate, and device set-up, which is cheap under it; "
         "the instruction count is free of both",
     .counted = true},
    {.name = "kernel_image",
     .unit = "bytes",
     .goal_text = "at most 512 KiB",
     .goal = {.ours_at_most = 512 * 1024},
     .bias = size_bias},
    {.name = "hello_memory",
     .unit = "MiB",
     .goal_text = "at most 16 MiB",
     .goal = {.ours_at_most = 16},
     .bias = size_bias},
    {.name = "ring0_lines",
     .unit = "lines",
     .goal_text = "at most 10,000",
     .goal = {.ours_at_most = 10'000},
     .bias = size_bias,
     .ours_only = true},
};

inline constexpr Job jobs[] = {hello_job};

inline constexpr HostProbe probes[] = {
    {.row = "kernel_image", .measure = kernel_image_bytes},
    {.row = "hello_memory", .measure = smallest_memory_mib},
    {.row = "ring0_lines", .measure = ring0_code_lines},
};

} // namespace boot

inline constexpr BenchDefinition boot_bench{
    .name = "boot",
    .title = "Boot: kernel entry to main, and what it takes",
    .jobs = boot::jobs,
    .rows = boot::rows,
    .probes = boot::probes,
};

} // namespace bench
