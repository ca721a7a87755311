// See pattern.hpp. A star first takes nothing; when the rest does not fit, the last star seen takes one octet more.
// Earlier stars need not be tried again: what they could reach, the last one can.
#include "libos-kv/data/pattern.hpp"

namespace exo::kv {

namespace {

char folded(char octet, LetterCase letters) {
    return letters == LetterCase::Same && octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet + 32) : octet;
}

// Whether `octet` is of the class behind the [ at `at`, which is left behind its ].
bool is_of_class(std::string_view pattern, std::size_t& at, char octet, LetterCase letters) {
    at++;
    const bool inverted = at < pattern.size() && pattern[at] == '^';
    at += inverted;
    bool found = false;
    for (;; at++) {
        if (at >= pattern.size())
            break; // without its ] it ends with the pattern
        if (pattern[at] == '\\' && at + 1 < pattern.size()) {
            at++;
            found |= pattern[at] == octet;
        } else if (pattern[at] == ']') {
            at++;
            break;
        } else if (at + 2 < pattern.size() && pattern[at + 1] == '-') {
            auto low = static_cast<unsigned char>(folded(pattern[at], letters));
            auto high = static_cast<unsigned char>(folded(pattern[at + 2], letters));
            if (low > high) {
                const auto swapped = low;
                low = high;
                high = swapped;
            }
            const auto value = static_cast<unsigned char>(folded(octet, letters));
            found |= value >= low && value <= high;
            at += 2;
        } else {
            found |= folded(pattern[at], letters) == folded(octet, letters);
        }
    }
    return found != inverted;
}

} // namespace

bool matches_pattern(std::string_view pattern, std::string_view text, LetterCase letters) {
    if (text.empty())
        return pattern.empty(); // in Redis no star matches nothing at all
    constexpr std::size_t none = ~std::size_t{0};
    std::size_t at = 0, in = 0, star = none, star_text = 0;
    for (;;) {
        if (at < pattern.size() && pattern[at] == '*') {
            star = ++at;
            star_text = in;
            continue;
        }
        bool fits = false;
        if (in < text.size() && at < pattern.size()) {
            std::size_t behind = at + 1;
            if (pattern[at] == '?') {
                fits = true;
            } else if (pattern[at] == '[') {
                behind = at;
                fits = is_of_class(pattern, behind, text[in], letters);
            } else {
                const bool escaped = pattern[at] == '\\' && at + 1 < pattern.size();
                behind += escaped;
                fits = folded(pattern[at + escaped], letters) == folded(text[in], letters);
            }
            if (fits) {
                at = behind;
                in++;
                continue;
            }
        } else if (in == text.size() && at == pattern.size()) {
            return true;
        }
        if (star == none || star_text >= text.size())
            return false;
        at = star;
        in = ++star_text;
    }
}

} // namespace exo::kv
