// Harwell-Boeing, assembled real matrices, symmetric (RSA) and general (RUA)
// (Duff, Grimes, Lewis: Users' Guide for the Harwell-Boeing Sparse Matrix
// Collection): four header lines, then column starts, row numbers and values in
// fixed columns that the header describes as Fortran formats. Right-hand sides in
// the file are not read. Fields may touch, so lines are cut by column, not by blanks.
#include "examples/cg/fortran_format.hpp"
#include "examples/cg/matrix_reader.hpp"

namespace cg {

namespace {

constexpr std::size_t count_width = 14;  // the header's I14
constexpr std::size_t format_width = 16; // the header's A16, twice, then A20

struct Header {
    bool symmetric;
    bool has_right_hand_side;
    std::int64_t size;
    std::int64_t entries;
    FortranFormat pointer_format;
    FortranFormat index_format;
    FortranFormat value_format;
};

std::string_view column(std::string_view line, std::size_t start, std::size_t width) {
    return start < line.size() ? trim(line.substr(start, width)) : std::string_view{};
}

std::int64_t header_count(TextLines& lines, std::string_view line, std::size_t field, const char* what) {
    const auto count = parse_integer(column(line, field * count_width, count_width));
    if (!count || *count < 0) {
        lines.fail("the " + std::string(what) + " in the header is not a count");
    }
    return *count;
}

FortranFormat header_format(TextLines& lines, std::string_view text) {
    const auto format = parse_fortran_format(text);
    if (!format) {
        lines.fail("the Fortran format '" + std::string(text) + "' is not understood");
    }
    return *format;
}

Header parse_header(TextLines& lines) {
    Header header{};
    lines.require("the title line");
    std::string_view line = lines.require("the line of card counts");
    header.has_right_hand_side = line.size() > 4 * count_width && header_count(lines, line, 4,
                                                                               "number of "
                                                                               "right-hand-side lines") > 0;
    line = lines.require("the line of matrix type and sizes");
    const std::string type = lower_case(column(line, 0, 3));
    if (type != "rsa" && type != "rua") {
        lines.fail("the matrix type '" + type + "' is not supported; it must be RSA or RUA (real, assembled)");
    }
    header.symmetric = type == "rsa";
    header.size = header_count(lines, line, 1, "number of rows");
    const std::int64_t columns = header_count(lines, line, 2, "number of columns");
    header.entries = header_count(lines, line, 3, "number of entries");
    if (header.size != columns) {
        lines.fail("the matrix is not square (" + std::to_string(header.size) + " by " + std::to_string(columns) + ")");
    }
    if (header.size < 1 || header.size > unknowns_max) {
        lines.fail("the number of rows is outside 1 to " + std::to_string(unknowns_max));
    }
    line = lines.require("the line of formats");
    header.pointer_format = header_format(lines, column(line, 0, format_width));
    header.index_format = header_format(lines, column(line, format_width, format_width));
    header.value_format = header_format(lines, column(line, 2 * format_width, 20));
    if (header.has_right_hand_side) {
        lines.require("the line about right-hand sides");
    }
    return header;
}

// Hands out the fixed-width fields of one section; a section starts on a new line.
class Fields {
public:
    Fields(TextLines& lines, FortranFormat format, const char* what) : lines_(lines), format_(format), what_(what) {}

    std::string_view next() {
        if (position_ == format_.per_line) {
            line_ = lines_.require(std::string("all of its ") + what_ + " were read: it is truncated");
            position_ = 0;
        }
        const std::string_view field = column(line_, position_ * format_.width, format_.width);
        ++position_;
        if (field.empty()) {
            lines_.fail(std::string("the line is truncated: one of the ") + what_ + " is missing");
        }
        return field;
    }

    std::int64_t next_number(std::int64_t least, std::int64_t most) {
        const std::string_view field = next();
        const auto number = parse_integer(field);
        if (!number) {
            lines_.fail("'" + std::string(field) + "' among the " + what_ + " is not an integer");
        }
        if (*number < least || *number > most) {
            lines_.fail(std::string(field) + " among the " + what_ + " is outside " + std::to_string(least) + " to " +
                        std::to_string(most));
        }
        return *number;
    }

private:
    TextLines& lines_;
    FortranFormat format_;
    const char* what_;
    std::string_view line_;
    std::size_t position_ = format_.per_line;
};

} // namespace

bool looks_like_harwell_boeing(std::string_view text) {
    TextLines lines("", text);
    lines.next();
    lines.next();
    const auto third = lines.next();
    if (!third || third->size() < 3 + count_width) {
        return false;
    }
    // Kind of value, symmetry, assembled or not: supported or not, no other text looks like this.
    const std::string type = lower_case(third->substr(0, 4));
    return std::string_view("rcpiq").find(type[0]) != std::string_view::npos &&
           std::string_view("suhzr").find(type[1]) != std::string_view::npos && (type[2] == 'a' || type[2] == 'e') &&
           type[3] == ' ';
}

MatrixEntries parse_harwell_boeing(TextLines& lines) {
    const Header header = parse_header(lines);
    MatrixEntries matrix;
    matrix.name = lines.name();
    matrix.format = "Harwell-Boeing";
    matrix.unknowns = header.size;
    matrix.stored = header.symmetric ? Stored::one_triangle : Stored::both_triangles;

    // The header is only a claim: every column start takes a byte of text at least.
    if (static_cast<std::size_t>(header.size) > lines.bytes_left() ||
        static_cast<std::size_t>(header.entries) > lines.bytes_left()) {
        lines.fail_whole("the file is truncated: it is shorter than its header promises");
    }
    std::vector<std::int64_t> starts;
    Fields start_fields(lines, header.pointer_format, "column starts");
    std::int64_t least = 1;
    for (std::int64_t j = 0; j <= header.size; ++j) {
        least = start_fields.next_number(least, header.entries + 1);
        starts.push_back(least);
    }
    if (starts.front() != 1 || starts.back() != header.entries + 1) {
        lines.fail("the column starts do not cover the " + std::to_string(header.entries) + " entries");
    }

    Fields row_fields(lines, header.index_format, "row numbers");
    for (std::int32_t j = 0; j < header.size; ++j) {
        for (std::int64_t k = starts[j]; k < starts[j + 1]; ++k) {
            const auto row = static_cast<std::int32_t>(row_fields.next_number(1, header.size) - 1);
            if (header.symmetric && row < j) {
                lines.fail("an entry above the diagonal in an RSA file; those store the lower triangle");
            }
            matrix.entries.push_back({row, j, 0.0});
        }
    }
    Fields value_fields(lines, header.value_format, "values");
    for (MatrixEntry& entry : matrix.entries) {
        const std::string_view field = value_fields.next();
        const auto value = parse_real(field);
        if (!value || field.find('.') == std::string_view::npos) {
            lines.fail("the value '" + std::string(field) + "' is not a finite number with a decimal point");
        }
        entry.value = *value;
    }
    return matrix;
}

} // namespace cg
