// Words and numbers of the manifest's lines.
#pragma once

#include <cstdint>
#include <string_view>

namespace exo::steward {

inline std::string_view next_word(std::string_view& line) {
    std::size_t begin = 0;
    while (begin < line.size() && line[begin] == ' ')
        begin++;
    std::size_t end = begin;
    while (end < line.size() && line[end] != ' ')
        end++;
    std::string_view word = line.substr(begin, end - begin);
    line = line.substr(end);
    return word;
}

inline int digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return 99;
}

inline bool number(std::string_view word, int base, std::uint64_t limit, std::uint64_t* value) {
    std::uint64_t result = 0;
    for (char c : word) {
        if (digit(c) >= base || result > limit)
            return false;
        result = result * static_cast<std::uint64_t>(base) + static_cast<std::uint64_t>(digit(c));
    }
    *value = result;
    return !word.empty() && result <= limit;
}

} // namespace exo::steward
