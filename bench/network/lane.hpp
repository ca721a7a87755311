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
//   meet() -> for a lane that blocks: it is to do so from now on; before, while the other machine may not be there yet,
//             it does not
//   flood() -> a burst from the client's end to a neighbour of the other end, who shares its NIC and reads nothing
// A lane of octets rather than datagrams says `is_stream`; its counts are octets, of which a round trip takes one, and
// send, as drain, never waits and may take less than it is given.
#pragma once

#include <array>
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
// A neighbour of the other end, on the same NIC: an address of its own where flows are of addresses, and a port.
inline constexpr std::uint32_t neighbour_address = 0x0a63'0003;
inline constexpr std::uint16_t neighbour_port = 9009;

// Where both ends are: in this machine, or one of them, of two machines on a wire. The server's end is the `other` one.
enum class Part { both, client, server };
using Mac = std::array<std::uint8_t, 6>;
// Of the NICs of two machines.
inline constexpr Mac client_mac_of_two = {0x52, 0x58, 0, 0, 0, 1}, other_mac_of_two = {0x52, 0x58, 0, 0, 0, 2};

} // namespace bench::network
