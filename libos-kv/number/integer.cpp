// See integer.hpp.
#include "libos-kv/number/integer.hpp"

#include <cstddef>

namespace exo::kv {

std::optional<std::int64_t> parse_integer(std::string_view text) {
    if (text.empty() || text.size() > integer_text_max)
        return std::nullopt;
    const bool negative = text.front() == '-';
    if (negative)
        text.remove_prefix(1);
    if (text.empty() || (text.front() == '0' && (negative || text.size() > 1)))
        return std::nullopt;
    constexpr std::size_t digits_max = 19; // of 2^63
    if (text.size() > digits_max)
        return std::nullopt;
    std::uint64_t value = 0; // of so many digits it has room for any
    for (const char octet : text) {
        const unsigned digit = static_cast<unsigned char>(octet) - unsigned{'0'};
        if (digit > 9)
            return std::nullopt;
        value = value * 10 + digit;
    }
    constexpr std::uint64_t limit = std::uint64_t{1} << 63;
    if (value > limit - (negative ? 0 : 1))
        return std::nullopt;
    return static_cast<std::int64_t>(negative ? 0 - value : value);
}

std::size_t format_unsigned(std::uint64_t value, char* out) {
    char digits[integer_text_max];
    std::size_t count = 0;
    do {
        digits[count++] = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value);
    for (std::size_t index = 0; index < count; index++)
        out[index] = digits[count - 1 - index];
    return count;
}

std::size_t format_integer(std::int64_t value, char* out) {
    if (value >= 0)
        return format_unsigned(static_cast<std::uint64_t>(value), out);
    *out = '-';
    return 1 + format_unsigned(0 - static_cast<std::uint64_t>(value), out + 1);
}

} // namespace exo::kv
