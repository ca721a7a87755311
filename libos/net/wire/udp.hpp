// UDP headers (RFC 768): source port 0, destination port 2, length 4, checksum 6. A checksum of 0 means none was made.
#pragma once

#include "libos/net/wire/checksum.hpp"

namespace exo::net {

inline constexpr std::size_t udp_header_octets = 8;

struct UdpHeader {
    std::uint16_t source_port;
    std::uint16_t destination_port;
    std::uint16_t octets; // header and payload
};

inline UdpHeader read_udp(const std::byte* at) {
    return {big16(at), big16(at + 2), big16(at + 4)};
}
// Leaves the checksum 0.
inline void write_udp(std::byte* at, const UdpHeader& header) {
    put_big16(at, header.source_port);
    put_big16(at + 2, header.destination_port);
    put_big16(at + 4, header.octets);
    store16(at + 6, 0);
}
// A sum that comes out as 0 is sent as all ones.
constexpr std::uint16_t udp_checksum_of(Sum sum) {
    const std::uint16_t checksum = checksum_of(sum);
    return checksum ? checksum : 0xffff;
}

} // namespace exo::net
