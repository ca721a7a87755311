// The compute bench as data: memory bandwidth, dense and sparse linear algebra, the same
// static programs on every system. Goal: no worse than two per cent behind.
#pragma once

#include "bench/harness/definition.hpp"

namespace bench {

namespace compute {

inline constexpr std::string_view memory_bias =
    "TCG hides caches and memory bandwidth behind its own software TLB; larger pages help less than on hardware";
inline constexpr std::string_view arithmetic_bias =
    "TCG runs floating point through helper functions, whose cost dwarfs the system's; pulls towards 1";
inline constexpr std::string_view close_text = "within 2 % of Linux or faster";
inline constexpr Goal no_slower{.ratio_at_most = 1.02};
inline constexpr Goal no_less{.ratio_at_least = 0.98};

consteval RowDefinition bandwidth(std::string_view name) {
    return {.name = name,
            .unit = "MB/s",
            .better = Better::higher,
            .goal_text = close_text,
            .goal = no_less,
            .bias = memory_bias};
}

inline constexpr RowDefinition rows[] = {
    bandwidth("stream_copy"),
    bandwidth("stream_scale"),
    bandwidth("stream_add"),
    bandwidth("stream_triad"),
    {.name = "dgemm",
     .unit = "GFLOP/s",
     .better = Better::higher,
     .goal_text = close_text,
     .goal = no_less,
     .bias = arithmetic_bias},
    {.name = "cg",
     .unit = "cycles",
     .goal_text = close_text,
     .goal = no_slower,
     .bias = arithmetic_bias,
     .counted = true},
};

inline constexpr Job jobs[] = {
    {.linux_program = "bench/linux/stream", .exo_program = "bench/exo/stream", .counted = false, .timeout_s = 120},
    {.linux_program = "bench/linux/dgemm", .exo_program = "bench/exo/dgemm", .counted = false, .timeout_s = 120},
    {.linux_program = "bench/linux/cg", .exo_program = "bench/exo/cg", .timeout_s = 120},
};

} // namespace compute

inline constexpr BenchDefinition compute_bench{
    .name = "compute",
    .title = "Compute: STREAM, dense and sparse linear algebra",
    .jobs = compute::jobs,
    .rows = compute::rows,
};

} // namespace bench
