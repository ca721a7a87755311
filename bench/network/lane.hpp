// What both systems' programs agree on: one thread with two NICs on one hub. The client's end sends datagrams, the
// other end echoes or takes them. suite.hpp measures through a Lane; README.md lists the lanes.
//
// A Lane offers, each call never waiting unless the lane's name says that it blocks:
//   send(count, payload_bytes) -> how many datagrams the client's end took to send
//   echo(count)                -> how many came to the other end and were sent back; a blocking one waits for the first
//   receive(count)             -> how many came back to the client's end; a blocking one waits for the first
//   drain(count, payload_bytes) -> how many of that size came to the other end and were let go of; never waits
//   payload_bytes_received()   -> of all that ever came to either end
//   print(std::string_view)
// A lane of octets rather than datagrams says `is_stream`; its counts are octets, of which a round trip takes one, and
// send, as drain, never waits and may take less than it is given.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bench::network {

inline constexpr std::size_t round_trip_payload = 64;
inline constexpr std::size_t small_payload = 18; // 64 octets on the wire: Ethernet 14, IPv4 20, UDP 8, FCS 4
inline constexpr std::size_t large_payload = 1400;
inline constexpr std::size_t burst = 32;
inline constexpr std::size_t stream_piece = 64 * 1024; // octets of one write of a stream

// 10.99.0.1 is the client, 10.99.0.2 the other end; both speak from the same port.
inline constexpr std::uint32_t client_address = 0x0a63'0001, other_address = 0x0a63'0002;
inline constexpr std::uint16_t udp_port = 9000, tcp_port = 9001;

} // namespace bench::network
