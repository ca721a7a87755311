// Ethernet II frames (IEEE 802.3, 3.2; RFC 894): destination 0-5, source 6-11, type 12-13, payload from 14 on.
#pragma once

#include "libos/net/port.hpp"
#include "libos/net/wire/byte_order.hpp"

#include <bit>

namespace exo::net {

inline constexpr std::size_t ethernet_header_octets = 14;
inline constexpr MacAddress ethernet_broadcast{0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

namespace ethertype {
inline constexpr std::uint16_t ipv4 = 0x0800;
inline constexpr std::uint16_t arp = 0x0806;
} // namespace ethertype

inline MacAddress mac_at(const std::byte* at) {
    MacAddress address;
    __builtin_memcpy(address.data(), at, address.size());
    return address;
}
inline void put_mac(std::byte* at, const MacAddress& address) {
    __builtin_memcpy(at, address.data(), address.size());
}
constexpr bool is_group(const MacAddress& address) {
    return address[0] & 1;
}
// Whether a station may have it: no group address, not all zero.
constexpr bool is_station(const MacAddress& address) {
    return !is_group(address) && address != MacAddress{};
}

inline void write_ethernet_header(std::byte* at, const MacAddress& destination, const MacAddress& source,
                                  std::uint16_t type) {
    put_mac(at, destination);
    put_mac(at + 6, source);
    put_big16(at + 12, type);
}

} // namespace exo::net
