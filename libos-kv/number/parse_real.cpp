// From decimal or hexadecimal text to the nearest binary number, half to even. Interface: real.hpp.
#include "libos-kv/number/big.hpp"
#include "libos-kv/number/real.hpp"

#include <bit>
#include <cstdint>

namespace exo::kv {

namespace {

// What a format can hold: bits of its mantissa, and the exponents of its least and greatest.
struct Format {
    int bits;
    int least;    // 2^least is the last place of the smallest numbers
    int greatest; // numbers are below 2^greatest
};
constexpr Format double_format = {53, -1074, 1024};
constexpr Format extended_format = {64, -16445, 16384};

// mantissa * 2^exponent, and what lies beyond the 64 bits: whether the first of it is set, and whether one behind is.
// So every format rounds once, wherever its last place is.
struct Exact {
    std::uint64_t mantissa = 0; // 0, or its highest bit is set
    std::int64_t exponent = 0;
    bool half = false, more = false;
};

enum class Range : std::uint8_t { Fits, TooLarge, TooSmall };
struct Rounded {
    std::uint64_t mantissa;
    int exponent;
    Range range;
};

Rounded round_to(const Exact& number, const Format& format) {
    if (number.mantissa == 0)
        return {0, 0, Range::Fits};
    // Bits below the last place of the format at this size.
    std::int64_t dropped = 64 - format.bits;
    if (number.exponent + dropped < format.least)
        dropped = format.least - number.exponent;
    if (dropped > 64)
        return {0, 0, Range::TooSmall};
    std::uint64_t kept = dropped == 64 ? 0 : number.mantissa >> dropped;
    std::int64_t exponent = number.exponent + dropped;
    if (dropped == 0) {
        kept += number.half && (number.more || (kept & 1));
    } else {
        const bool lost = number.half || number.more;
        const std::uint64_t half = std::uint64_t{1} << (dropped - 1);
        const std::uint64_t rest = dropped == 64 ? number.mantissa : number.mantissa & ((half << 1) - 1);
        if (rest > half || (rest == half && (lost || (kept & 1))))
            kept++;
    }
    if (format.bits < 64 ? kept >> format.bits != 0 : kept == 0 && dropped < 64) {
        kept = format.bits < 64 ? kept >> 1 : std::uint64_t{1} << 63;
        exponent++;
    }
    if (kept && exponent + static_cast<std::int64_t>(std::bit_width(kept)) > format.greatest)
        return {0, 0, Range::TooLarge};
    return {kept, static_cast<int>(exponent), kept ? Range::Fits : Range::TooSmall};
}

// number * 2^exponent; the number is not zero.
Exact normalise(const Big& number, std::int64_t exponent) {
    Big wide(number);
    const std::size_t bits = wide.bits();
    if (bits < 64) {
        wide.shift_left(64 - bits);
        exponent -= static_cast<std::int64_t>(64 - bits);
    }
    Exact exact;
    bool lost;
    exact.mantissa = wide.top(lost);
    const std::size_t low = wide.bits() - 64;
    exact.exponent = exponent + static_cast<std::int64_t>(low);
    exact.half = low && wide.bit(low - 1);
    for (std::size_t index = 0; lost && index + 1 < low && !exact.more; index++)
        exact.more = wide.bit(index);
    return exact;
}

// digits * 10^power.
Exact scale(const Big& digits, std::int64_t power) {
    if (power >= 0) {
        Big whole(digits);
        whole.multiply_power(10, static_cast<std::size_t>(power));
        return normalise(whole, 0);
    }
    Big divisor(1);
    divisor.multiply_power(10, static_cast<std::size_t>(-power));
    Big rest(digits);
    // Shifted so that the quotient has 65 or 66 bits; it is found bit by bit.
    const auto wanted = static_cast<std::int64_t>(divisor.bits()) + 65;
    std::int64_t shift = wanted - static_cast<std::int64_t>(rest.bits());
    constexpr std::size_t steps = 67;
    if (shift > 0)
        rest.shift_left(static_cast<std::size_t>(shift));
    else
        shift = 0;
    const std::size_t start = rest.bits() > divisor.bits() ? rest.bits() - divisor.bits() : 0;
    divisor.shift_left(start);
    // rest / divisor is below 2: the quotient's bits come from the highest down by doubling the rest.
    unsigned __int128 quotient = 0;
    for (std::size_t step = 0; step < steps; step++) {
        quotient <<= 1;
        if (rest.compare(divisor) >= 0) {
            rest.subtract(divisor);
            quotient |= 1;
        }
        rest.shift_left(1);
    }
    const std::int64_t exponent = static_cast<std::int64_t>(start) - shift - static_cast<std::int64_t>(steps - 1);
    int extra = 1;
    while ((quotient >> (64 + extra)) != 0)
        extra++;
    const auto below = static_cast<std::uint64_t>(quotient) & ((std::uint64_t{1} << extra) - 1);
    const std::uint64_t half = std::uint64_t{1} << (extra - 1);
    return {static_cast<std::uint64_t>(quotient >> extra), exponent + extra, (below & half) != 0,
            (below & (half - 1)) != 0 || !rest.is_zero()};
}

bool is_digit(char octet) {
    return octet >= '0' && octet <= '9';
}
char lower(char octet) {
    return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet + 32) : octet;
}
bool is_word(std::string_view text, std::string_view word) {
    if (text.size() != word.size())
        return false;
    for (std::size_t index = 0; index < text.size(); index++)
        if (lower(text[index]) != word[index])
            return false;
    return true;
}

constexpr std::int64_t power_max = 1'000'000;

// `e` or `p` and its number, whole; no value: that is not what stands there.
std::optional<std::int64_t> parse_power(std::string_view text) {
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (text.empty())
        return std::nullopt;
    std::int64_t power = 0;
    for (const char octet : text) {
        if (!is_digit(octet))
            return std::nullopt;
        if (power < power_max)
            power = power * 10 + (octet - '0');
    }
    return negative ? -power : power;
}

int hex_value(char octet) {
    octet = lower(octet);
    return is_digit(octet) ? octet - '0' : octet >= 'a' && octet <= 'f' ? octet - 'a' + 10 : -1;
}

std::optional<Exact> parse_digits(std::string_view text, bool hexadecimal) {
    Big digits;
    std::int64_t power = 0;
    bool any = false, point = false;
    std::size_t significant = 0;
    std::size_t index = 0;
    for (; index < text.size(); index++) {
        const char octet = text[index];
        if (octet == '.' && !point) {
            point = true;
            continue;
        }
        const int value = hexadecimal ? hex_value(octet) : is_digit(octet) ? octet - '0' : -1;
        if (value < 0)
            break;
        any = true;
        if (significant || value)
            significant++;
        digits.multiply_add(hexadecimal ? 16 : 10, static_cast<std::uint32_t>(value));
        power -= point;
    }
    if (!any)
        return std::nullopt;
    std::int64_t written = 0;
    if (index < text.size()) {
        if (lower(text[index]) != (hexadecimal ? 'p' : 'e'))
            return std::nullopt;
        const auto parsed = parse_power(text.substr(index + 1));
        if (!parsed)
            return std::nullopt;
        written = *parsed;
    }
    if (digits.is_zero())
        return Exact{};
    if (hexadecimal)
        return normalise(digits, power * 4 + written);
    power += written;
    // Beyond what any format holds the exact power does not matter.
    const std::int64_t first = power + static_cast<std::int64_t>(significant);
    if (first > 5000)
        return Exact{std::uint64_t{1} << 63, power_max, false, false};
    if (first < -5000)
        return Exact{std::uint64_t{1} << 63, -power_max, false, false};
    return scale(digits, power);
}

struct Parsed {
    bool negative = false;
    bool infinite = false;
    Rounded number{};
};

std::optional<Parsed> parse_real(std::string_view text, const Format& format) {
    constexpr std::size_t text_max = 5 * 1024;
    Parsed parsed;
    if (text.empty() || text.size() >= text_max)
        return std::nullopt;
    if (text.front() == '-' || text.front() == '+') {
        parsed.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    if (is_word(text, "inf") || is_word(text, "infinity")) {
        parsed.infinite = true;
        return parsed;
    }
    const bool hexadecimal = text.size() > 2 && text[0] == '0' && lower(text[1]) == 'x';
    const auto exact = parse_digits(hexadecimal ? text.substr(2) : text, hexadecimal);
    if (!exact)
        return std::nullopt;
    parsed.number = round_to(*exact, format);
    return parsed;
}

} // namespace

std::optional<double> parse_double(std::string_view text) {
    const auto parsed = parse_real(text, double_format);
    if (!parsed)
        return std::nullopt;
    double value = 0;
    if (parsed->infinite || parsed->number.range == Range::TooLarge) {
        value = __builtin_huge_val();
    } else if (const std::uint64_t mantissa = parsed->number.mantissa) {
        const bool normal = mantissa >> 52 != 0;
        const auto biased = static_cast<std::uint64_t>(normal ? parsed->number.exponent + 1075 : 0);
        value = std::bit_cast<double>(biased << 52 | (mantissa & ((std::uint64_t{1} << 52) - 1)));
    }
    return parsed->negative ? -value : value;
}

std::optional<long double> parse_long_double(std::string_view text) {
    const auto parsed = parse_real(text, extended_format);
    if (!parsed || parsed->number.range != Range::Fits)
        return std::nullopt;
    long double value = 0;
    if (parsed->infinite) {
        value = static_cast<long double>(__builtin_huge_val());
    } else if (std::uint64_t mantissa = parsed->number.mantissa) {
        int exponent = parsed->number.exponent;
        while (mantissa >> 63 == 0 && exponent > extended_format.least) {
            mantissa <<= 1;
            exponent--;
        }
        const auto biased = static_cast<std::uint16_t>(mantissa >> 63 ? exponent + 16446 : 0);
        // Safe: as take_apart in format_real.cpp.
        __builtin_memcpy(&value, &mantissa, sizeof mantissa);
        __builtin_memcpy(reinterpret_cast<char*>(&value) + 8, &biased, sizeof biased);
    }
    return parsed->negative ? -value : value;
}

} // namespace exo::kv
