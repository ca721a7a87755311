// The recovery bench as data: stores that start with a disk of keys. README.md says how.
#pragma once

#include "bench/kv/rows.hpp"

namespace bench {

namespace kv {

inline constexpr std::string_view recovery_peers[] = {"linux-tuned", "redis-rewritten"};
inline constexpr PeerBound recovery_bounds[] = {{.peer = "linux-tuned", .ratio_at_most = 1.0 / 5}};

inline constexpr RowDefinition recovery_rows[] = {
    {.name = "recovery",
     .unit = "cycles",
     .goal_text = "5x redis' rate, with its file as written",
     .goal = {.peers = recovery_bounds},
     .bias = "none is known: both compute and wait for the same disk, whose file the host has in memory",
     .peers = recovery_peers},
};

inline constexpr Job recovered_load = load_job("redis recovered", "redis recovered");

// What is written meanwhile goes: each run finds the disk as it was made.
inline constexpr std::string_view our_keys_options[] = {
    "--verbose",
    "--manifest",
    "machine log",
    "--net",
    "qemu:dgram,local.type=unix,local.path={here},remote.type=unix,remote.path={there},mac=52:58:00:00:00:0{number}",
    "--ip",
    "10.99.0.{number}/24",
    "--disk",
    "qemu:file=build/bench/recovery-ours.img,format=raw,cache=writeback,discard=unmap,snapshot=on"};
constexpr std::array<std::string_view, 8> keys_machine(std::string_view drive) {
    return {"-smp",    "1,maxcpus=2",
            "-drive",  drive,
            "-device", "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
            "-device", "nvme,bus=port1,serial=bench,drive=disk0"};
}
inline constexpr auto redis_keys_machine = keys_machine(
    "file=build/bench/recovery-redis.img,format=raw,cache=writeback,discard=unmap,snapshot=on,if=none,id=disk0");
inline constexpr auto rewritten_keys_machine = keys_machine(
    "file=build/bench/recovery-rewritten.img,format=raw,cache=writeback,discard=unmap,snapshot=on,if=none,id=disk0");
inline constexpr std::string_view keys_modules[] = {"nvme", "crc32c-intel", "crc32c_generic", "ext4"};

inline constexpr unsigned keys_memory_mib = 4096; // for ten million
inline constexpr int keys_timeout_s = 1800;

constexpr Job redis_keys_job(std::string_view peer, std::span<const std::string_view> machine, std::string_view command,
                             std::string_view smoke_command) {
    return {.linux_program = "bench/linux/recover",
            .peer = peer,
            .smoke_arguments = {},
            .counted = false,
            .timeout_s = keys_timeout_s,
            .memory_mib = keys_memory_mib,
            .host_programs = redis_files,
            .linux_machine = machine,
            .linux_modules = keys_modules,
            .linux_kernel_options = "nr_cpus=1",
            .host_command = command,
            .smoke_host_command = smoke_command};
}

inline constexpr Job recovery_jobs[] = {
    {.exo_program = "libos-kv/kv",
     .smoke_arguments = {},
     .counted = false,
     .timeout_s = keys_timeout_s,
     .memory_mib = keys_memory_mib,
     .exo_options = our_keys_options,
     .host_command = "bench/kv/keys.bash ours build/bench/recovery-ours.img 1000000",
     .smoke_host_command = "bench/kv/keys.bash ours build/bench/recovery-ours.img 20000",
     .beside = &recovered_load},
    redis_keys_job({}, redis_keys_machine, "bench/kv/keys.bash redis build/bench/recovery-redis.img 1000000",
                   "bench/kv/keys.bash redis build/bench/recovery-redis.img 20000"),
    redis_keys_job("redis-rewritten", rewritten_keys_machine,
                   "bench/kv/keys.bash rewritten build/bench/recovery-rewritten.img 1000000",
                   "bench/kv/keys.bash rewritten build/bench/recovery-rewritten.img 20000"),
};

} // namespace kv

inline constexpr BenchDefinition recovery_bench{
    .name = "recovery",
    .title = "Key-value stores that start with a disk of keys (16 octets, values of 64), cycles a key; the columns of "
             "Linux are Redis with its append-only file",
    .jobs = kv::recovery_jobs,
    .rows = kv::recovery_rows,
};

} // namespace bench
