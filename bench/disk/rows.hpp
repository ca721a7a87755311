// The disk bench as data: one NVMe controller over QEMU's null backend, so that nothing but the way to it is measured.
// What the rows mean: README.md, which says what the peers are, too.
#pragma once

#include "bench/harness/definition.hpp"

namespace bench {

namespace disk {

inline constexpr std::string_view time_bias =
    "TCG makes interrupts, system calls and address-space switches dear, which flatters whoever polls; QEMU's main "
    "loop carries out every command and is most of what polling systems wait for";
inline constexpr std::string_view count_bias = "none: instructions are counted";

// The engines that keep several transfers under way; and those that instructions can be counted of.
inline constexpr std::string_view all_peers[] = {"psync", "libaio", "io_uring", "sqpoll", "floor", "floor-iommu"};
inline constexpr std::string_view deep_peers[] = {"libaio", "io_uring", "sqpoll", "floor", "floor-iommu"};
inline constexpr std::string_view counted_peers[] = {"psync", "libaio", "io_uring", "floor", "floor-iommu"};
inline constexpr std::string_view deep_counted_peers[] = {"libaio", "io_uring", "floor", "floor-iommu"};

inline constexpr double faster = 1 / 1.5; // a rate at least one and a half times theirs
inline constexpr PeerBound time_bounds[] = {{.peer = "psync", .ratio_at_most = faster},
                                            {.peer = "libaio", .ratio_at_most = faster},
                                            {.peer = "io_uring", .ratio_at_most = faster},
                                            {.peer = "sqpoll", .ratio_at_most = faster},
                                            {.peer = "floor", .ratio_at_most = 1.05}};
inline constexpr PeerBound deep_bounds[] = {{.peer = "libaio", .ratio_at_most = faster},
                                            {.peer = "io_uring", .ratio_at_most = faster},
                                            {.peer = "sqpoll", .ratio_at_most = faster},
                                            {.peer = "floor", .ratio_at_most = 1.05}};
inline constexpr PeerBound sequence_bounds[] = {{.peer = "psync", .ratio_at_most = 1},
                                                {.peer = "libaio", .ratio_at_most = 1},
                                                {.peer = "io_uring", .ratio_at_most = 1},
                                                {.peer = "sqpoll", .ratio_at_most = 1}};
inline constexpr PeerBound count_bounds[] = {{.peer = "io_uring", .instruction_ratio_at_most = 0.1},
                                             {.peer = "floor", .instruction_ratio_at_most = 1.05}};

// Of an extent, which enters the kernel once a batch.
inline constexpr PeerBound extent_time_bounds[] = {{.peer = "psync", .ratio_at_most = faster},
                                                   {.peer = "libaio", .ratio_at_most = faster},
                                                   {.peer = "io_uring", .ratio_at_most = faster},
                                                   {.peer = "sqpoll", .ratio_at_most = faster}};
inline constexpr std::span<const PeerBound> extent_deep_bounds = std::span(deep_bounds).first(3); // without the floor
inline constexpr PeerBound extent_count_bounds[] = {{.peer = "io_uring", .instruction_ratio_at_most = 0.25}};

// A copy would take a load and a store for each 8 octets.
inline constexpr double copy_instructions = 2 * 128 * 1024 / 8;

constexpr RowDefinition timed(std::string_view name, std::string_view goal_text, Goal goal,
                              std::span<const std::string_view> peers) {
    return {.name = name, .unit = "cycles", .goal_text = goal_text, .goal = goal, .bias = time_bias, .peers = peers};
}
constexpr RowDefinition counted(std::string_view name, std::string_view goal_text, Goal goal,
                                std::span<const std::string_view> peers) {
    return {.name = name,
            .unit = "instructions",
            .goal_text = goal_text,
            .goal = goal,
            .bias = count_bias,
            .count_only = true,
            .peers = peers};
}

// The peers' values of an extent's row are those of the row without "extent_".
constexpr RowDefinition of_extent(std::string_view name, RowDefinition row) {
    row.peers_row = row.name;
    row.name = name;
    return row;
}

inline constexpr std::string_view read_goal = "1.5x the rate of each engine, 1.05x floor";
inline constexpr std::string_view count_goal = "1/10 of io_uring, 1.05x floor";
inline constexpr std::string_view no_copy_goal = "no copy, which is 32,768; 1/10 of io_uring, 1.05x floor";
inline constexpr Goal no_copy = {.ours_at_most = copy_instructions / 10, .peers = count_bounds};
inline constexpr std::string_view extent_read_goal = "1.5x the rate of each engine";
inline constexpr std::string_view extent_count_goal = "1/4 of io_uring";
inline constexpr std::string_view extent_no_copy_goal = "no copy, which is 32,768; 1/4 of io_uring";
inline constexpr Goal extent_no_copy = {.ours_at_most = copy_instructions / 10, .peers = extent_count_bounds};

inline constexpr RowDefinition rows[] = {
    timed("read_4k_latency", read_goal, {.peers = time_bounds}, all_peers),
    timed("read_4k_latency_p99", "reported", {}, all_peers),
    timed("read_4k_at_32", read_goal, {.peers = deep_bounds}, deep_peers),
    timed("read_128k_kib", "ahead of each engine", {.peers = sequence_bounds}, all_peers),
    timed("write_128k_kib", "ahead of each engine", {.peers = sequence_bounds}, all_peers),
    {.name = "read_kernel_entries",
     .unit = "count",
     .goal_text = "0 in all reads one by one",
     .goal = {.ours_at_most = 0},
     .bias = "none: a count of events, not a time",
     .zero_is_valid = true,
     .ours_only = true},
    counted("read_4k", count_goal, {.peers = count_bounds}, counted_peers),
    counted("read_4k_of_32", count_goal, {.peers = count_bounds}, deep_counted_peers),
    counted("read_128k", no_copy_goal, no_copy, counted_peers),
    counted("write_128k", no_copy_goal, no_copy, counted_peers),
    of_extent("extent_read_4k_latency",
              timed("read_4k_latency", extent_read_goal, {.peers = extent_time_bounds}, all_peers)),
    of_extent("extent_read_4k_latency_p99", timed("read_4k_latency_p99", "reported", {}, all_peers)),
    of_extent("extent_read_4k_at_32",
              timed("read_4k_at_32", extent_read_goal, {.peers = extent_deep_bounds}, deep_peers)),
    of_extent("extent_read_128k_kib",
              timed("read_128k_kib", "ahead of each engine", {.peers = sequence_bounds}, all_peers)),
    of_extent("extent_write_128k_kib",
              timed("write_128k_kib", "ahead of each engine", {.peers = sequence_bounds}, all_peers)),
    {.name = "extent_read_kernel_entries",
     .unit = "count",
     .goal_text = "reported: one a read",
     .bias = "none: a count of events, not a time",
     .ours_only = true},
    of_extent("extent_read_4k", counted("read_4k", extent_count_goal, {.peers = extent_count_bounds}, counted_peers)),
    of_extent("extent_read_4k_of_32",
              counted("read_4k_of_32", extent_count_goal, {.peers = extent_count_bounds}, deep_counted_peers)),
    of_extent("extent_read_128k", counted("read_128k", extent_no_copy_goal, extent_no_copy, counted_peers)),
    of_extent("extent_write_128k", counted("write_128k", extent_no_copy_goal, extent_no_copy, counted_peers)),
};

// The same controller for all, behind a root port; `exo run` has it so, and an IOMMU.
inline constexpr std::string_view disk_machine[] = {
    "-device", "intel-iommu,intremap=on,caching-mode=off",
    "-smp",    "1,maxcpus=2",
    "-drive",  "file=null-co://,file.size=1G,file.read-zeroes=on,format=raw,if=none,id=disk0",
    "-device", "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device", "nvme,bus=port1,serial=bench,drive=disk0"};
inline constexpr std::span<const std::string_view> bare_machine = std::span(disk_machine).subspan<2>();
inline constexpr std::string_view linux_modules[] = {"nvme"};
inline constexpr std::string_view exo_options[] = {"--verbose", "--manifest", "machine log", "--disk",
                                                   "qemu:file=null-co://,file.size=1G,file.read-zeroes=on,format=raw"};

// The disk is larger than what is read: its catalogue takes a little.
inline constexpr std::string_view exo_extent_options[] = {
    "--verbose", "--manifest", "machine log", "--disk",
    "qemu-shared:file=null-co://,file.size=2G,file.read-zeroes=on,format=raw"};

// The words of each program; the second of a pair is for a smoke run.
struct Words {
    std::string_view measure, smoke;
};

constexpr Job peer_job(std::string_view peer, Words words) {
    return {.linux_program = "bench/linux/disk",
            .peer = peer,
            .arguments = words.measure,
            .smoke_arguments = words.smoke,
            .count_arguments = "--count",
            .timeout_s = 300,
            .linux_machine = bare_machine,
            .linux_modules = linux_modules,
            .linux_kernel_options = "nr_cpus=1"};
}
// A thread of the kernel that polls cannot be told from what only waits.
constexpr Job uncounted(Job job) {
    job.counted = false;
    return job;
}

constexpr Job floor_job(std::string_view peer, Words words) {
    return {.bare_image = "bench/disk/floor/floor.elf",
            .peer = peer,
            .arguments = words.measure,
            .smoke_arguments = words.smoke,
            .count_arguments = "--count",
            .linux_machine = peer == "floor" ? bare_machine : std::span<const std::string_view>(disk_machine)};
}

inline constexpr Job jobs[] = {
    {.exo_program = "bench/exo/disk",
     .count_arguments = "--count",
     .timeout_s = 300,
     .exo_options = exo_options,
     .yields = "read_ write_"},
    {.exo_program = "bench/exo/disk",
     .arguments = "extents",
     .smoke_arguments = "extents --smoke",
     .count_arguments = "--count",
     .timeout_s = 300,
     .exo_options = exo_extent_options,
     .yields = "extent_"},
    floor_job("floor", {"", "--smoke"}),
    floor_job("floor-iommu", {"iommu", "iommu --smoke"}),
    peer_job("psync", {"psync", "psync --smoke"}),
    peer_job("libaio", {"libaio", "libaio --smoke"}),
    peer_job("io_uring", {"io_uring", "io_uring --smoke"}),
    uncounted(peer_job("sqpoll", {"sqpoll", "sqpoll --smoke"})),
};

} // namespace disk

inline constexpr BenchDefinition disk_bench{
    .name = "disk", .title = "Disk: reads and writes of the raw device", .jobs = disk::jobs, .rows = disk::rows};

} // namespace bench
