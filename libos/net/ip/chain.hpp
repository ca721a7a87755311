// Payloads that lie in several packets: `next` leads from one to the next.
#pragma once

#include "libos/net/packet.hpp"
#include "libos/net/wire/checksum.hpp"

#include <algorithm>

namespace exo::net {

inline std::size_t chain_octets(const Packet* packet) {
    std::size_t octets = 0;
    for (; packet; packet = packet->next)
        octets += packet->length;
    return octets;
}

// The Internet checksum's sum of all octets; pieces may have odd lengths.
inline Sum sum_chain(const Packet* packet) {
    Sum sum = 0;
    bool odd = false;
    for (; packet; packet = packet->next) {
        const Sum piece =
            packet->flags & packet_flag::sum_known ? packet->checksum_start : sum_octets(packet->octets());
        // After an odd number of octets each one stands for the other half of its word (RFC 1071, 2(B)).
        sum = add_sums(sum, odd ? swapped(fold(piece)) : piece);
        odd ^= packet->length & 1;
    }
    return sum;
}

// Copies `octets` from the place `begin` on; that many are there.
inline void copy_from_chain(std::byte* to, const Packet* packet, std::size_t begin, std::size_t octets) {
    while (begin >= packet->length && octets) {
        begin -= packet->length;
        packet = packet->next;
    }
    while (octets) {
        const std::size_t piece = std::min(octets, packet->length - begin);
        __builtin_memcpy(to, packet->data() + begin, piece);
        to += piece;
        octets -= piece;
        begin = 0;
        packet = packet->next;
    }
}

} // namespace exo::net
