// Numbers of the format of dumps (dump.hpp), for those who write and read it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::kv {

enum class DumpedAs : std::uint8_t {
    String = 0,
    Members = 2,     // of a set
    Pairs = 4,       // of a hash
    Scores = 5,      // of a sorted set: members, each with eight octets of a real number
    Numbers = 11,    // of a set: a string that holds their width, how many there are, and them, in order
    PairsPack = 16,  // a string that is a listpack
    ScoresPack = 17, // likewise
    ListNodes = 18,  // of a list: each says how it is kept, and is a string
};

enum class DumpedNode : std::uint8_t { Element = 1, Pack = 2 };

// A length begins with two bits: its kind.
enum class DumpedLength : std::uint8_t { Six, Fourteen, Wide, Special }; // bits that follow; Wide: see below
inline constexpr std::uint8_t wide_32 = 0x80, wide_64 = 0x81;            // the whole octet; the highest octet first
// What follows a special one: numbers of 8, 16 and 32 bits, a packed string.
enum class DumpedSpecial : std::uint8_t { Number8, Number16, Number32, Packed };

inline constexpr std::uint16_t dump_version = 10;
inline constexpr std::size_t dump_version_bytes = 2, dump_sum_bytes = 8;

} // namespace exo::kv
