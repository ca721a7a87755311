// What can be set on a socket (socket(7), ip(7), tcp(7)), as it is told by getsockopt.
#pragma once

#include "libos-hpc/linux/sockets.hpp"

#include <algorithm>

namespace exo::hpc {

// Linux's defaults of net.core.rmem_default and its kin, and of net.ipv4.tcp_rmem and tcp_wmem.
inline constexpr std::int32_t buffer_bytes_default = 212'992;
inline constexpr std::int32_t tcp_send_bytes_default = 16'384;
inline constexpr std::int32_t tcp_receive_bytes_default = 131'072;

struct SocketOptions {
    bool reuse_address = false, reuse_port = false, broadcast = false, keep_alive = false, dont_route = false;
    bool out_of_band_inline = false, pass_credentials = false, timestamp = false;
    bool no_delay = false, cork = false, quick_ack = true, receive_errors = false, multicast_loop = true;
    bool send_bytes_set = false; // by the program
    std::int32_t send_bytes = buffer_bytes_default, receive_bytes = buffer_bytes_default;
    std::int32_t receive_low = 1, priority = 0;
    std::uint64_t receive_timeout_ns = 0, send_timeout_ns = 0; // 0: none
    linux_abi::Linger linger{};
    std::int32_t keep_idle_s = 7200, keep_interval_s = 75, keep_count = 9, syn_count = 6;
    std::int32_t user_timeout_ms = 0, defer_accept_s = 0, segment_bytes = 536;
    std::int32_t time_to_live = 64, type_of_service = 0, mtu_discover = 1, multicast_time_to_live = 1;

    std::uint32_t icmp_filter = 0; // of raw sockets: a bit for each type that is not heard

    // As Linux takes them: at most the default, doubled for its own books, and no less than a packet needs.
    void set_send_bytes(std::int32_t bytes) {
        send_bytes = std::max(std::clamp(bytes, 0, buffer_bytes_default) * 2, 4608);
        send_bytes_set = true;
    }
    void set_receive_bytes(std::int32_t bytes) {
        receive_bytes = std::max(std::clamp(bytes, 0, buffer_bytes_default) * 2, 2304);
    }
};

} // namespace exo::hpc
