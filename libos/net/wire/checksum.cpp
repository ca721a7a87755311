// See checksum.hpp.
#include "libos/net/wire/checksum.hpp"

namespace exo::net {

namespace {

// Sums with their carries counted in the upper half: one addition and one more for the carry a word.
using WideSum = unsigned __int128;

constexpr WideSum sum_words(const std::byte* at, std::size_t words) {
    WideSum sum = 0;
    for (std::size_t word = 0; word < words; ++word)
        sum += load64(at + word * sizeof(std::uint64_t));
    return sum;
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
    WideSum sum = 0;
    for (; left >= 64; at += 64, left -= 64)
        sum += sum_words(at, 8);
    if (left & 32) {
        sum += sum_words(at, 4);
        at += 32;
    }
    if (left & 16) {
        sum += sum_words(at, 2);
        at += 16;
    }
    if (left & 8) {
        sum += load64(at);
        at += 8;
    }
    left &= 7;
    if (left != 0)
        sum += load_last(at + left, left);
    return add_sums(static_cast<Sum>(sum), static_cast<Sum>(sum >> 64));
}

} // namespace exo::net
