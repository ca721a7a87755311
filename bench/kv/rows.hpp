// The kv bench as data: a store in one machine, the load in another beside it, the same for every store. README.md says
// how.
#pragma once

#include "bench/load/machines.hpp"

namespace bench {

namespace kv {

inline constexpr std::string_view time_bias =
    "TCG makes interrupts and system calls dear, which flatters whoever polls; QEMU's main loops carry every packet, "
    "and the load takes time of its own: both hold whoever is fast";
inline constexpr std::string_view count_note = "none: instructions, or octets, are counted";

inline constexpr std::string_view all_peers[] = {"linux-tuned", "memcached"};
inline constexpr std::string_view redis_alone[] = {"linux-tuned"};

constexpr RowDefinition rate_row(std::string_view name) {
    return {.name = name,
            .unit = "cycles",
            .goal_text = "4x redis' rate, 1/5 of the instructions",
            .goal = {.ratio_at_most = 1.0 / 4, .instruction_ratio_at_most = 1.0 / 5},
            .bias = time_bias,
            .counted = true,
            .peers = all_peers};
}
constexpr RowDefinition set_row(std::string_view name) {
    RowDefinition row = rate_row(name);
    row.goal_text = "4x redis' rate";
    row.goal = {.ratio_at_most = 1.0 / 4};
    return row;
}
constexpr RowDefinition latency_row(std::string_view name, std::string_view goal, double ratio_at_most) {
    return {.name = name,
            .unit = "cycles",
            .goal_text = goal,
            .goal = {.ratio_at_most = ratio_at_most},
            .bias = time_bias,
            .peers = all_peers};
}

inline constexpr RowDefinition rows[] = {
    rate_row("get_1"),
    latency_row("get_1_p50", "reported", no_bound),
    latency_row("get_1_p99", "at most redis'", 1),
    rate_row("get_32"),
    latency_row("get_32_p50", "reported", no_bound),
    latency_row("get_32_p99", "at most redis'", 1),
    set_row("set_1"),
    latency_row("set_1_p50", "reported", no_bound),
    latency_row("set_1_p99", "at most redis'", 1),
    set_row("set_32"),
    latency_row("set_32_p50", "reported", no_bound),
    latency_row("set_32_p99", "at most redis'", 1),
    {.name = "memory_per_key",
     .unit = "bytes",
     .goal_text = "0.6x redis'",
     .goal = {.ratio_at_most = 0.6},
     .bias = count_note,
     .peers = redis_alone},
};

constexpr Job load_job(std::string_view arguments, std::string_view smoke_arguments) {
    return {.exo_program = "bench/exo/kv-load",
            .arguments = arguments,
            .smoke_arguments = smoke_arguments,
            .count_arguments = "--count",
            .timeout_s = 580,
            .exo_options = load::load_options};
}
inline constexpr Job our_load = load_job("redis memory", "redis memory --smoke");
inline constexpr Job redis_load = load_job("redis linux memory", "redis linux memory --smoke");
inline constexpr Job memcached_load = load_job("memcached linux", "memcached linux --smoke");

inline constexpr std::string_view redis_files[] = {"/usr/bin/redis-server"};
inline constexpr std::string_view memcached_files[] = {"/usr/bin/memcached"};

constexpr Job peer_job(std::string_view peer, std::string_view server, std::span<const std::string_view> programs,
                       const Job& beside) {
    return {.linux_program = "bench/linux/serve",
            .peer = peer,
            .arguments = server,
            .smoke_arguments = server,
            .timeout_s = 600,
            .host_programs = programs,
            .linux_machine = load::server_machine,
            .linux_modules = load::server_modules,
            .linux_kernel_options = "nr_cpus=1",
            .beside = &beside};
}

inline constexpr Job jobs[] = {
    {.exo_program = "libos-kv/kv",
     .smoke_arguments = {},
     .timeout_s = 600,
     .exo_options = load::server_options,
     .beside = &our_load},
    peer_job({}, "redis", redis_files, redis_load),
    peer_job("memcached", "memcached", memcached_files, memcached_load),
};

} // namespace kv

inline constexpr BenchDefinition kv_bench{
    .name = "kv",
    .title =
        "Key-value stores: 64-octet values, 50 connections, pipelines of 1 and 32, one vcore; the columns of Linux "
        "are Redis",
    .jobs = kv::jobs,
    .rows = kv::rows,
};

} // namespace bench
