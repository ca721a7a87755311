// What ours is held to, over which peers, and which way emulation bends the rows.
#pragma once

#include "bench/harness/definition.hpp"

namespace bench::network {

inline constexpr std::string_view time_bias =
    "TCG makes interrupts, system calls and address-space switches dear, which flatters whoever polls: all but the "
    "sockets alike; QEMU's own main loop carries every packet and is most of what polling systems wait for";
inline constexpr std::string_view flood_bias =
    "QEMU's main loop moves the packets in a thread of its own: fast systems are held by it, and so closer together";
inline constexpr std::string_view count_bias = "none: instructions are counted";

inline constexpr std::string_view tcp_peers[] = {"blocking", "spinning", "vmxnet3-blocking", "vmxnet3-spinning"};
inline constexpr std::string_view all_peers[] = {"blocking",  "spinning", "vmxnet3-blocking", "vmxnet3-spinning",
                                                 "packet",    "xdp",      "xdp-busy",         "dpdk",
                                                 "dpdk-bare", "floor",    "floor-iommu"};

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

} // namespace bench::network
