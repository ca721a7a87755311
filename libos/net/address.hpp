// Addresses: IPv4, and a port at one. Text forms: A.B.C.D, A.B.C.D/P.
#pragma once

#include "libos/net/wire/byte_order.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace exo::net {

// Kept as it lies on the wire, so that it is copied and compared without turning (and is a sockaddr_in's s_addr).
struct Ipv4Address {
    std::uint32_t wire = 0;

    constexpr bool operator==(const Ipv4Address&) const = default;
    constexpr std::uint32_t number() const { return swapped(wire); } // 10.0.0.1 is 0x0a000001
    static constexpr Ipv4Address from_number(std::uint32_t number) { return {swapped(number)}; }
    static constexpr Ipv4Address of(unsigned a, unsigned b, unsigned c, unsigned d) {
        return from_number(a << 24 | b << 16 | c << 8 | d);
    }
    constexpr bool is_any() const { return wire == 0; }
    constexpr bool is_loopback() const { return number() >> 24 == 127; }
    constexpr bool is_multicast() const { return number() >> 28 == 14; }
    constexpr bool is_limited_broadcast() const { return wire == 0xffff'ffff; }
};

inline constexpr Ipv4Address any_address{};
inline constexpr Ipv4Address limited_broadcast{0xffff'ffff};

// The netmask of a prefix length of 0 to 32.
constexpr Ipv4Address netmask(unsigned prefix) {
    return Ipv4Address::from_number(prefix == 0 ? 0 : ~0u << (32 - prefix));
}

// One end of a conversation. Port 0: none, or any.
struct Endpoint {
    Ipv4Address address;
    std::uint16_t port = 0; // as a number

    constexpr bool operator==(const Endpoint&) const = default;
};

// What an interface is told about its network.
struct Ipv4Configuration {
    Ipv4Address address;
    std::uint8_t prefix = 24;
    Ipv4Address gateway; // any: none

    constexpr bool operator==(const Ipv4Configuration&) const = default;
    constexpr bool is_on_link(Ipv4Address other) const {
        return ((other.wire ^ address.wire) & netmask(prefix).wire) == 0;
    }
    // The network's own broadcast address (RFC 919); any where there is none, at prefixes above 30 (RFC 3021).
    constexpr Ipv4Address broadcast() const {
        return prefix > 30 ? any_address : Ipv4Address{address.wire | ~netmask(prefix).wire};
    }
};

// Exactly A.B.C.D, decimal, each at most 255, no leading zeros.
std::optional<Ipv4Address> parse_address(std::string_view text);
// A.B.C.D/P[,GATEWAY]. The gateway must be on the link.
std::optional<Ipv4Configuration> parse_configuration(std::string_view text);

inline constexpr std::size_t address_text_max = 16; // with its NUL
// Writes A.B.C.D and a NUL into `text`, and returns what it wrote without the NUL.
std::string_view format_address(Ipv4Address address, std::span<char, address_text_max> text);

} // namespace exo::net
