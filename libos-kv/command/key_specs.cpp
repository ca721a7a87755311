// See key_specs.hpp.
#include "libos-kv/command/key_specs.hpp"

namespace exo::kv {

std::string_view next_word(std::string_view& text, char separator) {
    const std::size_t end = text.find(separator);
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return word;
}

bool next_key_spec(std::string_view& text, KeySpec& spec) {
    if (text.empty())
        return false;
    std::string_view row = next_word(text, '|');
    spec = KeySpec();
    spec.flags = next_word(row, ' ');
    std::string_view begin = next_word(row, ' '), find = row;
    spec.begin = begin.front();
    begin.remove_prefix(1);
    if (spec.begin == 'k')
        spec.keyword = next_word(begin, ',');
    spec.start = parse_integer(begin).value_or(0);
    spec.find = find.front();
    find.remove_prefix(1);
    for (std::int64_t& number : spec.numbers)
        number = parse_integer(next_word(find, ',')).value_or(0);
    return true;
}

namespace {

// The first argument of a specification; 0: its keyword is not there.
std::int64_t first_argument(const KeySpec& spec, const std::string_view* arguments, std::int64_t count) {
    if (spec.begin != 'k')
        return spec.start;
    const std::int64_t from = spec.start > 0 ? spec.start : count + spec.start;
    const std::int64_t stop = spec.start > 0 ? count - 1 : 1;
    const std::int64_t step = from <= stop ? 1 : -1;
    for (std::int64_t at = from; at != stop && at >= 1 && at < count; at += step) {
        const std::string_view word = arguments[at];
        bool same = word.size() == spec.keyword.size();
        for (std::size_t index = 0; same && index < word.size(); index++)
            same = (word[index] | 0x20) == (spec.keyword[index] | 0x20);
        if (same)
            return at + 1;
    }
    return 0;
}

// As atoi of C reads it: blanks before the number do not matter, nor what stands behind it. 0: none, or too large.
std::int64_t leading_integer(std::string_view text) {
    constexpr std::int64_t most = 2'147'483'647;
    while (!text.empty() && (text.front() == ' ' || (text.front() >= '\t' && text.front() <= '\r')))
        text.remove_prefix(1);
    if (!text.empty() && text.front() == '+')
        text.remove_prefix(1);
    std::int64_t value = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9' && value <= most; text.remove_prefix(1))
        value = value * 10 + text.front() - '0';
    return value <= most ? value : 0;
}

} // namespace

bool find_keys(const CommandRow& row, const std::string_view* arguments, std::size_t given, Array<KeyPlace>& places) {
    const auto count = static_cast<std::int64_t>(given);
    std::string_view text(row.key_specs);
    for (KeySpec spec; next_key_spec(text, spec);) {
        if (spec.flags.find("not_key") != spec.flags.npos)
            continue;
        if (spec.begin == 'u' || spec.find == 'u')
            return false;
        std::int64_t first = first_argument(spec, arguments, count);
        if (first == 0)
            continue;
        std::int64_t last, step;
        if (spec.find == 'r') {
            step = spec.numbers[1];
            last = spec.numbers[0] >= 0 ? first + spec.numbers[0]
                   : spec.numbers[2]    ? first + (count - first) / spec.numbers[2] + spec.numbers[0]
                                        : count + spec.numbers[0];
        } else {
            step = spec.numbers[2];
            if (first + spec.numbers[0] >= count)
                return false;
            const std::string_view text_of_count = arguments[first + spec.numbers[0]];
            auto keys = parse_integer(text_of_count);
            if (!keys) {
                keys = leading_integer(text_of_count);
                spec.flags = {};
            }
            if (*keys < 0)
                return false;
            first += spec.numbers[1];
            if (__builtin_add_overflow(first, *keys - 1, &last))
                return false;
        }
        if (last >= count || last < first || first >= count)
            return false;
        for (std::int64_t at = first; at <= last; at += step)
            places.push(static_cast<std::size_t>(at), spec.flags);
        if (spec.flags.find("incomplete") != spec.flags.npos)
            return false;
    }
    return !places.empty();
}

} // namespace exo::kv
