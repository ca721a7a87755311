// See checksum.hpp.
#include "libos/net/wire/checksum.hpp"

namespace exo::net {

namespace {

// One addition a word, which takes the carry of the one before, and one for the last carry.
template <std::size_t words>
[[gnu::always_inline]] inline Sum add_words(Sum start, const std::byte* at) {
    unsigned long long carry = 0, sum = start;
#pragma clang loop unroll(full)
    for (std::size_t word = 0; word < words; ++word)
        sum = __builtin_addcll(sum, load64(at + word * sizeof(std::uint64_t)), carry, &carry);
    return add_sums(sum, carry);
}

// The last one to seven of at least eight octets, before `end`; zeros follow them.
std::uint64_t load_last(const std::byte* end, std::size_t octets) {
    return load64(end - sizeof(std::uint64_t)) >> (64 - 8 * octets);
}

// Fewer than eight octets.
std::uint64_t load_few(const std::byte* at, std::size_t octets) {
    std::uint64_t few = 0;
    for (std::size_t i = 0; i < octets; ++i)
        few |= std::to_integer<std::uint64_t>(at[i]) << 8 * i;
    return few;
}

} // namespace

Sum sum_octets(std::span<const std::byte> octets) {
    const std::byte* at = octets.data();
    std::size_t left = octets.size();
    if (left < sizeof(std::uint64_t)) [[unlikely]]
        return load_few(at, left);
    Sum sum = 0;
    for (; left >= 64; at += 64, left -= 64)
        sum = add_words<8>(sum, at);
    if (left & 32) {
        sum = add_words<4>(sum, at);
        at += 32;
    }
    if (left & 16) {
        sum = add_words<2>(sum, at);
        at += 16;
    }
    if (left & 8) {
        sum = add_words<1>(sum, at);
        at += 8;
    }
    left &= 7;
    if (left != 0)
        sum = add_sums(sum, load_last(at + left, left));
    return sum;
}

} // namespace exo::net
