// The web bench as data: a server of static documents in one machine, the load in another beside it. README.md says
// how.
#pragma once

#include "bench/load/machines.hpp"

namespace bench {

namespace web {

inline constexpr std::string_view time_bias =
    "TCG makes interrupts and system calls dear, which flatters whoever polls; QEMU's main loops carry every packet, "
    "and "
    "the load takes time of its own: both hold whoever is fast, the more the larger the document";

constexpr RowDefinition rate_row(std::string_view name, std::string_view goal, double ratio_at_most) {
    return {
        .name = name, .unit = "cycles", .goal_text = goal, .goal = {.ratio_at_most = ratio_at_most}, .bias = time_bias};
}
constexpr RowDefinition latency_row(std::string_view name) {
    return rate_row(name, "reported", no_bound);
}

inline constexpr RowDefinition rows[] = {
    rate_row("get_100", "4x nginx' rate", 1.0 / 4),   latency_row("get_100_p99"),
    rate_row("get_1000", "4x nginx' rate", 1.0 / 4),  latency_row("get_1000_p99"),
    rate_row("get_10000", "2x nginx' rate", 1.0 / 2), latency_row("get_10000_p99"),
    rate_row("get_100000", "reported", no_bound),     latency_row("get_100000_p99"),
};

inline constexpr std::string_view site_options[] = {
    "--verbose",
    "--manifest",
    "machine log",
    "--net",
    "qemu:dgram,local.type=unix,local.path={here},remote.type=unix,remote.path={there},mac=52:58:00:00:00:0{number}",
    "--ip",
    "10.99.0.{number}/24",
    "--disk",
    "build/bench/web/site.img",
    "--file",
    "build/bench/web/documents/key:000000000100=www/key:000000000100",
    "--file",
    "build/bench/web/documents/key:000000001000=www/key:000000001000",
    "--file",
    "build/bench/web/documents/key:000000010000=www/key:000000010000",
    "--file",
    "build/bench/web/documents/key:000000100000=www/key:000000100000"};
inline constexpr std::string_view documents[] = {
    "build/bench/web/documents/key:000000000100", "build/bench/web/documents/key:000000001000",
    "build/bench/web/documents/key:000000010000", "build/bench/web/documents/key:000000100000"};
inline constexpr std::string_view nginx_files[] = {"/usr/sbin/nginx"};

inline constexpr Job load_job = {
    .exo_program = "bench/exo/web-load", .timeout_s = 280, .exo_options = load::load_options};

inline constexpr Job jobs[] = {
    {.exo_program = "examples/libos-web",
     .arguments = "--lay-out",
     .smoke_arguments = "--lay-out",
     .counted = false,
     .timeout_s = 300,
     .exo_options = site_options,
     .beside = &load_job},
    {.linux_program = "bench/linux/serve",
     .arguments = "nginx",
     .smoke_arguments = "nginx",
     .counted = false,
     .timeout_s = 300,
     .files = documents,
     .host_programs = nginx_files,
     .linux_machine = load::server_machine,
     .linux_modules = load::server_modules,
     .linux_kernel_options = "nr_cpus=1",
     .beside = &load_job},
};

} // namespace web

inline constexpr BenchDefinition web_bench{
    .name = "web",
    .title =
        "Static documents of 100 to 100,000 octets, 50 connections that are kept, one vcore; Linux' server is nginx",
    .jobs = web::jobs,
    .rows = web::rows,
};

} // namespace bench
