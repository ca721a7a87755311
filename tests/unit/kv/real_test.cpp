// Real numbers as text, against the host's printf, strtod and strtold.
#include "libos-kv/number/real.hpp"
#include "tests/unit/kv/lab.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <vector>

using namespace kv_test;

namespace {

std::string formatted(double value) {
    std::string text(double_text_max, '\0');
    text.resize(format_double(value, text.data()));
    return text;
}
std::string human(long double value) {
    std::string text(human_text_max, '\0');
    text.resize(format_human(value, text.data()));
    return text;
}

std::string host_text(double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%.17g", value);
    return text;
}
// %.17Lf without the zeros at its end, and without the sign of zero.
std::string host_human(long double value) {
    char room[human_text_max + 64];
    std::string text(room, static_cast<std::size_t>(std::snprintf(room, sizeof room, "%.17Lf", value)));
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.')
        text.pop_back();
    return text == "-0" ? "0" : text;
}

// Of the octets of the 80-bit format.
long double extended(std::uint64_t mantissa, std::uint16_t sign_exponent) {
    long double value = 0;
    std::memcpy(&value, &mantissa, 8);
    std::memcpy(reinterpret_cast<char*>(&value) + 8, &sign_exponent, 2);
    return value;
}
bool same(long double left, long double right) {
    return std::memcmp(&left, &right, 10) == 0;
}
// A number of any exponent whose mantissa is often nearly empty or nearly full.
std::uint64_t mantissa(Dice& dice) {
    const std::uint64_t bits = dice.bits();
    switch (dice.below(4)) {
    case 0:
        return bits << dice.below(64);
    case 1:
        return ~(bits << dice.below(64));
    default:
        return bits;
    }
}
long double random_extended(Dice& dice, std::size_t exponents) {
    const auto exponent = static_cast<std::uint16_t>(0x3fff - exponents / 2 + dice.below(exponents));
    const std::uint64_t bits = mantissa(dice);
    const std::uint16_t sign = dice.one_in(2) ? 0x8000 : 0;
    return extended(exponent ? bits | std::uint64_t{1} << 63 : bits & ~(std::uint64_t{1} << 63),
                    static_cast<std::uint16_t>(exponent | sign));
}

void check_double(const std::string& text) {
    CAPTURE(text);
    char* end;
    const double host = std::strtod(text.c_str(), &end);
    const bool whole = !text.empty() && end == text.c_str() + text.size() && !std::isspace(text[0]);
    const auto own = parse_double(text);
    REQUIRE(own.has_value() == (whole && !std::isnan(host)));
    if (own)
        REQUIRE(std::bit_cast<std::uint64_t>(*own) == std::bit_cast<std::uint64_t>(host));
}
void check_long_double(const std::string& text) {
    CAPTURE(text);
    char* end;
    errno = 0;
    const long double host = std::strtold(text.c_str(), &end);
    const bool whole = !text.empty() && end == text.c_str() + text.size() && !std::isspace(text[0]);
    const bool outside = errno == ERANGE && (std::isinf(host) || host == 0);
    const auto own = parse_long_double(text);
    REQUIRE(own.has_value() == (whole && !outside && !std::isnan(host)));
    if (own)
        REQUIRE(same(*own, host));
}
void check_text(const std::string& text) {
    check_double(text);
    check_long_double(text);
}

std::string digits(Dice& dice, std::size_t count) {
    std::string text(count, '0');
    const bool nines = dice.one_in(4);
    for (char& digit : text)
        digit = nines && !dice.one_in(20) ? '9' : static_cast<char>('0' + dice.below(10));
    return text;
}

} // namespace

TEST_CASE("doubles are written as %.17g writes them, and read back") {
    Dice dice;
    for (int round = 0; round < 100'000; round++) {
        const double value = round % 3
                                 ? std::bit_cast<double>(dice.bits())
                                 : std::ldexp(static_cast<double>(dice.number()), -static_cast<int>(dice.below(70)));
        if (std::isnan(value))
            continue;
        const std::string text = formatted(value);
        REQUIRE(text == host_text(value));
        const auto back = parse_double(text);
        REQUIRE(back);
        REQUIRE(std::bit_cast<std::uint64_t>(*back) == std::bit_cast<std::uint64_t>(value));
    }
}

TEST_CASE("doubles at the edges") {
    using Limits = std::numeric_limits<double>;
    for (const double value : {0.0,
                               -0.0,
                               1.0,
                               0.1,
                               0.5,
                               3.0,
                               3.5,
                               1e15,
                               1e16,
                               1e17,
                               123456789012345678.0,
                               99999999999999999.0,
                               1e-4,
                               1e-5,
                               9.9999999999999999e-5,
                               1e21,
                               1e22,
                               1e23,
                               1e100,
                               1e-100,
                               1e-99,
                               Limits::max(),
                               Limits::min(),
                               Limits::denorm_min(),
                               2 * Limits::denorm_min(),
                               Limits::epsilon(),
                               9007199254740993.0,
                               0.30000000000000004,
                               Limits::infinity(),
                               999999999999999.9}) {
        CHECK(formatted(value) == host_text(value));
        CHECK(formatted(-value) == host_text(-value));
        CHECK(std::bit_cast<std::uint64_t>(parse_double(formatted(value)).value()) ==
              std::bit_cast<std::uint64_t>(value));
    }
    CHECK(formatted(Limits::quiet_NaN()) == "nan");
}

TEST_CASE("long doubles are written as %.17Lf without what says nothing") {
    Dice dice;
    for (int round = 0; round < 60'000; round++) {
        const long double value = random_extended(dice, round % 30 ? 160 : 0x7ffe);
        REQUIRE(human(value) == host_human(value));
    }
    using Limits = std::numeric_limits<long double>;
    for (const long double value : {0.0L,
                                    1.0L,
                                    3.0L,
                                    10.5L,
                                    5.0e3L,
                                    0.1L,
                                    0.3L,
                                    100.0L,
                                    1e17L,
                                    1e18L,
                                    1e-17L,
                                    0.5e-17L,
                                    1.5e-17L,
                                    0.99999999999999999L,
                                    0.999999999999999999L,
                                    9.999999999999999995L,
                                    Limits::max(),
                                    Limits::min(),
                                    Limits::denorm_min(),
                                    18446744073709551615.0L,
                                    std::ldexp(1.0L, -18),
                                    std::ldexp(3.0L, -18),
                                    std::ldexp(1.0L, -64),
                                    5.00000000000000000005L}) {
        CHECK(human(value) == host_human(value));
        CHECK(human(-value) == host_human(-value));
    }
    CHECK(human(Limits::infinity()) == "inf");
    CHECK(human(-Limits::infinity()) == "-inf");
    CHECK(human(-0.0L) == "0");
    CHECK(human(-1e-30L) == "0");
    CHECK(human(3.0L + 0.1L) == "3.1");
}

TEST_CASE("decimal text is read as strtod and strtold read it") {
    Dice dice;
    for (int round = 0; round < 60'000; round++) {
        std::string text = dice.one_in(3) ? "-" : "";
        text += digits(dice, dice.below(dice.one_in(50) ? 800 : 25));
        if (dice.one_in(2))
            text += "." + digits(dice, dice.below(dice.one_in(50) ? 800 : 25));
        if (dice.one_in(2)) {
            const auto magnitude = static_cast<int>(dice.below(3));
            const int most = magnitude == 0 ? 30 : magnitude == 1 ? 350 : 5050;
            text += "e" + std::to_string(static_cast<int>(dice.below(static_cast<std::size_t>(2 * most))) - most);
        }
        check_text(text);
    }
}

TEST_CASE("text half way between two numbers is read as strtod and strtold read it") {
    Dice dice;
    for (int round = 0; round < 3'000; round++) {
        // Two neighbours' middle is exact with one bit more.
        const double low = std::abs(std::bit_cast<double>(dice.bits()));
        if (!std::isfinite(low) || low > 1e300)
            continue;
        const long double middle = (static_cast<long double>(low) + std::nextafter(low, HUGE_VAL)) / 2;
        char text[1400];
        std::snprintf(text, sizeof text, "%.1100Le", middle);
        std::string exact = text;
        check_text(exact);
        const std::size_t last = exact.find('e') - 1;
        exact[last] = '1';
        check_text(exact);
    }
    const std::string halves[] = {"9223372036854775808.5",  "18446744073709551615.5",
                                  "18446744073709551616.5", "36893488147419103230",
                                  "36893488147419103233",   "36893488147419103234",
                                  "9007199254740993",       "9007199254740992.99999999999999999999999999999999"};
    for (const std::string& text : halves)
        check_text(text);
}

TEST_CASE("the smallest numbers are rounded once") {
    Dice dice;
    for (int round = 0; round < 3'000; round++) {
        check_text(digits(dice, 1 + dice.below(40)) + "e-" + std::to_string(4920 + dice.below(80)));
        check_text(digits(dice, 1 + dice.below(40)) + "e-" + std::to_string(300 + dice.below(70)));
        check_text("0x1." + std::to_string(dice.bits()) + std::to_string(dice.bits()) + "p-" +
                   std::to_string(16380 + dice.below(70)));
        check_text("0x1." + std::to_string(dice.bits()) + "p-" + std::to_string(1020 + dice.below(60)));
    }
}

TEST_CASE("hexadecimal text is read as strtod and strtold read it") {
    Dice dice;
    constexpr std::string_view figures = "0123456789abcdefABCDEF";
    for (int round = 0; round < 30'000; round++) {
        std::string text = dice.one_in(2) ? "0x" : "-0X";
        for (std::size_t left = dice.below(40); left; left--)
            text += dice.one_in(20) ? '.' : figures[dice.below(figures.size())];
        if (dice.one_in(2))
            text += "p" + std::to_string(static_cast<int>(dice.below(34'000)) - 17'000);
        check_text(text);
    }
}

TEST_CASE("words and text that is nearly a number") {
    constexpr std::string_view texts =
        "|-|+|.|-.|e5|.e5|1.|.5|+.5|-5.|1e|1e+|1e-|1e5x|0x|0x.|0xp1|0x1p|0x1p+|0x.8|0x8.|inf|-inf|+inf|INF|Infinity|"
        "-infinity|infinit|infx|nan|-nan|NaN|nan(1)| 1|1 |\t1|--1|+-1|1..2|1.2.3|1e1.5|1e400|-1e400|1e-400|1e5000|"
        "-1e5000|1e-5000|1e99999999999999999999|1e-99999999999999999999|0e99999999999999999999|-0|-0.0|0x0p99999|"
        "00001|0001.50|1e0005|1,5|1_000|0b1|1f|1L";
    for (std::size_t at = 0; at <= texts.size();) {
        const std::size_t stop = std::min(texts.find('|', at), texts.size());
        check_text(std::string(texts.substr(at, stop - at)));
        at = stop + 1;
    }
    CHECK(!parse_double(std::string_view("1\0", 2)));
    CHECK(!parse_long_double(std::string_view("1\0", 2)));
}

TEST_CASE("long text is read whole up to 5,119 octets and refused beyond") {
    Dice dice;
    const std::string forms[] = {digits(dice, 5119),
                                 "0." + digits(dice, 5117),
                                 digits(dice, 5112) + "e-5100",
                                 "." + digits(dice, 5110) + "e-4980",
                                 std::string(5118, '0') + "7",
                                 "0." + std::string(5116, '0') + "7",
                                 "0x" + digits(dice, 5117),
                                 "0x." + digits(dice, 5108) + "p16000",
                                 std::string(4000, '9') + "e900"};
    for (const std::string& text : forms)
        check_text(text);
    CHECK(!parse_double(std::string(5120, '1')));
    CHECK(!parse_long_double(std::string(5120, '1')));
}
