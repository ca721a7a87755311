// The network bench as data: one machine, two NICs on a hub, one thread that is client and echo. What the rows mean:
// suite.hpp; what the peers are: README.md.
#pragma once

#include "bench/harness/definition.hpp"

namespace bench {

namespace network {

inline constexpr std::string_view time_bias =
    "TCG makes interrupts, system calls and address-space switches dear, which flatters whoever polls: all but the "
    "sockets alike; QEMU's own main loop carries every packet and is most of what polling systems wait for";
inline constexpr std::string_view flood_bias =
    "QEMU's main loop moves the packets in a thread of its own: fast systems are held by it, and so closer together";
inline constexpr std::string_view count_bias = "none: instructions are counted";

inline constexpr std::string_view tcp_peers[] = {"blocking", "spinning", "vmxnet3-spinning"};
inline constexpr std::string_view all_peers[] = {"blocking",  "spinning",         "packet", "xdp",        "dpdk",
                                                 "dpdk-bare", "vmxnet3-spinning", "floor",  "floor-iommu"};

inline constexpr PeerBound round_trip_bounds[] = {{.peer = "blocking", .ratio_at_most = 0.1},
                                                  {.peer = "spinning", .ratio_at_most = 0.2},
                                                  {.peer = "dpdk", .ratio_at_most = 0.9},
                                                  {.peer = "floor", .ratio_at_most = 1.05}};
inline constexpr PeerBound instruction_bounds[] = {{.peer = "blocking", .instruction_ratio_at_most = 0.1},
                                                   {.peer = "spinning", .instruction_ratio_at_most = 0.1},
                                                   {.peer = "dpdk", .instruction_ratio_at_most = 1},
                                                   {.peer = "floor", .instruction_ratio_at_most = 1.05}};
inline constexpr PeerBound flow_time_bounds[] = {{.peer = "blocking", .ratio_at_most = 0.25},
                                                 {.peer = "spinning", .ratio_at_most = 0.25}};
inline constexpr PeerBound flow_instruction_bounds[] = {{.peer = "blocking", .instruction_ratio_at_most = 0.25},
                                                        {.peer = "spinning", .instruction_ratio_at_most = 0.25}};
inline constexpr PeerBound rate_bounds[] = {{.peer = "dpdk", .ratio_at_most = 1 / 1.1}};

inline constexpr PeerBound tcp_time_bounds[] = {{.peer = "blocking", .ratio_at_most = 0.5},
                                                {.peer = "spinning", .ratio_at_most = 0.5}};

inline constexpr std::string_view echo_peers[] = {"xdp-echo"};
inline constexpr PeerBound echo_bounds[] = {{.peer = "xdp-echo", .instruction_ratio_at_most = 1}};

inline constexpr RowDefinition latency_rows[] = {
    {.name = "udp_round_trip",
     .unit = "cycles",
     .goal_text = "0.1x blocking, 0.2x spinning, 0.9x dpdk, 1.05x floor",
     .goal = {.peers = round_trip_bounds},
     .bias = time_bias,
     .peers = all_peers},
    {.name = "udp_round_trip_p99", .unit = "cycles", .goal_text = "reported", .bias = time_bias, .peers = all_peers},
    {.name = "udp_round_trip_least", .unit = "cycles", .goal_text = "reported", .bias = time_bias, .peers = all_peers},
    {.name = "udp_send_receive",
     .unit = "instructions",
     .goal_text = "1/10 of sockets, at most dpdk's, 1.05x floor",
     .goal = {.peers = instruction_bounds},
     .bias = count_bias,
     .count_only = true,
     .peers = all_peers},
    {.name = "udp_kernel_entries",
     .unit = "count",
     .goal_text = "0 in all round trips",
     .goal = {.ours_at_most = 0},
     .bias = "none: a count of events, not a time",
     .zero_is_valid = true,
     .ours_only = true},
    {.name = "flow_round_trip",
     .unit = "cycles",
     .goal_text = "0.25x sockets",
     .goal = {.peers = flow_time_bounds},
     .bias = time_bias,
     .peers = all_peers,
     .peers_row = "udp_round_trip"},
    {.name = "flow_round_trip_p99",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = time_bias,
     .peers = all_peers,
     .peers_row = "udp_round_trip_p99"},
    {.name = "flow_send_receive",
     .unit = "instructions",
     .goal_text = "1/4 of sockets",
     .goal = {.peers = flow_instruction_bounds},
     .bias = count_bias,
     .count_only = true,
     .peers = all_peers,
     .peers_row = "udp_send_receive"},
    {.name = "tcp_round_trip",
     .unit = "cycles",
     .goal_text = "0.5x sockets",
     .goal = {.peers = tcp_time_bounds},
     .bias = time_bias,
     .peers = tcp_peers},
    {.name = "tcp_round_trip_p99", .unit = "cycles", .goal_text = "reported", .bias = time_bias, .peers = tcp_peers},
    {.name = "tcp_send_receive",
     .unit = "instructions",
     .goal_text = "reported",
     .bias = count_bias,
     .count_only = true,
     .peers = tcp_peers},
    {.name = "handler_round_trip", .unit = "cycles", .goal_text = "reported", .bias = time_bias, .peers = echo_peers},
    {.name = "handler_round_trip_p99",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = time_bias,
     .peers = echo_peers},
    {.name = "handler_exchange",
     .unit = "instructions",
     .goal_text = "at most XDP's",
     .goal = {.peers = echo_bounds},
     .bias = count_bias,
     .count_only = true,
     .peers = echo_peers},
};

inline constexpr RowDefinition rate_rows[] = {
    {.name = "udp_small_packet",
     .unit = "cycles",
     .goal_text = "1.1x dpdk's rate",
     .goal = {.peers = rate_bounds},
     .bias = flood_bias,
     .peers = all_peers},
    {.name = "udp_large_packet", .unit = "cycles", .goal_text = "reported", .bias = flood_bias, .peers = all_peers},
    {.name = "flow_small_packet",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = flood_bias,
     .peers = all_peers,
     .peers_row = "udp_small_packet"},
    {.name = "flow_large_packet",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = flood_bias,
     .peers = all_peers,
     .peers_row = "udp_large_packet"},
    {.name = "tcp_stream_kib",
     .unit = "cycles",
     .goal_text = "0.5x sockets",
     .goal = {.peers = tcp_time_bounds},
     .bias = flood_bias,
     .peers = tcp_peers},
};

// Every NIC behind a root port of its own, as `exo run` has it; two on one hub.
inline constexpr std::string_view virtio_machine[] = {
    "-netdev", "hubport,id=net0,hubid=0",
    "-netdev", "hubport,id=net1,hubid=0",
    "-device", "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device", "virtio-net-pci,bus=port1,netdev=net0,mac=52:58:00:00:00:01,disable-legacy=on,romfile=",
    "-device", "pcie-root-port,id=port2,bus=pcie.0,chassis=2",
    "-device", "virtio-net-pci,bus=port2,netdev=net1,mac=52:58:00:00:00:02,disable-legacy=on,romfile="};
inline constexpr std::string_view virtio_iommu_machine[] = {
    "-device",
    "intel-iommu,intremap=on,caching-mode=off",
    "-netdev",
    "hubport,id=net0,hubid=0",
    "-netdev",
    "hubport,id=net1,hubid=0",
    "-device",
    "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device",
    "virtio-net-pci,bus=port1,netdev=net0,mac=52:58:00:00:00:01,disable-legacy=on,iommu_platform=on,romfile=",
    "-device",
    "pcie-root-port,id=port2,bus=pcie.0,chassis=2",
    "-device",
    "virtio-net-pci,bus=port2,netdev=net1,mac=52:58:00:00:00:02,disable-legacy=on,iommu_platform=on,romfile="};
inline constexpr std::string_view vmxnet3_machine[] = {
    "-netdev", "hubport,id=net0,hubid=0",
    "-netdev", "hubport,id=net1,hubid=0",
    "-device", "pcie-root-port,id=port1,bus=pcie.0,chassis=1",
    "-device", "vmxnet3,bus=port1,netdev=net0,mac=52:58:00:00:00:01,romfile=",
    "-device", "pcie-root-port,id=port2,bus=pcie.0,chassis=2",
    "-device", "vmxnet3,bus=port2,netdev=net1,mac=52:58:00:00:00:02,romfile="};

inline constexpr std::string_view virtio_modules[] = {"virtio_pci", "virtio_net"};
inline constexpr std::string_view vmxnet3_modules[] = {"vmxnet3"};
inline constexpr std::string_view vfio_modules[] = {"vfio_iommu_type1", "vfio-pci"};
inline constexpr std::string_view uio_modules[] = {"uio_pci_generic"};

// A native program prints on the kernel's log.
inline constexpr std::string_view exo_options[] = {"--verbose", "--manifest", "machine log",  "--net",
                                                   "hub:bench", "--ip",       "10.99.0.1/24", "--net",
                                                   "hub:bench", "--ip",       "10.99.0.2/24"};

inline constexpr std::string_view exo_flow_options[] = {
    "--verbose",    "--manifest", "machine log",          "--net", "hub:bench,bind=flows", "--ip",
    "10.99.0.1/24", "--net",      "hub:bench,bind=flows", "--ip",  "10.99.0.2/24"};

// Frames beside those of the kit, for the handler.
inline constexpr std::string_view exo_handler_options[] = {
    "--verbose",      "--manifest", "machine log",          "--manifest",
    "spare 33554432", "--net",      "hub:bench,bind=flows", "--ip",
    "10.99.0.1/24",   "--net",      "hub:bench,bind=flows", "--ip",
    "10.99.0.2/24"};

// The words of each program; the second of a pair is for a smoke run.
struct Words {
    std::string_view measure, smoke;
};

constexpr Job socket_job(std::string_view peer, Words words) {
    return {.linux_program = "bench/linux/network",
            .peer = peer,
            .arguments = words.measure,
            .smoke_arguments = words.smoke,
            .count_arguments = "--count",
            .timeout_s = 300,
            .linux_machine = virtio_machine,
            .linux_modules = virtio_modules};
}

constexpr Job dpdk_job(std::string_view peer, Words words) {
    const bool behind_iommu = peer == "dpdk";
    Job job{.linux_program = "bench/linux/network-dpdk",
            .peer = peer,
            .arguments = words.measure,
            .smoke_arguments = words.smoke,
            .count_arguments = "--count",
            .timeout_s = 300,
            .linux_machine = virtio_machine,
            .linux_modules = uio_modules,
            .linux_kernel_options = "hugepages=128"};
    if (behind_iommu) {
        job.linux_machine = virtio_iommu_machine;
        job.linux_modules = vfio_modules;
        job.linux_kernel_options = "intel_iommu=on hugepages=128";
    }
    return job;
}

constexpr Job vmxnet3_job(Words words) {
    Job job = socket_job("vmxnet3-spinning", words);
    job.linux_machine = vmxnet3_machine;
    job.linux_modules = vmxnet3_modules;
    return job;
}

constexpr Job our_job(Words words) {
    return {.exo_program = "bench/exo/network",
            .arguments = words.measure,
            .smoke_arguments = words.smoke,
            .count_arguments = "--count",
            .timeout_s = 300,
            .exo_options = exo_options};
}

constexpr Job flow_job(Words words) {
    Job job = our_job(words);
    job.exo_options = exo_flow_options;
    return job;
}

constexpr Job handler_job(Words words) {
    Job job = our_job(words);
    job.exo_options = exo_handler_options;
    return job;
}

constexpr Job floor_job(std::string_view peer, Words words) {
    Job job{.bare_image = "bench/network/floor/floor.elf",
            .peer = peer,
            .arguments = words.measure,
            .smoke_arguments = words.smoke,
            .count_arguments = "--count",
            .timeout_s = 120,
            .linux_machine = virtio_iommu_machine};
    // Our driver wants the NIC to go through an IOMMU, should there be one.
    if (peer == "floor")
        job.linux_machine = std::span(virtio_iommu_machine).subspan<2>();
    return job;
}

inline constexpr Job latency_jobs[] = {
    our_job({"", "--smoke"}),
    floor_job("floor", {"", "--smoke"}),
    floor_job("floor-iommu", {"iommu", "iommu --smoke"}),
    flow_job({"flows", "flows --smoke"}),
    our_job({"tcp", "tcp --smoke"}),
    handler_job({"handler", "handler --smoke"}),
    socket_job("blocking", {"blocking", "blocking --smoke"}),
    socket_job("spinning", {"spinning", "spinning --smoke"}),
    socket_job("packet", {"packet", "packet --smoke"}),
    socket_job("xdp", {"xdp", "xdp --smoke"}),
    socket_job("xdp-echo", {"xdp-echo", "xdp-echo --smoke"}),
    vmxnet3_job({"spinning", "spinning --smoke"}),
    dpdk_job("dpdk", {"vfio", "vfio --smoke"}),
    dpdk_job("dpdk-bare", {"uio", "uio --smoke"}),
};

constexpr Job uncounted(Job job) {
    job.counted = false;
    return job;
}

inline constexpr Job rate_jobs[] = {
    uncounted(our_job({"rate", "rate --smoke"})),
    uncounted(floor_job("floor", {"rate", "rate --smoke"})),
    uncounted(floor_job("floor-iommu", {"iommu rate", "iommu rate --smoke"})),
    uncounted(flow_job({"flows rate", "flows rate --smoke"})),
    uncounted(our_job({"tcp rate", "tcp rate --smoke"})),
    uncounted(socket_job("blocking", {"blocking rate", "blocking rate --smoke"})),
    uncounted(socket_job("spinning", {"spinning rate", "spinning rate --smoke"})),
    uncounted(socket_job("packet", {"packet rate", "packet rate --smoke"})),
    uncounted(socket_job("xdp", {"xdp rate", "xdp rate --smoke"})),
    uncounted(vmxnet3_job({"spinning rate", "spinning rate --smoke"})),
    uncounted(dpdk_job("dpdk", {"vfio rate", "vfio rate --smoke"})),
    uncounted(dpdk_job("dpdk-bare", {"uio rate", "uio rate --smoke"})),
};

} // namespace network

inline constexpr BenchDefinition latency_bench{
    .name = "latency",
    .title = "A 64-byte UDP datagram there and back between two NICs of one machine",
    .jobs = network::latency_jobs,
    .rows = network::latency_rows,
};

inline constexpr BenchDefinition rate_bench{
    .name = "rate",
    .title = "UDP datagrams one way between two NICs of one machine, a packet's time",
    .jobs = network::rate_jobs,
    .rows = network::rate_rows,
};

} // namespace bench
