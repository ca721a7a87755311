// See checksum.hpp.
#include "libos/net/wire/checksum.hpp"

namespace exo::net {

Sum sum_octets(std::span<const std::byte> octets) {
    const std::byte* at = octets.data();
    std::size_t left = octets.size();
    unsigned long long sum = 0, carry = 0;
    for (; left >= 32; at += 32, left -= 32) {
        sum = __builtin_addcll(sum, load64(at), carry, &carry);
        sum = __builtin_addcll(sum, load64(at + 8), carry, &carry);
        sum = __builtin_addcll(sum, load64(at + 16), carry, &carry);
        sum = __builtin_addcll(sum, load64(at + 24), carry, &carry);
    }
    for (; left >= 8; at += 8, left -= 8)
        sum = __builtin_addcll(sum, load64(at), carry, &carry);
    std::uint64_t rest = 0; // the last one to seven octets, without a call to copy them
    unsigned shift = 0;
    if (left & 4) {
        rest = load32(at);
        at += 4;
        shift = 32;
    }
    if (left & 2) {
        rest |= static_cast<std::uint64_t>(load16(at)) << shift;
        at += 2;
        shift += 16;
    }
    if (left & 1)
        rest |= std::to_integer<std::uint64_t>(*at) << shift;
    sum = __builtin_addcll(sum, rest, carry, &carry);
    return add_sums(sum, carry);
}

} // namespace exo::net
