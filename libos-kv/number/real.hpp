// Real numbers as text, as Redis writes and reads them: exact, rounded half to even, without a C library. The results
// are those of printf's %.17g and %.17Lf and of strtod and strtold (C 7.24.1.5, IEEE 754 clause 5.12).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace exo::kv {

inline constexpr std::size_t double_text_max = 32;
inline constexpr std::size_t human_text_max = 5 * 1024; // a long double's 4,933 digits, point and fraction

// 17 significant digits, no trailing zeros (%.17g); `inf`, `-inf`, `nan`.
std::size_t format_double(double value, char* out);
// As little as says what %.17Lf does: no trailing zeros, no point without a fraction, no -0. Octets at `out`:
// human_text_max.
std::size_t format_human(long double value, char* out);

// Text that strtod reads to its end without leading blanks: decimal, hexadecimal, inf, infinity. No value: anything
// else, and NaN. What is too large is infinite, too small zero.
std::optional<double> parse_double(std::string_view text);
// As above; no value also for what is too large or too small to be told from zero (ERANGE of strtold).
std::optional<long double> parse_long_double(std::string_view text);

} // namespace exo::kv
