// A UDP datagram as an Ethernet frame, for lanes without a stack below them: written into a buffer, recognised in one,
// turned round in one. Checked as a stack would check it: lengths, addresses, ports, both checksums. Freestanding.
#pragma once

#include "bench/network/lane.hpp"

namespace bench::network {

inline constexpr std::size_t ethernet_header = 14, ip_header = 20, udp_header = 8;
inline constexpr std::size_t all_headers = ethernet_header + ip_header + udp_header;
inline constexpr std::size_t ethernet_octets_min = 60; // without the FCS

// The ones' complement sum of RFC 1071, not yet folded; `data` in network order.
inline std::uint64_t sum_words(const std::uint8_t* data, std::size_t bytes, std::uint64_t sum) {
    for (; bytes >= 4; data += 4, bytes -= 4) {
        std::uint32_t word;
        __builtin_memcpy(&word, data, sizeof word);
        sum += word;
    }
    for (; bytes >= 2; data += 2, bytes -= 2) {
        std::uint16_t word;
        __builtin_memcpy(&word, data, sizeof word);
        sum += word;
    }
    return bytes != 0 ? sum + *data : sum;
}

inline std::uint16_t fold(std::uint64_t sum) {
    sum = (sum & 0xffff'ffff) + (sum >> 32);
    sum = (sum & 0xffff'ffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<std::uint16_t>(sum);
}

inline void put16(std::uint8_t* at, std::size_t value) {
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
}
inline std::uint16_t get16(const std::uint8_t* at) {
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}
inline void put32(std::uint8_t* at, std::uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value & 0xffff);
}
inline std::uint32_t get32(const std::uint8_t* at) {
    return static_cast<std::uint32_t>(get16(at)) << 16 | get16(at + 2);
}

// The sum of UDP's pseudo-header (RFC 768), header and payload.
inline std::uint16_t udp_sum(const std::uint8_t* frame, std::size_t udp_bytes) {
    const std::uint8_t* const ip = frame + ethernet_header;
    std::uint8_t protocol_and_length[4] = {0, 17};
    put16(protocol_and_length + 2, udp_bytes);
    return fold(sum_words(ip + ip_header, udp_bytes, sum_words(ip + 12, 8, sum_words(protocol_and_length, 4, 0))));
}

// The payload is the buffer's own. Returns the frame's octets.
inline std::size_t write_datagram(std::uint8_t* frame, const Mac& from, const Mac& to, std::uint32_t source,
                                  std::uint32_t destination, std::size_t payload_bytes) {
    __builtin_memcpy(frame, to.data(), to.size());
    __builtin_memcpy(frame + 6, from.data(), from.size());
    put16(frame + 12, 0x0800);
    std::uint8_t* const ip = frame + ethernet_header;
    __builtin_memset(ip, 0, ip_header + udp_header);
    ip[0] = 0x45;
    put16(ip + 2, ip_header + udp_header + payload_bytes);
    ip[6] = 0x40; // not to be fragmented
    ip[8] = 64;
    ip[9] = 17;
    put32(ip + 12, source);
    put32(ip + 16, destination);
    const auto header_sum = static_cast<std::uint16_t>(~fold(sum_words(ip, ip_header, 0)));
    __builtin_memcpy(ip + 10, &header_sum, sizeof header_sum);
    std::uint8_t* const udp = ip + ip_header;
    put16(udp, udp_port);
    put16(udp + 2, udp_port);
    put16(udp + 4, udp_header + payload_bytes);
    auto sum = static_cast<std::uint16_t>(~udp_sum(frame, udp_header + payload_bytes));
    sum = sum == 0 ? 0xffff : sum;
    __builtin_memcpy(udp + 6, &sum, sizeof sum);
    const std::size_t octets = all_headers + payload_bytes;
    if (octets >= ethernet_octets_min)
        return octets;
    __builtin_memset(frame + octets, 0, ethernet_octets_min - octets);
    return ethernet_octets_min;
}

inline constexpr std::size_t not_ours = ~std::size_t{0};

inline constexpr std::size_t any_size = not_ours - 1;

inline bool is_counted(std::size_t payload, std::size_t wanted) {
    return payload == wanted || (wanted == any_size && payload != not_ours);
}

// Octets of the payload of a sound datagram to `destination` and udp_port; not_ours for any other frame.
inline std::size_t read_datagram(const std::uint8_t* frame, std::size_t octets, std::uint32_t destination) {
    const std::uint8_t* const ip = frame + ethernet_header;
    const std::uint8_t* const udp = ip + ip_header;
    if (octets < all_headers || get16(frame + 12) != 0x0800 || ip[0] != 0x45 || ip[9] != 17)
        return not_ours;
    const std::size_t ip_bytes = get16(ip + 2), udp_bytes = get16(udp + 4);
    if (ip_bytes > octets - ethernet_header || udp_bytes < udp_header || udp_bytes + ip_header != ip_bytes ||
        fold(sum_words(ip, ip_header, 0)) != 0xffff || get32(ip + 16) != destination || get16(udp + 2) != udp_port ||
        udp_sum(frame, udp_bytes) != 0xffff)
        return not_ours;
    return udp_bytes - udp_header;
}

// Exchanges source and destination at every layer; no checksum changes by it.
inline void turn_round(std::uint8_t* frame) {
    const auto swap = [frame](std::size_t one, std::size_t other, std::size_t bytes) {
        std::uint8_t kept[6];
        __builtin_memcpy(kept, frame + one, bytes);
        __builtin_memcpy(frame + one, frame + other, bytes);
        __builtin_memcpy(frame + other, kept, bytes);
    };
    swap(0, 6, 6);
    swap(ethernet_header + 12, ethernet_header + 16, 4);
    swap(ethernet_header + ip_header, ethernet_header + ip_header + 2, 2);
}

} // namespace bench::network
