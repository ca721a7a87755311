// Whole numbers as text: as strict as Redis is, so that a number and its text are one to one.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace exo::kv {

inline constexpr std::size_t integer_text_max = 20; // -9223372036854775808

// Decimal, with `-` alone as a sign, without leading zeros, blanks or anything behind.
std::optional<std::int64_t> parse_integer(std::string_view text);
// Writes at most integer_text_max octets and says how many.
std::size_t format_integer(std::int64_t value, char* out);
std::size_t format_unsigned(std::uint64_t value, char* out);

// The text of a number, for as long as this lives.
class IntegerText {
public:
    explicit IntegerText(std::int64_t value) : size_(format_integer(value, text_)) {}
    operator std::string_view() const { return {text_, size_}; }
    std::string_view view() const { return {text_, size_}; }

private:
    char text_[integer_text_max];
    std::size_t size_;
};

} // namespace exo::kv
