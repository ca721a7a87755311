// The triplet format of CSparse: `row column value` on each line, counted from 0,
// no header. The size is the largest index plus one; lines for the same place add
// up. Nothing in the file says whether it is symmetric, so the entries decide:
// if all of them lie on or below the diagonal, or all on or above, one triangle of
// a symmetric matrix is stored; if there are some on both sides, the whole matrix.
#include "examples/cg/matrix_reader.hpp"

#include <algorithm>

namespace cg {

namespace {

std::int32_t take_index(TextLines& lines, std::string_view& line, const char* what) {
    const std::string_view field = take_field(line);
    const auto index = parse_integer(field);
    if (!index) {
        lines.fail("the " + std::string(what) + " number '" + std::string(field) +
                   "' is not an integer (this is read as triplets: it is neither Matrix Market nor Harwell-Boeing)");
    }
    if (*index < 0 || *index >= unknowns_max) {
        lines.fail("the " + std::string(what) + " number " + std::string(field) + " is outside 0 to " +
                   std::to_string(unknowns_max - 1));
    }
    return static_cast<std::int32_t>(*index);
}

} // namespace

MatrixEntries parse_triplets(TextLines& lines) {
    MatrixEntries matrix;
    matrix.name = lines.name();
    bool any_below = false;
    bool any_above = false;
    while (const auto content = lines.next_content('#')) {
        std::string_view line = *content;
        MatrixEntry entry{};
        entry.row = take_index(lines, line, "row");
        entry.column = take_index(lines, line, "column");
        const std::string_view field = take_field(line);
        const auto value = parse_real(field);
        if (field.empty()) {
            lines.fail("the line is truncated: it must be a row, a column and a value");
        }
        if (!value) {
            lines.fail("the value '" + std::string(field) + "' is not a finite number");
        }
        if (!take_field(line).empty()) {
            lines.fail("there is more on the line than a row, a column and a value");
        }
        entry.value = *value;
        any_below |= entry.row > entry.column;
        any_above |= entry.row < entry.column;
        matrix.unknowns = std::max<std::int64_t>(matrix.unknowns, std::max(entry.row, entry.column) + std::int64_t{1});
        matrix.entries.push_back(entry);
    }
    if (matrix.entries.empty()) {
        lines.fail_whole("the file has no entries");
    }
    const bool one_triangle = any_below != any_above;
    matrix.stored = one_triangle ? Stored::one_triangle : Stored::both_triangles;
    matrix.format = one_triangle ? "triplets, one triangle stored" : "triplets";
    return matrix;
}

} // namespace cg
