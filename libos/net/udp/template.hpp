// The 42 octets before a UDP payload, Ethernet, IPv4 and UDP, made once for a peer and copied before each datagram;
// what differs is patched: lengths, identification, checksums. Sums over what does not differ are kept.
#pragma once

#include "libos/net/wire/ethernet.hpp"
#include "libos/net/wire/ipv4.hpp"
#include "libos/net/wire/udp.hpp"

namespace exo::net {

inline constexpr std::uint16_t udp_headers_octets = 42;

struct UdpTemplate {
    std::array<std::uint64_t, 5> octets_0_to_39{};
    // Of the IPv4 header with total length and identification 0, and of UDP's pseudo-header and ports with length 0.
    std::uint32_t ipv4_sum = 0;
    std::uint32_t udp_sum = 0;
    std::uint32_t pseudo_sum = 0; // without the ports: what a device that makes the checksum wants in the field

    void make(const MacAddress& to, const MacAddress& from, Endpoint source, Endpoint destination,
              std::uint8_t time_to_live);

    // Writes the headers before `payload_octets` of payload, of which `at + 42` is the first. The identification is in
    // any order of octets. The UDP checksum is left 0.
    void write(std::byte* at, std::size_t payload_octets, std::uint16_t identification) const {
        const auto total = swapped(static_cast<std::uint16_t>(payload_octets + 28));
        const auto datagram = swapped(static_cast<std::uint16_t>(payload_octets + 8));
        const std::uint64_t lengths_word = octets_0_to_39[2] | total | static_cast<std::uint64_t>(identification) << 16;
        store64(at, octets_0_to_39[0]);
        store64(at + 8, octets_0_to_39[1]);
        store64(at + 16, lengths_word);
        store64(at + 24, octets_0_to_39[3]);
        store64(at + 32, octets_0_to_39[4]);
        store16(at + 24, static_cast<std::uint16_t>(~fold32(ipv4_sum + total + identification)));
        store32(at + 38, datagram);
    }
    // The checksum that belongs there, computed over the payload.
    std::uint16_t checksum(std::span<const std::byte> payload) const {
        const auto datagram = swapped(static_cast<std::uint16_t>(payload.size() + 8));
        return udp_checksum_of(add_sums(sum_octets(payload), static_cast<Sum>(udp_sum) + 2u * datagram));
    }
    // What the device wants there: the pseudo-header's sum.
    std::uint16_t seed_for_device(std::size_t payload_octets) const {
        return fold32(pseudo_sum + swapped(static_cast<std::uint16_t>(payload_octets + 8)));
    }
};

} // namespace exo::net
