// See slot.hpp.
#include "libos-kv/data/slot.hpp"

#include "libos-kv/memory/octets.hpp"

#include <array>

namespace exo::kv {

namespace {

constexpr std::size_t word_octets = sizeof(std::uint64_t);
using Table = std::array<std::uint16_t, 256>;

// Of each octet with as many zeros behind it as the table has before it, so that a word is eight lookups, none of which
// waits for another (slicing by eight).
constexpr std::array<Table, word_octets> make_tables() {
    std::array<Table, word_octets> tables{};
    for (unsigned octet = 0; octet < 256; octet++) {
        unsigned value = octet << 8;
        for (Table& table : tables) {
            for (int bit = 0; bit < 8; bit++)
                value = value << 1 ^ ((value & 0x8000) ? 0x1021 : 0);
            table[octet] = static_cast<std::uint16_t>(value);
        }
    }
    return tables;
}
constexpr std::array<Table, word_octets> tables = make_tables();

unsigned crc16(std::string_view octets) {
    unsigned value = 0;
    for (; octets.size() >= word_octets; octets.remove_prefix(word_octets)) {
        const std::uint64_t word =
            load_octets<std::uint64_t>(octets.data()) ^ __builtin_bswap16(static_cast<std::uint16_t>(value));
        value = 0;
#pragma clang loop unroll(full)
        for (unsigned at = 0; at < word_octets; at++)
            value ^= tables[word_octets - 1 - at][word >> at * 8 & 0xff];
    }
    for (const char octet : octets)
        value = (value << 8 ^ tables[0][(value >> 8 ^ static_cast<unsigned char>(octet)) & 0xff]) & 0xffff;
    return value;
}

bool has_brace(std::uint64_t word) {
    constexpr std::uint64_t each = 0x0101010101010101;
    const std::uint64_t zero_where = word ^ each * '{';
    return (zero_where - each) & ~zero_where & each * 0x80;
}

// Most keys have none: eight octets at once, of the last some twice.
bool may_have_tag(std::string_view key) {
    if (key.size() < word_octets)
        return key.find('{') != key.npos;
    for (std::size_t at = 0; at + word_octets < key.size(); at += word_octets)
        if (has_brace(load_octets<std::uint64_t>(key.data() + at)))
            return true;
    return has_brace(load_octets<std::uint64_t>(key.data() + key.size() - word_octets));
}

// What stands between the first { and the next }, if anything does.
std::string_view tag_of(std::string_view key) {
    const std::size_t open = key.find('{'), close = key.find('}', open + 1);
    return close != key.npos && close != open + 1 ? key.substr(open + 1, close - open - 1) : key;
}

} // namespace

unsigned slot_of(std::string_view key) {
    return crc16(may_have_tag(key) ? tag_of(key) : key) % slots_count;
}

} // namespace exo::kv
