// Frames as octets, made up field by field: what a test says wrong about one is the only thing that is wrong.
#pragma once

#include "secure-bindings/flow/flow_spec.hpp"
#include "secure-bindings/flow/transmit_check.hpp"
#include "tests/unit/flow/specs.hpp"

#include <algorithm>

namespace exo::test {

inline constexpr MacOctets nic_mac = {0x52, 0x54, 0, 0x12, 0x34, 0x56};
inline constexpr MacOctets other_mac = {0x52, 0x54, 0, 0x12, 0x34, 0x57};

using Frame = std::vector<std::uint8_t>;

inline void put16(Frame& frame, std::size_t at, unsigned value) {
    frame[at] = static_cast<std::uint8_t>(value >> 8);
    frame[at + 1] = static_cast<std::uint8_t>(value);
}
inline void put32(Frame& frame, std::size_t at, std::uint32_t value) {
    put16(frame, at, value >> 16);
    put16(frame, at + 2, value & 0xffff);
}

inline Frame ethernet(std::uint16_t type, std::size_t payload) {
    Frame frame(ethernet_octets + payload);
    std::fill_n(frame.begin(), 6, std::uint8_t{0xff});
    std::copy(nic_mac.begin(), nic_mac.end(), frame.begin() + 6);
    put16(frame, 12, type);
    return frame;
}

// An IPv4 packet with that many octets of options (a multiple of 4) and of payload behind the header.
inline Frame ipv4_frame(std::uint8_t protocol, std::uint32_t source, std::uint32_t destination,
                        std::size_t payload = 40, std::size_t options = 0) {
    Frame frame = ethernet(ether_type_ipv4, 20 + options + payload);
    frame[14] = static_cast<std::uint8_t>(0x40 | (20 + options) / 4);
    put16(frame, 16, static_cast<unsigned>(20 + options + payload));
    frame[22] = 64;
    frame[23] = protocol;
    put32(frame, 26, source);
    put32(frame, 30, destination);
    return frame;
}
inline Frame udp_frame(std::uint32_t source, std::uint16_t source_port, std::uint32_t destination,
                       std::uint16_t destination_port, std::size_t options = 0) {
    Frame frame = ipv4_frame(ip_protocol_udp, source, destination, 40, options);
    put16(frame, 34 + options, source_port);
    put16(frame, 36 + options, destination_port);
    return frame;
}
inline Frame arp_frame(unsigned operation, const MacOctets& sender_mac, std::uint32_t sender, std::uint32_t target) {
    Frame frame = ethernet(ether_type_arp, 46);
    put16(frame, 14, 1);
    put16(frame, 16, ether_type_ipv4);
    frame[18] = 6;
    frame[19] = 4;
    put16(frame, 20, operation);
    std::copy(sender_mac.begin(), sender_mac.end(), frame.begin() + 22);
    put32(frame, 28, sender);
    put32(frame, 38, target);
    return frame;
}

// As the kernel passes a frame of an owner.
inline TransmitVerdict verdict(const FlowSpec& spec, const Frame& frame, std::size_t length_max = 1514) {
    const Frame copy(frame.begin(), frame.begin() + std::min(frame.size(), flow_header_octets));
    return check_transmit(spec, copy, frame.size(), length_max, nic_mac);
}

} // namespace exo::test
