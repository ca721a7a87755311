// The latency bench as data: one machine, two NICs on a hub, one thread that is client and echo. What the rows mean:
// suite.hpp.
#pragma once

#include "bench/network/bounds.hpp"
#include "bench/network/jobs.hpp"

namespace bench {

namespace network {

inline constexpr std::string_view echo_peers[] = {"xdp-echo"};
inline constexpr PeerBound echo_bounds[] = {{.peer = "xdp-echo", .instruction_ratio_at_most = 1}};

inline constexpr std::string_view flooded_peers[] = {"blocking", "spinning"};
inline constexpr std::string_view flooded_bias =
    "a burst of 32 is on the wire before each datagram: QEMU's main loop, which carries it, is most of the time";

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
    {.name = "flooded_round_trip",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = flooded_bias,
     .peers = flooded_peers},
    {.name = "flooded_round_trip_p99",
     .unit = "cycles",
     .goal_text = "reported",
     .bias = flooded_bias,
     .peers = flooded_peers},
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

inline constexpr Job latency_jobs[] = {
    yielding("udp_", our_job({"", "--smoke"})),
    yielding("udp_", floor_job("floor", {"", "--smoke"})),
    yielding("udp_", floor_job("floor-iommu", {"iommu", "iommu --smoke"})),
    yielding("flow_", flow_job({"flows", "flows --smoke"})),
    yielding("flooded_", uncounted(flood_job({"flood", "flood --smoke"}))),
    yielding("tcp_", our_job({"tcp", "tcp --smoke"})),
    yielding("handler_", handler_job({"handler", "handler --smoke"})),
    yielding("udp_ tcp_", socket_job("blocking", {"blocking", "blocking --smoke"})),
    yielding("udp_ tcp_", socket_job("spinning", {"spinning", "spinning --smoke"})),
    yielding("flooded_", uncounted(socket_job("blocking", {"blocking flood", "blocking flood --smoke"}))),
    yielding("flooded_", uncounted(socket_job("spinning", {"spinning flood", "spinning flood --smoke"}))),
    yielding("udp_", socket_job("packet", {"packet", "packet --smoke"})),
    yielding("udp_", socket_job("xdp", {"xdp", "xdp --smoke"})),
    yielding("udp_", socket_job("xdp-busy", {"xdp-busy", "xdp-busy --smoke"})),
    yielding("handler_", socket_job("xdp-echo", {"xdp-echo", "xdp-echo --smoke"})),
    yielding("udp_ tcp_", vmxnet3_job("vmxnet3-blocking", {"blocking", "blocking --smoke"})),
    yielding("udp_ tcp_", vmxnet3_job("vmxnet3-spinning", {"spinning", "spinning --smoke"})),
    yielding("udp_", dpdk_job("dpdk", {"vfio", "vfio --smoke"})),
    yielding("udp_", dpdk_job("dpdk-bare", {"uio", "uio --smoke"})),
};

} // namespace network

inline constexpr BenchDefinition latency_bench{
    .name = "latency",
    .title = "A 64-byte UDP datagram there and back between two NICs of one machine",
    .jobs = network::latency_jobs,
    .rows = network::latency_rows,
};

} // namespace bench
