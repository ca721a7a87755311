// The store bench as data: one NVMe controller over an image in the host's files, whose flushes reach the host's disk.
// What the rows mean: README.md, which says what the peers are, too.
#pragma once

#include "bench/harness/definition.hpp"

namespace bench {

namespace store {

inline constexpr std::string_view bias =
    "the host's disk, which all wait for, brings systems closer together; TCG makes interrupts and system calls dear, "
    "which flatters whoever polls";

inline constexpr std::string_view append_peers[] = {"ext4", "xfs", "ext4-preallocated"};
inline constexpr PeerBound one_bounds[] = {{.peer = "ext4", .ratio_at_most = 1.0 / 2}};
inline constexpr PeerBound group_bounds[] = {{.peer = "ext4", .ratio_at_most = 1.0 / 6}};

inline constexpr std::string_view file_peers[] = {"ext4", "xfs"};
inline constexpr PeerBound ahead_bounds[] = {{.peer = "ext4", .ratio_at_most = 1}};

constexpr RowDefinition file_row(std::string_view name, std::string_view peers_row = {}) {
    return {.name = name,
            .unit = "cycles",
            .goal_text = "ahead of ext4",
            .goal = {.peers = ahead_bounds},
            .bias = bias,
            .peers = file_peers,
            .peers_row = peers_row};
}

inline constexpr RowDefinition rows[] = {
    {.name = "append_256_of_1",
     .unit = "cycles",
     .goal_text = "2x ext4's rate",
     .goal = {.peers = one_bounds},
     .bias = bias,
     .peers = append_peers},
    {.name = "append_256_of_32",
     .unit = "cycles",
     .goal_text = "6x ext4's rate",
     .goal = {.peers = group_bounds},
     .bias = bias,
     .peers = append_peers},
    file_row("file_append_256_of_1", "append_256_of_1"),
    file_row("file_append_256_of_32", "append_256_of_32"),
    file_row("create_small_file"),
    file_row("overwrite_4k_fsync"),
    file_row("sqlite_mix_row"),
};

// The drive and the controller as `exo run --disk IMAGE` has them, and the processors.
inline constexpr std::string_view ext4_machine[] = {
    "-smp",    "1,maxcpus=2",
    "-drive",  "file=build/bench/store-ext4.img,format=raw,cache=writeback,discard=unmap,if=none,id=disk0",
    "-device", "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device", "nvme,bus=port1,serial=bench,drive=disk0"};
inline constexpr std::string_view xfs_machine[] = {
    "-smp",    "1,maxcpus=2",
    "-drive",  "file=build/bench/store-xfs.img,format=raw,cache=writeback,discard=unmap,if=none,id=disk0",
    "-device", "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device", "nvme,bus=port1,serial=bench,drive=disk0"};
// The fastest of the kernel's CRC32C, which both file systems use.
inline constexpr std::string_view ext4_modules[] = {"nvme", "crc32c-intel", "crc32c_generic", "ext4"};
inline constexpr std::string_view xfs_modules[] = {"nvme", "crc32c-intel", "crc32c_generic", "xfs"};
inline constexpr std::string_view exo_options[] = {"--verbose", "--manifest", "machine log", "--disk",
                                                   "build/bench/store-ours.img"};

inline constexpr std::string_view file_options[] = {"--disk", "build/bench/store-files.img"};

// The words of each program; the second of a pair is for a smoke run.
struct Words {
    std::string_view measure, smoke;
};

constexpr Job ext4_job(std::string_view peer, Words words) {
    return {.linux_program = "bench/linux/store",
            .peer = peer,
            .arguments = words.measure,
            .smoke_arguments = words.smoke,
            .counted = false,
            .timeout_s = 300,
            .linux_machine = ext4_machine,
            .linux_modules = ext4_modules,
            .linux_kernel_options = "nr_cpus=1",
            .host_command = "bench/store/image.bash ext4 build/bench/store-ext4.img"};
}
constexpr Job xfs_job(std::string_view peer, Words words) {
    Job job = ext4_job(peer, words);
    job.linux_machine = xfs_machine;
    job.linux_modules = xfs_modules;
    job.host_command = "bench/store/image.bash xfs build/bench/store-xfs.img";
    return job;
}

inline constexpr Job jobs[] = {
    {.exo_program = "bench/exo/store",
     .counted = false,
     .timeout_s = 300,
     .exo_options = exo_options,
     .host_command = "bench/store/image.bash raw build/bench/store-ours.img"},
    {.exo_program = "bench/exo/files",
     .counted = false,
     .timeout_s = 300,
     .exo_options = file_options,
     .host_command = "bench/store/image.bash ours build/bench/store-files.img"},
    ext4_job("ext4", {"ext4", "ext4 --smoke"}),
    ext4_job("ext4-preallocated", {"ext4 preallocated", "ext4 preallocated --smoke"}),
    xfs_job("xfs", {"xfs", "xfs --smoke"}),
};

} // namespace store

inline constexpr BenchDefinition store_bench{
    .name = "store", .title = "Store: durable appends, and work on files", .jobs = store::jobs, .rows = store::rows};

} // namespace bench
