// See crc64.hpp. One octet a step.
#include "libos-kv/data/crc64.hpp"

#include <array>

namespace exo::kv {

namespace {

constexpr std::array<std::uint64_t, 256> make_table() {
    constexpr std::uint64_t reflected_polynomial = 0x95ac9329ac4bc9b5;
    std::array<std::uint64_t, 256> table{};
    for (std::uint64_t octet = 0; octet < 256; octet++) {
        std::uint64_t remainder = octet;
        for (unsigned bit = 0; bit < 8; bit++)
            remainder = remainder >> 1 ^ (remainder & 1 ? reflected_polynomial : 0);
        table[octet] = remainder;
    }
    return table;
}

constexpr std::array<std::uint64_t, 256> table = make_table();

} // namespace

std::uint64_t crc64(std::string_view octets) {
    std::uint64_t remainder = 0;
    for (const char octet : octets)
        remainder = remainder >> 8 ^ table[(remainder ^ static_cast<unsigned char>(octet)) & 255];
    return remainder;
}

} // namespace exo::kv
