// The boot bench as data: how soon a program runs, how much there is of the kernel, how
// little memory suffices. Numbers that no guest prints come from probes.hpp.
#pragma once

#include "bench/boot/probes.hpp"
#include "bench/kv/rows.hpp"

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
    {.name = "kv_connected",
     .unit = "instructions",
     .goal_text = "at least 50x fewer than Linux and redis-server",
     .goal = {.ratio_at_most = 1.0 / 50},
     .bias = "none: instructions are counted; of Linux those before its idle clock runs include early waits",
     .count_only = true},
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

// A store and its first connection, which comes from the machine beside.
constexpr Job connecting_load(std::string_view arguments) {
    return {.exo_program = "bench/exo/kv-load",
            .arguments = arguments,
            .smoke_arguments = arguments,
            .timeout_s = 180,
            .exo_options = load::load_options};
}
inline constexpr Job our_load = connecting_load("redis boot");
inline constexpr Job redis_load = connecting_load("redis linux boot");

inline constexpr Job jobs[] = {
    hello_job,
    {.exo_program = "libos-kv/kv",
     .smoke_arguments = {},
     .timed = false,
     .timeout_s = 200,
     .exo_options = load::server_options,
     .yields = "kv_connected",
     .beside = &our_load},
    {.linux_program = "bench/linux/serve",
     .arguments = "redis",
     .smoke_arguments = "redis",
     .since_kernel_entry = true,
     .timed = false,
     .timeout_s = 200,
     .host_programs = kv::redis_files,
     .linux_machine = load::server_machine,
     .linux_modules = load::server_modules,
     .linux_kernel_options = "nr_cpus=1",
     .yields = "kv_connected",
     .beside = &redis_load},
};

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
