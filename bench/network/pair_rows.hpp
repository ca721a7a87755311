// The latency and rate benches on two machines as data: the client in one, the other end in the other, the same system
// in both, a wire of QEMU's between them.
#pragma once

#include "bench/network/bounds.hpp"
#include "bench/network/jobs.hpp"

namespace bench {

namespace network {

inline constexpr std::string_view pair_bias =
    "two main loops of QEMU carry every packet, and each shares a CPU with the core it serves, which flatters whoever "
    "sleeps: a core that polls is preempted by the loop, one that waits for an interrupt is not";

inline constexpr std::string_view pair_peers[] = {"blocking",  "spinning", "vmxnet3-spinning", "dpdk",
                                                  "dpdk-bare", "floor",    "floor-iommu"};

inline constexpr RowDefinition pair_rows[] = {
    {.name = "pair_udp_round_trip",
     .unit = "cycles",
     .goal_text = "0.1x blocking, 0.2x spinning, 0.9x dpdk, 1.05x floor",
     .goal = {.peers = round_trip_bounds},
     .bias = pair_bias,
     .peers = pair_peers},
    {.name = "pair_udp_round_trip_p99",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = pair_bias,
     .peers = pair_peers},
    {.name = "pair_udp_round_trip_least",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = pair_bias,
     .peers = pair_peers},
    {.name = "pair_flow_round_trip",
     .unit = "cycles",
     .goal_text = "0.25x sockets",
     .goal = {.peers = flow_time_bounds},
     .bias = pair_bias,
     .peers = pair_peers,
     .peers_row = "pair_udp_round_trip"},
    {.name = "pair_flow_round_trip_p99",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = pair_bias,
     .peers = pair_peers,
     .peers_row = "pair_udp_round_trip_p99"},
    {.name = "pair_tcp_round_trip",
     .unit = "cycles",
     .goal_text = "0.5x sockets",
     .goal = {.peers = tcp_time_bounds},
     .bias = pair_bias,
     .peers = tcp_peers},
    {.name = "pair_tcp_round_trip_p99",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = pair_bias,
     .peers = tcp_peers},
};

inline constexpr RowDefinition pair_rate_rows[] = {
    {.name = "pair_udp_small_packet",
     .unit = "cycles",
     .goal_text = "1.1x dpdk's rate",
     .goal = {.peers = rate_bounds},
     .bias = pair_bias,
     .peers = pair_peers},
    {.name = "pair_udp_large_packet",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = pair_bias,
     .peers = pair_peers},
    {.name = "pair_flow_small_packet",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = pair_bias,
     .peers = pair_peers,
     .peers_row = "pair_udp_small_packet"},
    {.name = "pair_flow_large_packet",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = pair_bias,
     .peers = pair_peers,
     .peers_row = "pair_udp_large_packet"},
    {.name = "pair_tcp_stream_kib",
     .unit = "cycles",
     .goal_text = "0.5x sockets",
     .goal = {.peers = tcp_time_bounds},
     .bias = pair_bias,
     .peers = tcp_peers},
};

// The same job in each of two machines, by the clock alone.
constexpr Job paired(Job job, std::span<const std::string_view> machine, std::span<const std::string_view> exo = {}) {
    job.linux_machine = machine;
    job.exo_options = exo;
    job.counted = false;
    job.two_machines = true;
    job.timeout_s = 120;
    return job;
}

inline constexpr Job pair_jobs[] = {
    yielding("pair_udp_", paired(our_job({"{part}", "{part} --smoke"}), {}, pair_exo_options)),
    yielding("pair_udp_", paired(floor_job("floor", {"{part}", "{part} --smoke"}),
                                 std::span(pair_virtio_iommu_machine).subspan<2>())),
    yielding("pair_udp_",
             paired(floor_job("floor-iommu", {"iommu {part}", "iommu {part} --smoke"}), pair_virtio_iommu_machine)),
    yielding("pair_flow_", paired(our_job({"flows {part}", "flows {part} --smoke"}), {}, pair_exo_flow_options)),
    yielding("pair_tcp_", paired(our_job({"tcp {part}", "tcp {part} --smoke"}), {}, pair_exo_options)),
    yielding("pair_udp_ pair_tcp_",
             paired(socket_job("blocking", {"blocking {part}", "blocking {part} --smoke"}), pair_virtio_machine)),
    yielding("pair_udp_ pair_tcp_",
             paired(socket_job("spinning", {"spinning {part}", "spinning {part} --smoke"}), pair_virtio_machine)),
    yielding(
        "pair_udp_ pair_tcp_",
        paired(vmxnet3_job("vmxnet3-blocking", {"blocking {part}", "blocking {part} --smoke"}), pair_vmxnet3_machine)),
    yielding(
        "pair_udp_ pair_tcp_",
        paired(vmxnet3_job("vmxnet3-spinning", {"spinning {part}", "spinning {part} --smoke"}), pair_vmxnet3_machine)),
    yielding("pair_udp_", paired(dpdk_job("dpdk", {"vfio {part}", "vfio {part} --smoke"}), pair_virtio_iommu_machine)),
    yielding("pair_udp_", paired(dpdk_job("dpdk-bare", {"uio {part}", "uio {part} --smoke"}), pair_virtio_machine)),
};

inline constexpr Job pair_rate_jobs[] = {
    yielding("pair_udp_", paired(our_job({"rate {part}", "rate {part} --smoke"}), {}, pair_exo_options)),
    yielding("pair_udp_", paired(floor_job("floor", {"rate {part}", "rate {part} --smoke"}),
                                 std::span(pair_virtio_iommu_machine).subspan<2>())),
    yielding("pair_udp_", paired(floor_job("floor-iommu", {"iommu rate {part}", "iommu rate {part} --smoke"}),
                                 pair_virtio_iommu_machine)),
    yielding("pair_flow_",
             paired(our_job({"flows rate {part}", "flows rate {part} --smoke"}), {}, pair_exo_flow_options)),
    yielding("pair_tcp_", paired(our_job({"tcp rate {part}", "tcp rate {part} --smoke"}), {}, pair_exo_options)),
    yielding(
        "pair_udp_ pair_tcp_",
        paired(socket_job("blocking", {"blocking rate {part}", "blocking rate {part} --smoke"}), pair_virtio_machine)),
    yielding(
        "pair_udp_ pair_tcp_",
        paired(socket_job("spinning", {"spinning rate {part}", "spinning rate {part} --smoke"}), pair_virtio_machine)),
    yielding("pair_udp_ pair_tcp_",
             paired(vmxnet3_job("vmxnet3-blocking", {"blocking rate {part}", "blocking rate {part} --smoke"}),
                    pair_vmxnet3_machine)),
    yielding("pair_udp_ pair_tcp_",
             paired(vmxnet3_job("vmxnet3-spinning", {"spinning rate {part}", "spinning rate {part} --smoke"}),
                    pair_vmxnet3_machine)),
    yielding("pair_udp_",
             paired(dpdk_job("dpdk", {"vfio rate {part}", "vfio rate {part} --smoke"}), pair_virtio_iommu_machine)),
    yielding("pair_udp_",
             paired(dpdk_job("dpdk-bare", {"uio rate {part}", "uio rate {part} --smoke"}), pair_virtio_machine)),
};

} // namespace network

inline constexpr BenchDefinition latency_pair_bench{
    .name = "latency-pair",
    .title = "A 64-byte UDP datagram, and an octet of TCP, there and back between two machines",
    .jobs = network::pair_jobs,
    .rows = network::pair_rows,
    .part_of = "latency",
};

inline constexpr BenchDefinition rate_pair_bench{
    .name = "rate-pair",
    .title = "UDP datagrams, and octets of TCP, one way between two machines: a packet's time, a KiB's time",
    .jobs = network::pair_rate_jobs,
    .rows = network::pair_rate_rows,
    .part_of = "rate",
};

} // namespace bench
