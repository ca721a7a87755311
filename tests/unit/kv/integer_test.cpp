// Whole numbers as text, against the host's.
#include "libos-kv/number/integer.hpp"
#include "tests/unit/kv/lab.hpp"

#include <charconv>

using namespace kv_test;

namespace {

std::string formatted(std::int64_t value) {
    char text[integer_text_max];
    return {text, format_integer(value, text)};
}

// What a text is worth if it is exactly how its number is written.
std::optional<std::int64_t> host_integer(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || std::to_string(value) != text)
        return std::nullopt;
    return value;
}

} // namespace

TEST_CASE("a whole number and its text are one to one") {
    Dice dice;
    for (int round = 0; round < 200'000; round++) {
        const std::int64_t value = dice.number();
        const std::string text = formatted(value);
        REQUIRE(text == std::to_string(value));
        REQUIRE(parse_integer(text) == value);
        char room[integer_text_max];
        const auto positive = static_cast<std::uint64_t>(value);
        REQUIRE(std::string(room, format_unsigned(positive, room)) == std::to_string(positive));
    }
    for (const std::int64_t value :
         {INT64_MIN, INT64_MIN + 1, std::int64_t{-1}, std::int64_t{0}, INT64_MAX - 1, INT64_MAX})
        CHECK(parse_integer(formatted(value)) == value);
}

TEST_CASE("text that is not a number's own is none") {
    for (const char* text : {"", "-", "+1", "00", "01", "-0", "-01", " 1", "1 ", "1.0", "1e3", "0x1", "--1",
                             "9223372036854775808", "-9223372036854775809", "18446744073709551616",
                             "99999999999999999999", "-99999999999999999999", "1000000000000000000000"}) {
        CAPTURE(text);
        CHECK(!parse_integer(text));
    }
    CHECK(!parse_integer(std::string_view("1\0", 2)));
}

TEST_CASE("changed text is read as the host reads it") {
    Dice dice;
    constexpr std::string_view octets = "0123456789-+ .e";
    for (int round = 0; round < 200'000; round++) {
        std::string text = std::to_string(dice.number());
        text[dice.below(text.size())] = octets[dice.below(octets.size())];
        if (dice.one_in(3))
            text.insert(dice.below(text.size() + 1), 1, octets[dice.below(octets.size())]);
        CAPTURE(text);
        REQUIRE(parse_integer(text) == host_integer(text));
    }
}
