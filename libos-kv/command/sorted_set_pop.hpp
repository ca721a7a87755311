// Taking members from an end of a sorted set: what ZPOPMIN, ZMPOP and those that wait for a key have in common.
#pragma once

#include "libos-kv/command/command.hpp"

namespace exo::kv {

enum class End : std::uint8_t { Lowest, Highest };

// How members and scores are said: in one row; by pairs; both behind the key's name, the pairs in a row of their own.
enum class PopReply : std::uint8_t { Row, Pairs, KeyAndRow, KeyAndPairs };

// Takes at most so many from a key that is there, and says them.
void pop_members(Call& call, std::string_view key, Entry* entry, End end, std::size_t count, PopReply shape);

// The arguments of ZMPOP: number of keys, keys, MIN or MAX, COUNT.
struct ManyPop {
    std::size_t first_key = 0, keys = 0, count = 1;
    End end = End::Lowest;
};
// From argument `at` on. False: an error was said.
bool read_many_pop(Call& call, std::size_t at, ManyPop& pop);

} // namespace exo::kv
