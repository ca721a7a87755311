// The Internet checksum (RFC 1071): ones' complement sums of 16-bit words, eight octets a step in general registers.
// Sums are taken of the words as they lie in memory; RFC 1071 2(B) says why that comes out right.
#pragma once

#include "libos/net/wire/byte_order.hpp"

#include <span>

namespace exo::net {

// A sum not yet folded. Sums of pieces add up when every piece but the last has an even length.
using Sum = std::uint64_t;

constexpr Sum add_sums(Sum left, Sum right) {
    unsigned long long carry = 0;
    const Sum sum = __builtin_addcll(left, right, 0, &carry);
    return sum + carry; // cannot carry again: a sum that did carry is at most 2^64 - 2
}

// To 16 bits, as they lie in memory. Adding a word to itself turned by half leaves both halves' sum, carry and all, in
// its upper half.
constexpr std::uint16_t fold32(std::uint32_t sum) {
    return static_cast<std::uint16_t>((sum + std::rotl(sum, 16)) >> 16);
}
constexpr std::uint16_t fold(Sum sum) {
    return fold32(static_cast<std::uint32_t>((sum + std::rotl(sum, 32)) >> 32));
}
// Whether a sum that includes its checksum is right: it folds to all ones. (A sum of 0 is of nothing but zeros.)
constexpr bool is_good(Sum sum) {
    const auto half = static_cast<std::uint32_t>((sum + std::rotl(sum, 32)) >> 32);
    return half + std::rotl(half, 16) >= 0xffff'0000;
}
// What the field holds.
constexpr std::uint16_t checksum_of(Sum sum) {
    return static_cast<std::uint16_t>(~fold(sum));
}

Sum sum_octets(std::span<const std::byte> octets);

// A header of 20 octets, unrolled.
inline Sum sum_20(const std::byte* at) {
    unsigned long long carry = 0;
    unsigned long long sum = __builtin_addcll(load64(at), load64(at + 8), 0, &carry);
    sum = __builtin_addcll(sum, load32(at + 16), carry, &carry);
    return sum + carry;
}

// What TCP and UDP sum beside their own octets (RFC 768, RFC 9293 3.1).
inline Sum pseudo_header_sum(std::uint32_t source_wire, std::uint32_t destination_wire, std::uint8_t protocol,
                             std::uint16_t octets) {
    return static_cast<Sum>(source_wire) + destination_wire + swapped(octets) + (static_cast<Sum>(protocol) << 8);
}

} // namespace exo::net
