// The rate bench as data: the machine of latency_rows.hpp, and datagrams or octets one way.
#pragma once

#include "bench/network/bounds.hpp"
#include "bench/network/jobs.hpp"

namespace bench {

namespace network {

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

inline constexpr Job rate_jobs[] = {
    yielding("udp_", uncounted(our_job({"rate", "rate --smoke"}))),
    yielding("udp_", uncounted(floor_job("floor", {"rate", "rate --smoke"}))),
    yielding("udp_", uncounted(floor_job("floor-iommu", {"iommu rate", "iommu rate --smoke"}))),
    yielding("flow_", uncounted(flow_job({"flows rate", "flows rate --smoke"}))),
    yielding("tcp_", uncounted(our_job({"tcp rate", "tcp rate --smoke"}))),
    yielding("udp_ tcp_", uncounted(socket_job("blocking", {"blocking rate", "blocking rate --smoke"}))),
    yielding("udp_ tcp_", uncounted(socket_job("spinning", {"spinning rate", "spinning rate --smoke"}))),
    yielding("udp_", uncounted(socket_job("packet", {"packet rate", "packet rate --smoke"}))),
    yielding("udp_", uncounted(socket_job("xdp", {"xdp rate", "xdp rate --smoke"}))),
    yielding("udp_", uncounted(socket_job("xdp-busy", {"xdp-busy rate", "xdp-busy rate --smoke"}))),
    yielding("udp_ tcp_", uncounted(vmxnet3_job("vmxnet3-blocking", {"blocking rate", "blocking rate --smoke"}))),
    yielding("udp_ tcp_", uncounted(vmxnet3_job("vmxnet3-spinning", {"spinning rate", "spinning rate --smoke"}))),
    yielding("udp_", uncounted(dpdk_job("dpdk", {"vfio rate", "vfio rate --smoke"}))),
    yielding("udp_", uncounted(dpdk_job("dpdk-bare", {"uio rate", "uio rate --smoke"}))),
};

} // namespace network

inline constexpr BenchDefinition rate_bench{
    .name = "rate",
    .title = "UDP datagrams, and octets of TCP, one way between two NICs of one machine: a packet's time, a KiB's time",
    .jobs = network::rate_jobs,
    .rows = network::rate_rows,
};

} // namespace bench
