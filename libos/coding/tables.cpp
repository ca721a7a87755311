// Eight tables, eight octets a step.
#include "libos/coding/tables.hpp"

#include <array>

namespace exo::coding {

namespace {

constexpr std::uint64_t ecma_reflected = 0xc96c5795d7870f42;
using Tables = std::array<std::array<std::uint64_t, 256>, 8>;

constexpr Tables make_tables() {
    Tables tables{};
    for (unsigned octet = 0; octet < 256; octet++) {
        std::uint64_t value = octet;
        for (int bit = 0; bit < 8; bit++)
            value = value >> 1 ^ (value & 1 ? ecma_reflected : 0);
        tables[0][octet] = value;
    }
    for (unsigned octet = 0; octet < 256; octet++)
        for (unsigned step = 1; step < 8; step++)
            tables[step][octet] = tables[0][tables[step - 1][octet] & 0xff] ^ tables[step - 1][octet] >> 8;
    return tables;
}
constexpr Tables tables = make_tables();

std::uint64_t word_at(const std::byte* at) {
    std::uint64_t word;
    __builtin_memcpy(&word, at, sizeof word);
    return word;
}

} // namespace

std::uint64_t crc64_by_tables(std::uint64_t before, const void* data, std::size_t bytes) {
    const auto* at = static_cast<const std::byte*>(data);
    std::uint64_t sum = ~before;
    for (; bytes >= 8; bytes -= 8, at += 8) {
        const std::uint64_t word = sum ^ word_at(at);
        sum = tables[7][word & 0xff] ^ tables[6][word >> 8 & 0xff] ^ tables[5][word >> 16 & 0xff] ^
              tables[4][word >> 24 & 0xff] ^ tables[3][word >> 32 & 0xff] ^ tables[2][word >> 40 & 0xff] ^
              tables[1][word >> 48 & 0xff] ^ tables[0][word >> 56];
    }
    for (; bytes; bytes--, at++)
        sum = tables[0][(sum ^ static_cast<std::uint64_t>(*at)) & 0xff] ^ sum >> 8;
    return ~sum;
}

} // namespace exo::coding
