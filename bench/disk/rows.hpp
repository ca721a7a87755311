// The disk bench as data: one NVMe controller over QEMU's null backend, so that nothing but the way to it is measured.
// What the rows mean: suite.hpp; what the peers are: README.md.
#pragma once

#include "bench/harness/definition.hpp"

namespace bench {

namespace disk {

inline constexpr std::string_view peers[] = {"libaio", "io_uring"};
inline constexpr PeerBound read_bounds[] = {{.peer = "io_uring", .instruction_ratio_at_most = 0.1}};
inline constexpr std::string_view bias = "none: instructions are counted";

inline constexpr RowDefinition rows[] = {
    {.name = "read_4k",
     .unit = "instructions",
     .goal_text = "1/10 of io_uring",
     .goal = {.peers = read_bounds},
     .bias = bias,
     .count_only = true,
     .peers = peers},
    {.name = "read_4k_of_32",
     .unit = "instructions",
     .goal_text = "1/10 of io_uring",
     .goal = {.peers = read_bounds},
     .bias = bias,
     .count_only = true,
     .peers = peers},
};

// The same controller on both sides, behind a root port.
inline constexpr std::string_view linux_machine[] = {
    "-drive",  "file=null-co://,file.size=1G,file.read-zeroes=on,format=raw,if=none,id=disk0",
    "-device", "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device", "nvme,bus=port1,serial=bench,drive=disk0"};
inline constexpr std::string_view linux_modules[] = {"nvme"};
inline constexpr std::string_view exo_options[] = {"--verbose", "--manifest", "machine log", "--disk",
                                                   "qemu:file=null-co://,file.size=1G,file.read-zeroes=on,format=raw"};

constexpr Job peer_job(std::string_view peer) {
    return {.linux_program = "bench/linux/disk",
            .peer = peer,
            .arguments = peer,
            .smoke_arguments = peer,
            .count_arguments = "--count",
            .linux_machine = linux_machine,
            .linux_modules = linux_modules};
}

inline constexpr Job jobs[] = {
    {.exo_program = "bench/exo/disk", .smoke_arguments = {}, .count_arguments = "--count", .exo_options = exo_options},
    peer_job("libaio"),
    peer_job("io_uring")};

} // namespace disk

inline constexpr BenchDefinition disk_bench{
    .name = "disk", .title = "Disk: instructions of a read", .jobs = disk::jobs, .rows = disk::rows};

} // namespace bench
