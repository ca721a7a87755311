// Where a command's arguments name keys, from the text of its row: specifications separated by |, each of three words:
// flags separated by commas; where it begins, i and an argument's number, or k and a keyword and from which argument on
// it is looked for; how it goes on, r and last key, step, limit, or n and where the number of keys stands, the first of
// them, step.
#pragma once

#include "libos-kv/command/command.hpp"

namespace exo::kv {

struct KeySpec {
    std::string_view flags, keyword;
    char begin = 'i'; // i, k or u
    std::int64_t start = 0;
    char find = 'r'; // r, n or u
    std::int64_t numbers[3] = {};
};

// The next specification, taken from `text`; false: there is none.
bool next_key_spec(std::string_view& text, KeySpec& spec);
// The next word up to `separator`, taken from `text`.
std::string_view next_word(std::string_view& text, char separator);

struct KeyPlace {
    std::size_t argument;
    std::string_view flags;
};
// Where the keys of a call are. False: it cannot be said, or there are none.
bool find_keys(const CommandRow& row, const std::string_view* arguments, std::size_t count, Array<KeyPlace>& places);

} // namespace exo::kv
