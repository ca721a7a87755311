// The hash of keys: two multiplications for what fits in two cache lines' worth of words, seeded so that nobody outside
// can choose keys that collide. Highest bits choose a bucket, the lowest eight are its tag.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace exo::kv {

// Set once, before the first key; from numbers nobody can guess.
inline std::uint64_t hash_seed = 0x9e3779b97f4a7c15;

namespace hash_detail {

inline std::uint64_t mix(std::uint64_t left, std::uint64_t right) {
    const unsigned __int128 product = static_cast<unsigned __int128>(left) * right;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
inline std::uint64_t word(const char* at) {
    std::uint64_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return value;
}
inline std::uint64_t half_word(const char* at) {
    std::uint32_t value;
    __builtin_memcpy(&value, at, sizeof value);
    return value;
}

} // namespace hash_detail

inline std::uint64_t hash_octets(std::string_view octets) {
    using namespace hash_detail;
    constexpr std::uint64_t odd_a = 0xa0761d6478bd642f, odd_b = 0xe7037ed1a0b428db;
    const char* at = octets.data();
    std::size_t left = octets.size();
    std::uint64_t state = hash_seed;
#pragma clang loop unroll(disable)
    for (; left > 16; left -= 16, at += 16)
        state = mix(word(at) ^ odd_a, word(at + 8) ^ state);
    std::uint64_t first = 0, second = 0;
    if (left >= 8) {
        first = word(at);
        second = word(at + left - 8);
    } else if (left >= 4) {
        first = half_word(at);
        second = half_word(at + left - 4);
    } else if (left) {
        first = static_cast<std::uint64_t>(static_cast<unsigned char>(at[0])) << 16 |
                static_cast<std::uint64_t>(static_cast<unsigned char>(at[left / 2])) << 8 |
                static_cast<unsigned char>(at[left - 1]);
    }
    return mix(odd_b ^ octets.size(), mix(first ^ odd_a, second ^ state));
}

} // namespace exo::kv
