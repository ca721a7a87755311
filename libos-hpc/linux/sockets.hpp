// Linux's socket structures and numbers of x86-64: socket(2), socket(7), ip(7), tcp(7), udp(7), unix(7), netdevice(7).
// Facts only.
#pragma once

#include "libos-hpc/linux/files.hpp"

namespace exo::linux_abi {

namespace address_family {
inline constexpr std::uint16_t unspecified = 0, local = 1, internet = 2, internet6 = 10, netlink = 16, packet = 17;
} // namespace address_family
inline constexpr std::uint32_t address_families_max = 46; // numbers from here on are no family

namespace socket_type {
inline constexpr std::uint32_t stream = 1, datagram = 2, raw = 3, sequenced = 5, packet = 10;
inline constexpr std::uint32_t mask = 0xf;
inline constexpr std::uint32_t non_block = open_flag::non_block, close_on_exec = open_flag::close_on_exec;
} // namespace socket_type

namespace internet_protocol {
inline constexpr std::int32_t ip = 0, icmp = 1, tcp = 6, udp = 17, maximum = 263;
} // namespace internet_protocol

// sockaddr_in; port and address as they lie on the wire.
struct InternetSocketAddress {
    std::uint16_t family;
    std::uint16_t port;
    std::uint32_t address;
    std::uint8_t zero[8];
};
static_assert(sizeof(InternetSocketAddress) == 16);

inline constexpr std::size_t socket_address_bytes_max = 128; // sockaddr_storage
inline constexpr std::size_t local_path_bytes_max = 108;     // sun_path
inline constexpr std::size_t local_path_offset = 2;

namespace message_flag {
inline constexpr std::uint32_t out_of_band = 0x1, peek = 0x2, dont_route = 0x4, control_truncated = 0x8,
                               truncated = 0x20, dont_wait = 0x40, end_of_record = 0x80, wait_all = 0x100,
                               error_queue = 0x2000, no_signal = 0x4000, more = 0x8000, wait_for_one = 0x10000,
                               close_on_exec = 0x40000000;
} // namespace message_flag

struct MessageHeader {
    std::uint64_t name;
    std::uint32_t name_bytes;
    std::uint32_t padding;
    std::uint64_t vectors;
    std::uint64_t vector_count;
    std::uint64_t control;
    std::uint64_t control_bytes;
    std::uint32_t flags;
    std::uint32_t padding2;
};
static_assert(sizeof(MessageHeader) == 56);

// An element of sendmmsg(2) and recvmmsg(2).
struct ManyMessages {
    MessageHeader header;
    std::uint32_t bytes;
    std::uint32_t padding;
};
static_assert(sizeof(ManyMessages) == 64);
inline constexpr std::uint32_t many_messages_max = 1024; // more are taken for as many

namespace shutdown_how {
inline constexpr std::uint32_t receive = 0, send = 1, both = 2;
} // namespace shutdown_how

namespace option_level {
inline constexpr std::int32_t ip = 0, socket = 1, tcp = 6, udp = 17, raw = 255;
} // namespace option_level

namespace socket_option {
inline constexpr std::int32_t reuse_address = 2, type = 3, error = 4, dont_route = 5, broadcast = 6, send_bytes = 7,
                              receive_bytes = 8, keep_alive = 9, out_of_band_inline = 10, priority = 12, linger = 13,
                              reuse_port = 15, pass_credentials = 16, peer_credentials = 17, receive_low = 18,
                              send_low = 19, receive_timeout = 20, send_timeout = 21, timestamp = 29, accepting = 30,
                              protocol = 38, domain = 39;
} // namespace socket_option

namespace tcp_option {
inline constexpr std::int32_t no_delay = 1, segment_bytes = 2, cork = 3, keep_idle = 4, keep_interval = 5,
                              keep_count = 6, syn_count = 7, defer_accept = 9, info = 11, quick_ack = 12,
                              congestion = 13, user_timeout = 18;
} // namespace tcp_option

// struct tcp_info of linux/tcp.h, as far as Linux 3 had it. Windows in segments, times in microseconds, but rto and ato
// too.
struct TcpInfo {
    std::uint8_t state, congestion_state, retransmits, probes, backoff, options;
    std::uint8_t window_scales, flags;
    std::uint32_t rto, ato, send_segment_bytes, receive_segment_bytes;
    std::uint32_t unacknowledged, sacked, lost, sent_again, forward_acknowledged;
    std::uint32_t last_data_sent, last_ack_sent, last_data_received, last_ack_received;
    std::uint32_t path_mtu, receive_slow_start_until, round_trip, round_trip_variance, slow_start_until, window;
    std::uint32_t advertised_segment_bytes, reordering, receive_round_trip, receive_space, total_sent_again;
};
static_assert(sizeof(TcpInfo) == 104);
namespace tcp_info {
inline constexpr std::uint8_t established = 1, syn_sent = 2, fin_wait_2 = 5, closed = 7, close_wait = 8, listening = 10;
inline constexpr std::uint8_t timestamps = 1, selective = 2, scaled = 4; // of `options`
} // namespace tcp_info

namespace raw_option {
inline constexpr std::int32_t icmp_filter = 1; // a bit for each type that is not heard
} // namespace raw_option

namespace ip_option {
inline constexpr std::int32_t type_of_service = 1, time_to_live = 2, mtu_discover = 10, receive_errors = 11,
                              multicast_time_to_live = 33, multicast_loop = 34;
} // namespace ip_option

struct Linger {
    std::int32_t on;
    std::int32_t seconds;
};
struct Credentials {
    std::int32_t process;
    std::uint32_t user;
    std::uint32_t group;
};

namespace interface_request {
inline constexpr std::uint32_t first = 0x8910, last = 0x894f; // all of netdevice(7)
inline constexpr std::uint32_t name = 0x8910, list = 0x8912, flags = 0x8913, address = 0x8915, broadcast = 0x8919,
                               netmask = 0x891b, mtu = 0x8921, hardware = 0x8927, index = 0x8933;
} // namespace interface_request

inline constexpr std::size_t interface_name_bytes = 16;
// ifreq: a name, and 24 bytes that depend on the request.
struct InterfaceRequest {
    char name[interface_name_bytes];
    union {
        InternetSocketAddress address;
        std::uint8_t octets[24];
        std::int16_t flags;
        std::int32_t number;
    };
};
static_assert(sizeof(InterfaceRequest) == 40);
// ifconf.
struct InterfaceList {
    std::int32_t bytes;
    std::int32_t padding;
    std::uint64_t requests;
};
namespace interface_flag {
inline constexpr std::int16_t up = 0x1, broadcast = 0x2, loopback = 0x8, running = 0x40, multicast = 0x1000;
} // namespace interface_flag
inline constexpr std::uint16_t hardware_ethernet = 1, hardware_loopback = 772;

} // namespace exo::linux_abi
