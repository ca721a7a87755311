// Frames for the tests, with what matters to a filter chosen.
#pragma once

#include "tests/unit/filter/machine.hpp"

namespace exo::test {

struct Frame {
    std::uint16_t type = 0x0800;
    unsigned header_words = 5; // of IPv4; options are 1, 2, 3, ...
    std::uint8_t protocol = 17;
    std::uint8_t hops = 64;
    std::uint16_t fragment = 0;
    std::uint32_t from = 0x0a01'0203; // 10.1.2.3
    std::uint32_t to = 0x0a01'0001;
    std::uint16_t from_port = 1234;
    std::uint16_t to_port = 4000;
    Octets payload = {};
};

// From 52:54:00:aa:bb:cc to 52:54:00:12:34:56, with the checksums of IPv4 and ICMP right and that of UDP 0. What
// follows the IPv4 header is that of UDP, of TCP with SYN set, or of an ICMP echo request, by protocol.
Octets octets_of(const Frame& frame);

// The Internet checksum's sum over 16-bit words in network order: 0xffff when the checksum among them is right.
std::uint16_t sum_of(std::span<const std::uint8_t> octets);

} // namespace exo::test
