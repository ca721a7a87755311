// Lines, fields and numbers; see text_lines.hpp for what each promises.
#include "examples/cg/text_lines.hpp"

#include "examples/cg/input_error.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace cg {

namespace {

constexpr std::string_view blanks = " \t\r\v\f";
constexpr std::size_t real_length_max = 64;

std::string_view without_plus(std::string_view field) {
    // from_chars takes a minus sign but no plus sign.
    const bool plus = field.size() > 1 && field[0] == '+' && field[1] != '-' && field[1] != '+';
    return plus ? field.substr(1) : field;
}

std::optional<double> parse_whole(std::string_view field) {
    double value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size() || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

} // namespace

std::optional<std::string_view> TextLines::next() {
    if (rest_.empty()) {
        return std::nullopt;
    }
    const std::size_t length = rest_.find('\n');
    std::string_view line = rest_.substr(0, length);
    rest_.remove_prefix(length == std::string_view::npos ? rest_.size() : length + 1);
    ++line_number_;
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

std::string_view TextLines::require(std::string_view what) {
    const auto line = next();
    if (!line) {
        fail_whole("the file ends before " + std::string(what));
    }
    return *line;
}

std::optional<std::string_view> TextLines::next_content(char comment) {
    while (const auto line = next()) {
        const std::string_view content = trim(*line);
        if (!content.empty() && content.front() != comment) {
            return content;
        }
    }
    return std::nullopt;
}

void TextLines::fail(const std::string& sentence) const {
    throw InputError(name_ + ", line " + std::to_string(line_number_) + ": " + sentence);
}

void TextLines::fail_whole(const std::string& sentence) const {
    throw InputError(name_ + ": " + sentence);
}

std::string_view take_field(std::string_view& line) {
    const std::size_t start = line.find_first_not_of(blanks);
    if (start == std::string_view::npos) {
        line = {};
        return {};
    }
    line.remove_prefix(start);
    const std::size_t length = std::min(line.find_first_of(blanks), line.size());
    const std::string_view field = line.substr(0, length);
    line.remove_prefix(length);
    return field;
}

std::string_view trim(std::string_view text) {
    const std::size_t start = text.find_first_not_of(blanks);
    if (start == std::string_view::npos) {
        return {};
    }
    return text.substr(start, text.find_last_not_of(blanks) - start + 1);
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& letter : lower) {
        if (letter >= 'A' && letter <= 'Z') {
            letter = static_cast<char>(letter - 'A' + 'a');
        }
    }
    return lower;
}

std::optional<std::int64_t> parse_integer(std::string_view field) {
    field = without_plus(field);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (error != std::errc() || end != field.data() + field.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<double> parse_real(std::string_view field) {
    field = without_plus(field);
    if (const auto value = parse_whole(field)) {
        return value;
    }
    // Fortran writes double-precision exponents with a D.
    const std::size_t exponent = field.find_first_of("dD");
    std::array<char, real_length_max> copy;
    if (exponent == std::string_view::npos || field.size() > copy.size()) {
        return std::nullopt;
    }
    field.copy(copy.data(), field.size());
    copy[exponent] = 'e';
    return parse_whole({copy.data(), field.size()});
}

} // namespace cg
