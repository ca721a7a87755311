// See random.hpp. SipHash: Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012.
#include "libos/net/random.hpp"

#include <bit>

namespace exo::net {

namespace {

struct Words {
    std::uint64_t v0, v1, v2, v3;

    void rounds(int count) {
        for (; count; count--) {
            v0 += v1;
            v2 += v3;
            v1 = std::rotl(v1, 13) ^ v0;
            v3 = std::rotl(v3, 16) ^ v2;
            v0 = std::rotl(v0, 32);
            v2 += v1;
            v0 += v3;
            v1 = std::rotl(v1, 17) ^ v2;
            v3 = std::rotl(v3, 21) ^ v0;
            v2 = std::rotl(v2, 32);
        }
    }
    void absorb(std::uint64_t word) {
        v3 ^= word;
        rounds(2);
        v0 ^= word;
    }
};

} // namespace

std::uint64_t keyed_hash(std::uint64_t key0, std::uint64_t key1, std::uint64_t word0, std::uint64_t word1) {
    Words words{key0 ^ 0x736f'6d65'7073'6575ull, key1 ^ 0x646f'7261'6e64'6f6dull, key0 ^ 0x6c79'6765'6e65'7261ull,
                key1 ^ 0x7465'6462'7974'6573ull};
    words.absorb(word0);
    words.absorb(word1);
    words.absorb(16ull << 56); // the length
    words.v2 ^= 0xff;
    words.rounds(4);
    return words.v0 ^ words.v1 ^ words.v2 ^ words.v3;
}

} // namespace exo::net
