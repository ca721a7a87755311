// See reply.hpp.
#include "libos-kv/protocol/reply.hpp"

#include "libos-kv/number/real.hpp"

#include <array>

namespace exo::kv {

namespace {

// Numbers from 00 to 99, and what ends a line, as they lie in memory.
constexpr auto two_digits = [] {
    std::array<std::uint16_t, 100> texts;
    for (unsigned number = 0; number < texts.size(); number++)
        texts[number] = static_cast<std::uint16_t>(('0' + number / 10) | ('0' + number % 10) << 8);
    return texts;
}();
constexpr std::uint16_t end_of_line = '\r' | '\n' << 8;

// Type, number, line end; octets written.
std::size_t write_header(char* at, char type, std::int64_t number) {
    at[0] = type;
    const std::size_t digits = format_integer(number, at + 1);
    at[1 + digits] = '\r';
    at[2 + digits] = '\n';
    return digits + 3;
}
constexpr std::size_t header_max = integer_text_max + 3;

} // namespace

void Reply::header(char type, std::size_t count) {
    char text[header_max];
    raw({text, write_header(text, type, static_cast<std::int64_t>(count))});
}

void Reply::header_at(std::size_t mark, char type, std::size_t count) {
    char text[header_max];
    const std::size_t size = write_header(text, type, static_cast<std::int64_t>(count));
    out_->insert(mark, {text, size});
    if (shown_)
        shown_->moved(mark, static_cast<std::ptrdiff_t>(size));
}

void Reply::simple(std::string_view text) {
    out_->append('+').append(text).append("\r\n");
}

void Reply::error(std::initializer_list<std::string_view> pieces) {
    out_->append('-');
    const std::size_t start = out_->size();
    for (const std::string_view piece : pieces)
        out_->append(piece);
    const auto is_end = [](char octet) { return octet == '\r' || octet == '\n'; };
    while (out_->size() > start && is_end(out_->data()[out_->size() - 1])) // as Redis does
        out_->shrink(out_->size() - 1);
    for (std::size_t at = start; at < out_->size(); at++)
        if (is_end(out_->data()[at]))
            out_->data()[at] = ' ';
    errors_++;
    last_kind_size_ = 0;
    for (std::size_t at = start; at < out_->size() && out_->data()[at] != ' ' && last_kind_size_ < sizeof last_kind_;
         at++)
        last_kind_[last_kind_size_++] = out_->data()[at];
    out_->append("\r\n");
}

void Reply::integer(std::int64_t value) {
    char text[header_max];
    raw({text, write_header(text, ':', value)});
}

// Of a size with two digits, as most have.
[[gnu::always_inline]] inline void Reply::short_bulk(std::string_view octets) {
    constexpr std::size_t head = 5, line_end = 2; // "$64" and a line end
    char* const at = out_->grow(head + octets.size() + line_end);
    const std::uint32_t digits = two_digits[octets.size()];
    store_octets(at, std::uint32_t{'$'} | digits << 8 | std::uint32_t{'\r'} << 24);
    store_octets(at + head - 1, '\n');
    store_octets(at + head + octets.size(), end_of_line);
    copy_octets(at + head, octets.data(), octets.size());
}

void Reply::bulk(std::string_view octets) {
    if (octets.size() - 10 < two_digits.size() - 10) [[likely]]
        return short_bulk(octets);
    any_bulk(octets);
}

// A function of its own, so that nothing is saved for it on the way without it.
void Reply::any_bulk(std::string_view octets) {
    char* at = out_->grow(header_max + octets.size() + 2);
    const std::size_t head = write_header(at, '$', static_cast<std::int64_t>(octets.size()));
    copy_bytes(at + head, octets.data(), octets.size());
    at[head + octets.size()] = '\r';
    at[head + octets.size() + 1] = '\n';
    out_->shrink(out_->size() - (header_max - head));
}

void Reply::bulk(SharedText& value, std::string_view octets) {
    if (!shown_ || octets.size() < shown_->least)
        return bulk(octets);
    header('$', octets.size());
    shown_->add(out_->size(), octets, value);
    out_->append("\r\n");
}

void Reply::null() {
    raw(version_ == 2 ? "$-1\r\n" : "_\r\n");
}

void Reply::null_array() {
    raw(version_ == 2 ? "*-1\r\n" : "_\r\n");
}

void Reply::boolean(bool value) {
    if (version_ == 2)
        integer(value);
    else
        raw(value ? "#t\r\n" : "#f\r\n");
}

void Reply::real(double value) {
    char text[double_text_max];
    const std::string_view shown(text, format_double(value, text));
    if (version_ == 2)
        bulk(shown);
    else
        out_->append(',').append(shown).append("\r\n");
}

void Reply::human_real(long double value) {
    char text[human_text_max];
    bulk({text, format_human(value, text)});
}

void Reply::verbatim(std::string_view kind, std::string_view text) {
    if (version_ == 2)
        return bulk(text);
    header('=', text.size() + kind.size() + 1);
    out_->append(kind).append(':').append(text).append("\r\n");
}

} // namespace exo::kv
