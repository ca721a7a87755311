// See guest_output.hpp.
#include "bench/harness/guest_output.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>

namespace bench {
namespace {

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
    std::vector<std::string_view> parts;
    while (true) {
        const std::size_t start = text.find_first_not_of(separators);
        if (start == std::string_view::npos)
            return parts;
        const std::size_t end = std::min(text.find_first_of(separators, start), text.size());
        parts.push_back(text.substr(start, end - start));
        text.remove_prefix(end);
    }
}

std::optional<double> parse_number(std::string_view text) {
    // libc++ 19 has no floating from_chars: strtod on a bounded copy.
    const std::string copy(text);
    char* end = nullptr;
    const double value = std::strtod(copy.c_str(), &end);
    if (end != copy.c_str() + copy.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

} // namespace

std::vector<GuestRow> parse_rows(std::string_view output) {
    std::vector<GuestRow> rows;
    for (const std::string_view line : split(output, "\r\n")) {
        const auto fields = split(line, " \t");
        if (fields.size() != 4 || fields[0] != "ROW")
            continue;
        if (const auto value = parse_number(fields[3]))
            rows.push_back({std::string(fields[1]), std::string(fields[2]), *value});
    }
    return rows;
}

std::vector<GuestBucket> parse_buckets(std::string_view output) {
    const auto whole = [](std::string_view text) -> std::optional<std::uint64_t> {
        std::uint64_t value = 0;
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        return error == std::errc() && stop == text.data() + text.size() ? std::optional(value) : std::nullopt;
    };
    std::vector<GuestBucket> buckets;
    for (const std::string_view line : split(output, "\r\n")) {
        const auto fields = split(line, " \t");
        if (fields.size() != 4 || fields[0] != "HIST")
            continue;
        const auto low = whole(fields[2]), count = whole(fields[3]);
        if (low && count)
            buckets.push_back({std::string(fields[1]), *low, *count});
    }
    return buckets;
}

std::vector<std::string> parse_notes(std::string_view output) {
    constexpr std::string_view mark = "NOTE ";
    std::vector<std::string> notes;
    for (const std::string_view line : split(output, "\r\n"))
        if (line.starts_with(mark))
            notes.emplace_back(line.substr(mark.size()));
    return notes;
}

std::string last_lines(std::string_view output, std::size_t count) {
    const auto lines = split(output, "\r\n");
    std::string text;
    for (std::size_t i = lines.size() > count ? lines.size() - count : 0; i < lines.size(); ++i)
        text += "    " + std::string(lines[i]) + "\n";
    return text;
}

} // namespace bench
