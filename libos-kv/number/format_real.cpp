// From binary to decimal: the exact decimal digits of a number, rounded where the text ends. Interface: real.hpp.
#include "libos-kv/number/big.hpp"
#include "libos-kv/number/integer.hpp"
#include "libos-kv/number/real.hpp"

#include <bit>
#include <cstdint>

namespace exo::kv {

namespace {

// mantissa * 2^exponent
struct Binary {
    bool negative;
    std::uint64_t mantissa;
    int exponent;
};

Binary take_apart(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const int exponent = static_cast<int>(bits >> 52 & 0x7ff);
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
    return {bits >> 63 != 0, exponent ? fraction | std::uint64_t{1} << 52 : fraction, (exponent ? exponent : 1) - 1075};
}

struct Extended {
    std::uint64_t mantissa;
    std::uint16_t sign_exponent;
};

Binary take_apart(long double value) {
    Extended parts;
    // Safe: the 80-bit format of x86: ten octets (SDM volume 1, 8.2).
    __builtin_memcpy(&parts.mantissa, &value, sizeof parts.mantissa);
    __builtin_memcpy(&parts.sign_exponent, reinterpret_cast<const char*>(&value) + 8, sizeof parts.sign_exponent);
    const int exponent = parts.sign_exponent & 0x7fff;
    return {parts.sign_exponent >> 15 != 0, parts.mantissa, (exponent ? exponent : 1) - 16446};
}

// All decimal digits of a number and how many of them are a fraction.
struct Digits {
    char text[human_text_max + 16];
    std::size_t count = 0;    // without leading zeros
    std::size_t fraction = 0; // may exceed `count`
};

void expand(const Binary& number, Digits& digits) {
    std::uint64_t mantissa = number.mantissa;
    int exponent = number.exponent;
    if (mantissa == 0)
        return;
    while (exponent < 0 && (mantissa & 1) == 0) {
        mantissa >>= 1;
        exponent++;
    }
    Big whole(mantissa);
    if (exponent >= 0) {
        whole.shift_left(static_cast<std::size_t>(exponent));
    } else {
        whole.multiply_power(5, static_cast<std::size_t>(-exponent)); // m / 2^k = m * 5^k / 10^k
        digits.fraction = static_cast<std::size_t>(-exponent);
    }
    char* at = digits.text + sizeof digits.text;
    while (!whole.is_zero()) {
        std::uint32_t nine = whole.divide(1'000'000'000);
        for (int index = 0; index < 9 && (nine || !whole.is_zero()); index++, nine /= 10)
            *--at = static_cast<char>('0' + nine % 10);
    }
    digits.count = static_cast<std::size_t>(digits.text + sizeof digits.text - at);
    __builtin_memmove(digits.text, at, digits.count);
}

// Keeps the first `kept` digits, rounded half to even; a carry out of the front adds a digit. True: it did.
bool round_digits(Digits& digits, std::size_t kept) {
    if (kept >= digits.count)
        return false;
    const char next = digits.text[kept];
    bool up = next > '5';
    if (next == '5') {
        for (std::size_t index = kept + 1; index < digits.count; index++)
            up |= digits.text[index] != '0';
        up |= kept && ((digits.text[kept - 1] - '0') & 1) != 0;
    }
    digits.fraction -= digits.count - kept;
    digits.count = kept;
    if (!up)
        return false;
    for (std::size_t index = kept; index-- > 0;) {
        if (digits.text[index] != '9') {
            digits.text[index]++;
            return false;
        }
        digits.text[index] = '0';
    }
    __builtin_memmove(digits.text + 1, digits.text, digits.count);
    digits.text[0] = '1';
    digits.count++;
    return true;
}

std::size_t put(char* out, std::string_view text) {
    __builtin_memcpy(out, text.data(), text.size());
    return text.size();
}

void drop_zeros(Digits& digits) {
    while (digits.fraction && digits.count && digits.text[digits.count - 1] == '0') {
        digits.count--;
        digits.fraction--;
    }
}

std::size_t put_plain(const Digits& digits, char* out) {
    char* at = out;
    if (digits.count > digits.fraction)
        at += put(at, {digits.text, digits.count - digits.fraction});
    else
        *at++ = '0';
    if (digits.fraction && digits.count) {
        *at++ = '.';
        for (std::size_t zeros = digits.count; zeros < digits.fraction; zeros++)
            *at++ = '0';
        const std::size_t shown = digits.count < digits.fraction ? digits.count : digits.fraction;
        at += put(at, {digits.text + digits.count - shown, shown});
    }
    return static_cast<std::size_t>(at - out);
}

} // namespace

std::size_t format_double(double value, char* out) {
    constexpr std::size_t significant = 17;
    constexpr double whole_max = 1e15;
    if (__builtin_isnan(value))
        return put(out, "nan");
    if (__builtin_isinf(value))
        return put(out, value > 0 ? "inf" : "-inf");
    if (value > -whole_max && value < whole_max && value != 0) {
        const auto whole = static_cast<std::int64_t>(value);
        if (static_cast<double>(whole) == value)
            return format_integer(whole, out);
    }
    const Binary number = take_apart(value);
    char* at = out;
    if (number.negative)
        *at++ = '-';
    if (number.mantissa == 0) {
        *at++ = '0';
        return static_cast<std::size_t>(at - out);
    }
    Digits digits;
    expand(number, digits);
    if (round_digits(digits, significant)) {
        digits.count--; // the last one is a zero
        digits.fraction--;
    }
    // The first digit stands for 10 to this power.
    const auto power = static_cast<std::int64_t>(digits.count) - static_cast<std::int64_t>(digits.fraction) - 1;
    while (digits.count > 1 && digits.text[digits.count - 1] == '0') {
        digits.count--;
        digits.fraction--;
    }
    if (power >= -4 && power < static_cast<std::int64_t>(significant)) {
        // Whole numbers whose trailing zeros were dropped above get them back.
        for (; static_cast<std::int64_t>(digits.count) <= power; digits.count++)
            digits.text[digits.count] = '0';
        digits.fraction = static_cast<std::size_t>(static_cast<std::int64_t>(digits.count) - power - 1);
        return static_cast<std::size_t>(at - out) + put_plain(digits, at);
    }
    *at++ = digits.text[0];
    if (digits.count > 1) {
        *at++ = '.';
        at += put(at, {digits.text + 1, digits.count - 1});
    }
    *at++ = 'e';
    *at++ = power < 0 ? '-' : '+';
    const auto magnitude = static_cast<std::uint64_t>(power < 0 ? -power : power);
    if (magnitude < 10)
        *at++ = '0';
    at += format_unsigned(magnitude, at);
    return static_cast<std::size_t>(at - out);
}

std::size_t format_human(long double value, char* out) {
    constexpr std::size_t places = 17;
    if (__builtin_isnan(value))
        return put(out, "nan");
    if (__builtin_isinf(value))
        return put(out, value > 0 ? "inf" : "-inf");
    const Binary number = take_apart(value);
    // Below 2^-64 nothing is left of it at 17 places.
    if (number.mantissa == 0 || number.exponent < -64 - 64)
        return put(out, "0");
    Digits digits;
    expand(number, digits);
    if (digits.fraction > places) {
        const std::size_t dropped = digits.fraction - places;
        if (dropped > digits.count) {
            digits.count = digits.fraction = 0;
        } else {
            (void)round_digits(digits, digits.count - dropped);
        }
    }
    drop_zeros(digits);
    if (digits.count == 0)
        return put(out, "0");
    char* at = out;
    if (number.negative)
        *at++ = '-';
    return static_cast<std::size_t>(at - out) + put_plain(digits, at);
}

} // namespace exo::kv
