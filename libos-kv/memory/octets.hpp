// Strings of octets: copying and comparing them. Values of up to 64 octets, as most are, are copied in vectors.
#pragma once

#include "libos/memory/bytes.hpp"

#include <cstdint>
#include <emmintrin.h>
#include <string_view>

namespace exo::kv {

template <typename Word>
[[gnu::always_inline]] inline Word load_octets(const char* at) {
    Word word;
    __builtin_memcpy(&word, at, sizeof word);
    return word;
}
template <typename Word>
[[gnu::always_inline]] inline void store_octets(char* at, Word word) {
    __builtin_memcpy(at, &word, sizeof word);
}

// Places that do not overlap. In the middle of two pieces or four some octets may be stored twice.
[[gnu::always_inline]] inline void copy_octets(char* to, const char* from, std::size_t size) {
    constexpr std::size_t piece = sizeof(__m128i);
    if (size - piece > 3 * piece) [[unlikely]]
        return copy_bytes(to, from, size);
    const __m128i first = load_octets<__m128i>(from), last = load_octets<__m128i>(from + size - piece);
    if (size > 2 * piece) {
        const __m128i second = load_octets<__m128i>(from + piece),
                      third = load_octets<__m128i>(from + size - 2 * piece);
        store_octets(to + piece, second);
        store_octets(to + size - 2 * piece, third);
    }
    store_octets(to, first);
    store_octets(to + size - piece, last);
}

// Of strings of one word to two, some octets of which may be looked at twice.
[[gnu::always_inline]] inline bool same_short_octets(const char* left, const char* right, std::size_t size) {
    using Word = std::uint64_t;
    const std::size_t last = size - sizeof(Word);
    return load_octets<Word>(left) == load_octets<Word>(right) &&
           load_octets<Word>(left + last) == load_octets<Word>(right + last);
}

inline bool same_octets(std::string_view left, std::string_view right) {
    const std::size_t size = left.size();
    if (size != right.size())
        return false;
    const auto differ = [&]<typename Word>(std::size_t at, Word) {
        return load_octets<Word>(left.data() + at) != load_octets<Word>(right.data() + at);
    };
    if (size < sizeof(std::uint64_t)) {
        if (size >= sizeof(std::uint32_t))
            return !differ(0, std::uint32_t{}) && !differ(size - sizeof(std::uint32_t), std::uint32_t{});
        for (std::size_t at = 0; at < size; at++)
            if (left[at] != right[at])
                return false;
        return true;
    }
    for (std::size_t at = 0; at + sizeof(std::uint64_t) < size; at += sizeof(std::uint64_t))
        if (differ(at, std::uint64_t{}))
            return false;
    return !differ(size - sizeof(std::uint64_t), std::uint64_t{}); // some octets twice
}
// As memcmp over the shorter one, then by length.
inline int compare_octets(std::string_view left, std::string_view right) {
    const std::size_t shared = left.size() < right.size() ? left.size() : right.size();
    const int order = compare_bytes(left.data(), right.data(), shared);
    if (order)
        return order;
    return left.size() < right.size() ? -1 : left.size() > right.size();
}

} // namespace exo::kv
