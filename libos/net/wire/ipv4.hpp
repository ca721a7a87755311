// IPv4 headers (RFC 791, 3.1): version and length 0, service 1, total length 2, identification 4, flags and offset 6,
// time to live 8, protocol 9, checksum 10, source 12, destination 16, options from 20 on.
#pragma once

#include "libos/net/address.hpp"
#include "libos/net/wire/checksum.hpp"

#include <optional>
#include <span>

namespace exo::net {

inline constexpr std::size_t ipv4_header_octets = 20;
inline constexpr std::size_t ipv4_header_octets_max = 60;
inline constexpr std::size_t ipv4_octets_max = 65'535;
// What every host takes whole (RFC 791, "Total Length"), and the smallest MTU worth believing (RFC 791, "Time to
// Live").
inline constexpr std::uint16_t ipv4_mtu_min = 68;

namespace ip_protocol {
inline constexpr std::uint8_t icmp = 1;
inline constexpr std::uint8_t tcp = 6;
inline constexpr std::uint8_t udp = 17;
} // namespace ip_protocol

namespace ipv4_flag {
inline constexpr std::uint16_t do_not_fragment = 0x4000;
inline constexpr std::uint16_t more_fragments = 0x2000;
inline constexpr std::uint16_t offset_mask = 0x1fff; // in units of 8 octets
} // namespace ipv4_flag

struct Ipv4Header {
    std::uint8_t header_octets; // 20 to 60
    std::uint8_t service = 0;
    std::uint16_t total_octets;
    std::uint16_t identification;
    std::uint16_t fragment; // flags and offset
    std::uint8_t time_to_live = 64;
    std::uint8_t protocol;
    Ipv4Address source, destination;

    std::size_t payload_octets() const { return static_cast<std::size_t>(total_octets) - header_octets; }
    std::size_t fragment_offset() const { return static_cast<std::size_t>(fragment & ipv4_flag::offset_mask) * 8; }
    bool has_more() const { return fragment & ipv4_flag::more_fragments; }
    bool is_fragment() const { return fragment & (ipv4_flag::offset_mask | ipv4_flag::more_fragments); }
};

// Reads and checks a header: version, lengths against what is there, checksum. `octets` may be longer than the packet:
// short frames are padded.
inline std::optional<Ipv4Header> parse_ipv4(std::span<const std::byte> octets) {
    if (octets.size() < ipv4_header_octets)
        return {};
    const std::byte* const at = octets.data();
    const auto first = std::to_integer<std::uint8_t>(at[0]);
    const auto header_octets = static_cast<std::uint8_t>((first & 15) * 4);
    const std::uint16_t total = big16(at + 2);
    if (first >> 4 != 4 || header_octets < ipv4_header_octets || total < header_octets || octets.size() < total)
        return {};
    const Sum sum = header_octets == ipv4_header_octets ? sum_20(at) : sum_octets(octets.first(header_octets));
    if (!is_good(sum))
        return {};
    return Ipv4Header{.header_octets = header_octets,
                      .service = std::to_integer<std::uint8_t>(at[1]),
                      .total_octets = total,
                      .identification = big16(at + 4),
                      .fragment = big16(at + 6),
                      .time_to_live = std::to_integer<std::uint8_t>(at[8]),
                      .protocol = std::to_integer<std::uint8_t>(at[9]),
                      .source = {load32(at + 12)},
                      .destination = {load32(at + 16)}};
}

// Writes 20 octets with their checksum. header_octets is taken to be 20.
inline void write_ipv4(std::byte* at, const Ipv4Header& header) {
    at[0] = std::byte{0x45};
    at[1] = std::byte{header.service};
    put_big16(at + 2, header.total_octets);
    put_big16(at + 4, header.identification);
    put_big16(at + 6, header.fragment);
    at[8] = std::byte{header.time_to_live};
    at[9] = std::byte{header.protocol};
    store16(at + 10, 0);
    store32(at + 12, header.source.wire);
    store32(at + 16, header.destination.wire);
    store16(at + 10, checksum_of(sum_20(at)));
}

} // namespace exo::net
