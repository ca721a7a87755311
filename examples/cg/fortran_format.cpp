// A parser for one repeated field; see fortran_format.hpp.
// The scale factor (1P) is skipped: it has no effect on input that carries an exponent.
#include "examples/cg/fortran_format.hpp"

#include <cctype>

namespace cg {

namespace {

constexpr std::size_t number_max = 1000;

// Takes digits off the front; 0 when there are none or the number is too large to be meant.
std::size_t take_number(std::string_view& text) {
    std::size_t number = 0;
    while (!text.empty() && std::isdigit(static_cast<unsigned char>(text.front()))) {
        number = number * 10 + static_cast<std::size_t>(text.front() - '0');
        if (number > number_max) {
            return 0;
        }
        text.remove_prefix(1);
    }
    return number;
}

bool take_letter(std::string_view& text, std::string_view letters) {
    if (text.empty() || letters.find(static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())))) ==
                            std::string_view::npos) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

} // namespace

std::optional<FortranFormat> parse_fortran_format(std::string_view text) {
    if (!take_letter(text, "(")) {
        return std::nullopt;
    }
    std::size_t repeat = take_number(text);
    if (take_letter(text, "P")) {
        take_letter(text, ",");
        repeat = take_number(text);
    }
    if (!take_letter(text, "IEDFG")) {
        return std::nullopt;
    }
    const std::size_t width = take_number(text);
    if (take_letter(text, ".")) {
        take_number(text);
        if (take_letter(text, "E")) {
            take_number(text);
        }
    }
    if (width == 0 || text != ")") {
        return std::nullopt;
    }
    return FortranFormat{repeat == 0 ? 1 : repeat, width};
}

} // namespace cg
