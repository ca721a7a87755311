// Matrix Market, the coordinate format (NIST, "The Matrix Market Exchange
// Formats"): a banner, comments, one line of sizes, one line an entry, counted
// from 1. Real and integer values are read as they are; a pattern file has none,
// and its entries count as 1. The dense `array` format is not read.
#include "examples/cg/matrix_reader.hpp"

#include <algorithm>

namespace cg {

namespace {

constexpr std::string_view banner = "%%matrixmarket";
constexpr std::size_t entry_bytes_min = 4; // "1 1\n"

struct Banner {
    bool has_values;
    bool symmetric;
};

Banner parse_banner(TextLines& lines) {
    std::string_view line = lines.require("the Matrix Market header");
    take_field(line);
    const std::string object = lower_case(take_field(line));
    const std::string layout = lower_case(take_field(line));
    const std::string field = lower_case(take_field(line));
    const std::string symmetry = lower_case(take_field(line));
    if (object != "matrix" || !take_field(line).empty()) {
        lines.fail("the header must read '%%MatrixMarket matrix coordinate FIELD SYMMETRY'");
    }
    if (layout != "coordinate") {
        lines.fail("the layout '" + layout + "' is not supported; it must be 'coordinate'");
    }
    if (field != "real" && field != "integer" && field != "pattern") {
        lines.fail("the field '" + field + "' is not supported; it must be real, integer or pattern");
    }
    if (symmetry != "general" && symmetry != "symmetric") {
        lines.fail("the symmetry '" + symmetry + "' is not supported; it must be general or symmetric");
    }
    return {field != "pattern", symmetry == "symmetric"};
}

std::int32_t take_index(TextLines& lines, std::string_view& line, const char* what, std::int64_t size) {
    const std::string_view field = take_field(line);
    const auto index = parse_integer(field);
    if (!index) {
        lines.fail("the " + std::string(what) + " number '" + std::string(field) + "' is not an integer");
    }
    if (*index < 1 || *index > size) {
        lines.fail("the " + std::string(what) + " number " + std::string(field) + " is outside 1 to " +
                   std::to_string(size));
    }
    return static_cast<std::int32_t>(*index - 1);
}

MatrixEntry parse_entry(TextLines& lines, std::string_view line, const Banner& header, std::int64_t size) {
    MatrixEntry entry{};
    entry.row = take_index(lines, line, "row", size);
    entry.column = take_index(lines, line, "column", size);
    entry.value = 1.0;
    if (header.has_values) {
        const std::string_view field = take_field(line);
        const auto value = parse_real(field);
        if (!value) {
            lines.fail("the value '" + std::string(field) + "' is not a finite number");
        }
        entry.value = *value;
    }
    if (!take_field(line).empty()) {
        lines.fail("there is more on the line than one entry");
    }
    if (header.symmetric && entry.column > entry.row) {
        lines.fail("an entry above the diagonal in a file that calls itself symmetric; those store the lower triangle");
    }
    return entry;
}

} // namespace

bool looks_like_matrix_market(std::string_view text) {
    return text.starts_with('%');
}

MatrixEntries parse_matrix_market(TextLines& lines) {
    TextLines ahead = lines;
    std::string_view first = ahead.require("the Matrix Market header");
    if (lower_case(take_field(first)) != banner) {
        lines.fail_whole("wrong header: a Matrix Market file begins with '%%MatrixMarket'");
    }
    const Banner header = parse_banner(lines);

    const auto sizes = lines.next_content('%');
    if (!sizes) {
        lines.fail_whole("the file ends before the line of sizes");
    }
    std::string_view rest = *sizes;
    const auto rows = parse_integer(take_field(rest));
    const auto columns = parse_integer(take_field(rest));
    const auto count = parse_integer(take_field(rest));
    if (!rows || !columns || !count || !take_field(rest).empty() || *rows < 1 || *columns < 1 || *count < 0) {
        lines.fail("the line of sizes must be three numbers: rows, columns, entries");
    }
    if (*rows != *columns) {
        lines.fail("the matrix is not square (" + std::to_string(*rows) + " by " + std::to_string(*columns) + ")");
    }
    if (*rows > unknowns_max) {
        lines.fail("the matrix has more than " + std::to_string(unknowns_max) + " rows");
    }

    MatrixEntries matrix;
    matrix.name = lines.name();
    matrix.format = "Matrix Market";
    matrix.unknowns = *rows;
    matrix.stored = header.symmetric ? Stored::one_triangle : Stored::both_triangles;
    // The header is only a claim: never reserve more than the text can hold.
    matrix.entries.reserve(std::min<std::size_t>(*count, lines.bytes_left() / entry_bytes_min + 1));
    for (std::int64_t i = 0; i < *count; ++i) {
        const auto line = lines.next_content('%');
        if (!line) {
            lines.fail_whole("the file is truncated: it ends after " + std::to_string(i) + " of " +
                             std::to_string(*count) + " entries");
        }
        matrix.entries.push_back(parse_entry(lines, *line, header, matrix.unknowns));
    }
    if (lines.next_content('%')) {
        lines.fail("there are more entries than the " + std::to_string(*count) + " that the header promises");
    }
    return matrix;
}

} // namespace cg
