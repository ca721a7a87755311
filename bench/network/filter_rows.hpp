// The filter bench as data: what demultiplexing, filters, verifying and copying execute. Counted only: ours, since no
// peer shows these parts by themselves.
#pragma once

#include "bench/harness/definition.hpp"

namespace bench {

namespace network {

inline constexpr std::string_view bare_count_bias =
    "none: instructions are counted, of the kernel's objects by themselves";
inline constexpr std::string_view page_count_bias =
    "none: instructions are counted; entering the kernel and one of the TLB's flushes are shared by the batch";

constexpr RowDefinition count_row(std::string_view name, std::string_view goal_text, Goal goal = {},
                                  std::string_view bias = bare_count_bias) {
    return {.name = name,
            .unit = "instructions",
            .goal_text = goal_text,
            .goal = goal,
            .bias = bias,
            .ours_only = true,
            .count_only = true};
}

inline constexpr Goal lookup_goal{.ours_at_most = 60};

inline constexpr RowDefinition filter_rows[] = {
    count_row("lookup_1", "at most 60", lookup_goal),
    count_row("lookup_10", "at most 60", lookup_goal),
    count_row("lookup_100", "at most 60", lookup_goal),
    count_row("lookup_1000", "at most 60", lookup_goal),
    count_row("filter_interpreted", "reported"),
    count_row("filter_compiled", "reported"),
    {.name = "filter_compiled_part",
     .unit = "ratio",
     .goal_text = "1/8 of interpreted",
     .goal = {.ours_at_most = 0.125},
     .bias = bare_count_bias,
     .ours_only = true,
     .count_only = true},
    count_row("verify_begin", "reported"),
    count_row("verify_call", "reported"),
    count_row("verify_all", "reported"),
    {.name = "verify_calls",
     .unit = "count",
     .goal_text = "reported",
     .bias = bare_count_bias,
     .ours_only = true,
     .count_only = true},
    count_row("copy_64", "reported"),
    count_row("copy_1400", "reported"),
    count_row("exchange_page", "reported", {}, page_count_bias),
    count_row("exchange_dma", "reported", {}, page_count_bias),
};

inline constexpr std::string_view exchange_options[] = {"--verbose",  "--manifest",     "machine create log",
                                                        "--manifest", "spare 33554432", "--net",
                                                        "hub:bench",  "--ip",           "10.99.0.1/24"};

inline constexpr Job filter_jobs[] = {
    {.bare_image = "bench/network/filter/filter.elf", .peer = "ours", .smoke_arguments = {}, .timed = false},
    {.exo_program = "bench/exo/exchange", .smoke_arguments = {}, .timed = false, .exo_options = exchange_options},
};

} // namespace network

inline constexpr BenchDefinition filter_bench{
    .name = "filter",
    .title = "Demultiplexing, packet programs, and copying against exchanging pages",
    .jobs = network::filter_jobs,
    .rows = network::filter_rows,
};

} // namespace bench
