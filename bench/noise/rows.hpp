// The noise bench as data. What the probes do: suite.hpp. The goal is nothing at all,
// counted by the system itself; times are reported beside it.
#pragma once

#include "bench/harness/definition.hpp"

namespace bench {

namespace noise {

inline constexpr std::string_view counter_bias = "none: a count of events, not a time";
inline constexpr std::string_view host_bias =
    "TCG runs a core as a host thread: the host's own preemptions appear in every system alike and hide small detours; "
    "the instruction count is free of them";
inline constexpr Goal nothing{.ours_at_most = 0};

inline constexpr RowDefinition rows[] = {
    {.name = "interrupts",
     .unit = "count",
     .goal_text = "0 in 10^9 instructions",
     .goal = nothing,
     .bias = counter_bias,
     .zero_is_valid = true},
    {.name = "kernel_entries",
     .unit = "count",
     .goal_text = "0 in 10^9 instructions",
     .goal = nothing,
     .bias = counter_bias,
     .zero_is_valid = true},
    {.name = "fwq_quantum", .unit = "cycles", .goal_text = "reported", .bias = host_bias, .counted = true},
    {.name = "fwq_excess",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = host_bias,
     .counted = true,
     .zero_is_valid = true},
    {.name = "fwq_worst",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = host_bias,
     .counted = true,
     .zero_is_valid = true},
    {.name = "selfish_detours", .unit = "count", .goal_text = "reported", .bias = host_bias, .zero_is_valid = true},
    {.name = "selfish_share", .unit = "ppm", .goal_text = "reported", .bias = host_bias, .zero_is_valid = true},
    {.name = "selfish_longest",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = host_bias,
     .counted = true,
     .zero_is_valid = true},
};

inline constexpr Job jobs[] = {
    {.linux_program = "bench/linux/noise", .exo_program = "bench/exo/noise", .isolated_core = true, .timeout_s = 180},
};

} // namespace noise

inline constexpr BenchDefinition noise_bench{
    .name = "noise",
    .title = "Noise on a dedicated core: fixed work quanta and selfish detour",
    .jobs = noise::jobs,
    .rows = noise::rows,
};

} // namespace bench
