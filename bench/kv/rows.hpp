// The kv bench as data: a store in one machine, the load in another beside it, the same for every store. README.md says
// how.
#pragma once

#include "bench/load/machines.hpp"

namespace bench {

namespace kv {

inline constexpr std::string_view time_bias =
    "TCG makes interrupts and system calls dear, which flatters whoever polls; QEMU's main loops carry every packet, "
    "and the load takes time of its own: both hold whoever is fast";
inline constexpr std::string_view disk_bias =
    "the host's disk, which all wait for, brings systems closer together; otherwise as of get_1";
inline constexpr std::string_view vcores_bias =
    "both vCPUs are threads of one CPU of the host: a request that goes to the other one waits for its scheduler, and "
    "so does its reply; TCG makes the interrupt that wakes it dear; a pipeline shares both among its requests";
inline constexpr std::string_view own_bias =
    "the other vCPU looks for work for a while after each of its turns, on the same CPU of the host";
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
constexpr RowDefinition redis_latency_row(std::string_view name, std::string_view goal, double ratio_at_most) {
    RowDefinition row = latency_row(name, goal, ratio_at_most);
    row.peers = redis_alone;
    return row;
}

// Every reply means that what it tells of is on the disk.
constexpr RowDefinition always_row(std::string_view name) {
    return {.name = name,
            .unit = "cycles",
            .goal_text = "6x redis' rate",
            .goal = {.ratio_at_most = 1.0 / 6},
            .bias = disk_bias,
            .peers = redis_alone};
}
constexpr RowDefinition always_latency_row(std::string_view name, std::string_view goal, double ratio_at_most) {
    RowDefinition row = redis_latency_row(name, goal, ratio_at_most);
    row.bias = disk_bias;
    return row;
}

// Of a store on two vcores, whose keys the connections' own vcore has, or the other one.
constexpr RowDefinition vcores_row(std::string_view name, std::string_view bias) {
    return {.name = name, .unit = "cycles", .goal_text = "reported", .bias = bias, .ours_only = true};
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
    {.name = "get_16k",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = time_bias,
     .counted = true,
     .peers = redis_alone},
    redis_latency_row("get_16k_p50", "reported", no_bound),
    redis_latency_row("get_16k_p99", "at most redis'", 1),
    always_row("set_always"),
    always_latency_row("set_always_p50", "reported", no_bound),
    always_latency_row("set_always_p99", "at most redis'", 1),
    always_row("set_always_32"),
    always_latency_row("set_always_32_p50", "reported", no_bound),
    always_latency_row("set_always_32_p99", "at most redis'", 1),
    vcores_row("vcores_get_own_1", own_bias),
    vcores_row("vcores_get_own_1_p50", own_bias),
    vcores_row("vcores_get_own_1_p99", own_bias),
    vcores_row("vcores_get_own_32", own_bias),
    vcores_row("vcores_get_own_32_p50", own_bias),
    vcores_row("vcores_get_own_32_p99", own_bias),
    vcores_row("vcores_get_other_1", vcores_bias),
    vcores_row("vcores_get_other_1_p50", vcores_bias),
    vcores_row("vcores_get_other_1_p99", vcores_bias),
    vcores_row("vcores_get_other_32", vcores_bias),
    vcores_row("vcores_get_other_32_p50", vcores_bias),
    vcores_row("vcores_get_other_32_p99", vcores_bias),
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
inline constexpr Job our_load = load_job("redis", "redis --smoke");
inline constexpr Job redis_load = load_job("redis linux", "redis linux --smoke");
inline constexpr Job memory_load = load_job("redis memory", "redis memory --smoke");
inline constexpr Job vcores_load = load_job("redis vcores", "redis vcores --smoke");
inline constexpr Job always_load = load_job("redis always", "redis always --smoke");
inline constexpr Job memcached_load = load_job("memcached linux", "memcached linux --smoke");

// What rows' names begin with: of requests, of those to several vcores, of keys in memory, and of stores that keep each
// acknowledged SET on a disk.
inline constexpr std::string_view request_rows = "get_ set_1 set_32", vcores_rows = "vcores_", memory_rows = "memory_",
                                  always_rows = "set_always";

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

// The drive and the controller as `exo run --disk IMAGE` has them, beside the NIC.
inline constexpr auto always_machine = [] {
    constexpr std::string_view disk[] = {
        "-drive",  "file=build/bench/kv-redis.img,format=raw,cache=writeback,discard=unmap,if=none,id=disk0",
        "-device", "pcie-root-port,id=port2,bus=pcie.0,chassis=2",
        "-device", "nvme,bus=port2,serial=bench,drive=disk0"};
    return load::joined<std::size(network::pair_virtio_machine), std::size(disk)>(network::pair_virtio_machine, disk);
}();
inline constexpr std::string_view always_modules[] = {"virtio_pci",   "virtio_net",     "nvme",
                                                      "crc32c-intel", "crc32c_generic", "ext4"};
inline constexpr std::string_view our_disk[] = {"--disk", "build/bench/kv-ours.img"};
inline constexpr auto our_always_options =
    load::joined<std::size(network::pair_exo_options), std::size(our_disk)>(network::pair_exo_options, our_disk);

constexpr Job redis_always_job() {
    Job job = peer_job({}, "redis-always", redis_files, always_load);
    job.counted = false;
    job.linux_machine = always_machine;
    job.linux_modules = always_modules;
    job.host_command = "bench/store/image.bash ext4 build/bench/kv-redis.img";
    job.yields = always_rows;
    return job;
}
constexpr Job only(Job job, std::string_view yields) {
    job.yields = yields;
    return job;
}
constexpr Job memory_only(Job job) {
    job.counted = false;
    job.runs_at_most = 3;
    return only(job, memory_rows);
}
constexpr Job our_job(const Job& beside) {
    return {.exo_program = "libos-kv/kv",
            .smoke_arguments = {},
            .timeout_s = 600,
            .exo_options = load::server_options,
            .beside = &beside};
}

inline constexpr std::string_view two_vcores[] = {"--vcores", "2"};
inline constexpr auto vcores_options =
    load::joined<std::size(network::pair_exo_options), std::size(two_vcores)>(network::pair_exo_options, two_vcores);
constexpr Job our_vcores_job() {
    Job job = our_job(vcores_load);
    job.exo_options = vcores_options;
    job.counted = false; // that is for machines of one vcore
    return only(job, vcores_rows);
}

inline constexpr Job jobs[] = {
    only(our_job(our_load), request_rows),
    only(peer_job({}, "redis", redis_files, redis_load), request_rows),
    only(peer_job("memcached", "memcached", memcached_files, memcached_load), request_rows),
    our_vcores_job(),
    memory_only(our_job(memory_load)),
    memory_only(peer_job({}, "redis", redis_files, memory_load)),
    {.exo_program = "libos-kv/kv",
     .arguments = "--durability always",
     .smoke_arguments = "--durability always",
     .counted = false,
     .timeout_s = 600,
     .exo_options = our_always_options,
     .host_command = "bench/store/image.bash blank build/bench/kv-ours.img",
     .yields = always_rows,
     .beside = &always_load},
    redis_always_job(),
};

} // namespace kv

inline constexpr BenchDefinition kv_bench{
    .name = "kv",
    .title = "Key-value stores: 64-octet values, 50 connections, pipelines of 1 and 32, one vcore but where rows name "
             "several; the columns of Linux are Redis",
    .jobs = kv::jobs,
    .rows = kv::rows,
};

} // namespace bench
