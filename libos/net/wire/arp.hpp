// ARP for IPv4 over Ethernet (RFC 826): hardware type 0, protocol type 2, lengths 4 and 5, operation 6, sender's MAC 8
// and address 14, target's MAC 18 and address 24; 28 octets.
#pragma once

#include "libos/net/address.hpp"
#include "libos/net/wire/ethernet.hpp"

#include <optional>
#include <span>

namespace exo::net {

inline constexpr std::size_t arp_octets = 28;

enum class ArpOperation : std::uint16_t { Request = 1, Reply = 2 };

struct ArpMessage {
    ArpOperation operation;
    MacAddress sender_mac;
    Ipv4Address sender;
    MacAddress target_mac;
    Ipv4Address target;
};

// What follows the Ethernet header. None: not ARP for IPv4 over Ethernet, or a sender that no station can be.
inline std::optional<ArpMessage> parse_arp(std::span<const std::byte> octets) {
    if (octets.size() < arp_octets)
        return {};
    const std::byte* const at = octets.data();
    const std::uint16_t operation = big16(at + 6);
    if (big16(at) != 1 || big16(at + 2) != ethertype::ipv4 || at[4] != std::byte{6} || at[5] != std::byte{4} ||
        operation < 1 || operation > 2)
        return {};
    const ArpMessage message{
        static_cast<ArpOperation>(operation), mac_at(at + 8), {load32(at + 14)}, mac_at(at + 18), {load32(at + 24)}};
    const bool sane = is_station(message.sender_mac) && !message.sender.is_multicast() &&
                      !message.sender.is_limited_broadcast() && !message.sender.is_loopback();
    return sane ? std::optional(message) : std::nullopt;
}

// Writes arp_octets.
inline void write_arp(std::byte* at, const ArpMessage& message) {
    put_big16(at, 1);
    put_big16(at + 2, ethertype::ipv4);
    at[4] = std::byte{6};
    at[5] = std::byte{4};
    put_big16(at + 6, static_cast<std::uint16_t>(message.operation));
    put_mac(at + 8, message.sender_mac);
    store32(at + 14, message.sender.wire);
    put_mac(at + 18, message.target_mac);
    store32(at + 24, message.target.wire);
}

} // namespace exo::net
