// A text file in memory, handed out line by line, with the line number kept for
// messages; and the number parsing that every reader shares.
// Knows nothing of matrix formats: see matrix_reader.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cg {

class TextLines {
public:
    // `name` is what messages call the file; `text` must outlive this object.
    TextLines(std::string name, std::string_view text) : name_(std::move(name)), rest_(text) {}

    // The next line without its end-of-line characters; nothing at the end of the text.
    std::optional<std::string_view> next();
    // The same, but the end of the text is an error: "ends before WHAT".
    std::string_view require(std::string_view what);
    // The next line that is neither blank nor a comment of the given first character.
    std::optional<std::string_view> next_content(char comment);

    // Throws InputError naming the file and the line handed out last.
    [[noreturn]] void fail(const std::string& sentence) const;
    // Throws InputError naming the file only.
    [[noreturn]] void fail_whole(const std::string& sentence) const;

    const std::string& name() const { return name_; }
    std::size_t bytes_left() const { return rest_.size(); }

private:
    std::string name_;
    std::string_view rest_;
    std::int64_t line_number_ = 0;
};

// Takes the next blank-separated field off the front of `line`; empty at its end.
std::string_view take_field(std::string_view& line);
std::string_view trim(std::string_view text);
std::string lower_case(std::string_view text);

// The whole field must be the number. Reals may have Fortran's `D` exponent; infinities and NaN are no numbers here.
std::optional<std::int64_t> parse_integer(std::string_view field);
std::optional<double> parse_real(std::string_view field);

} // namespace cg
