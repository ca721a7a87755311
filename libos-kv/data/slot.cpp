// See slot.hpp.
#include "libos-kv/data/slot.hpp"

#include <array>

namespace exo::kv {

namespace {

constexpr std::array<std::uint16_t, 256> make_table() {
    std::array<std::uint16_t, 256> table{};
    for (unsigned octet = 0; octet < 256; octet++) {
        unsigned value = octet << 8;
        for (int bit = 0; bit < 8; bit++)
            value = value << 1 ^ ((value & 0x8000) ? 0x1021 : 0);
        table[octet] = static_cast<std::uint16_t>(value);
    }
    return table;
}
constexpr std::array<std::uint16_t, 256> table = make_table();

} // namespace

unsigned slot_of(std::string_view key) {
    if (const std::size_t open = key.find('{'); open != key.npos) {
        const std::size_t close = key.find('}', open + 1);
        if (close != key.npos && close != open + 1)
            key = key.substr(open + 1, close - open - 1);
    }
    unsigned value = 0;
    for (const char octet : key)
        value = (value << 8 ^ table[(value >> 8 ^ static_cast<unsigned char>(octet)) & 0xff]) & 0xffff;
    return value % slots_count;
}

} // namespace exo::kv
