// The three readers and the checks of csr.hpp on small texts: what is accepted
// comes out as the right matrix, and what is not is refused with the sentence
// that names the fault.
#include "examples/cg/csr.hpp"
#include "examples/cg/fortran_format.hpp"
#include "examples/cg/input_error.hpp"
#include "examples/cg/matrix_reader.hpp"

#include <cstdio>
#include <doctest/doctest.h>
#include <string>

namespace {

using cg::CsrMatrix;

CsrMatrix matrix_of(const std::string& text) {
    return CsrMatrix::from_entries(cg::parse_matrix("M", text));
}

std::vector<double> dense(const CsrMatrix& matrix) {
    std::vector<double> all(matrix.unknowns() * matrix.unknowns(), 0.0);
    for (std::int64_t i = 0; i < matrix.unknowns(); ++i) {
        for (std::int64_t k = matrix.row_start()[i]; k < matrix.row_start()[i + 1]; ++k) {
            all[i * matrix.unknowns() + matrix.columns()[k]] += matrix.values()[k];
        }
    }
    return all;
}

std::string refusal(const std::string& text) {
    try {
        matrix_of(text);
    } catch (const cg::InputError& error) {
        return error.what();
    }
    return "accepted";
}

const std::string market = "%%MatrixMarket matrix coordinate ";
const std::vector<double> tridiagonal = {2, -1, 0, -1, 2, -1, 0, -1, 2};

std::string padded(std::int64_t number) {
    char text[16];
    std::snprintf(text, sizeof text, "%14lld", static_cast<long long>(number));
    return text;
}

std::string harwell_boeing(const std::string& type, int size, int entries, const std::string& body) {
    return "title\n" + padded(4) + padded(1) + padded(1) + padded(2) + padded(0) + "\n" + type + "           " +
           padded(size) + padded(size) + padded(entries) + padded(0) + "\n" +
           "(8I3)           (8I3)           (4E12.4)            \n" + body;
}

} // namespace

TEST_CASE("Matrix Market: general, symmetric, integer and pattern files") {
    CHECK(dense(matrix_of(market + "real general\n% a comment\n\n3 3 7\n1 1 2\n1 2 -1\n2 1 -1\n2 2 2.0\n"
                                   "2 3 -1e0\n3 2 -1\n3 3 +2\n")) == tridiagonal);
    CHECK(dense(matrix_of(market + "real symmetric\n3 3 5\n1 1 2\n2 1 -1\n2 2 2\n3 2 -1\n3 3 2\n")) == tridiagonal);
    CHECK(dense(matrix_of(market + "INTEGER Symmetric\r\n3 3 5\r\n1 1 2\r\n2 1 -1\r\n2 2 2\r\n3 2 -1\r\n3 3 2")) ==
          tridiagonal);
    CHECK(dense(matrix_of(market + "pattern symmetric\n2 2 2\n1 1\n2 2\n")) == std::vector<double>{1, 0, 0, 1});
}

TEST_CASE("Matrix Market: what is refused") {
    CHECK(refusal("%%MatrixMarkt matrix coordinate real general\n1 1 1\n1 1 1\n").find("wrong header") !=
          std::string::npos);
    const auto check = [](const std::string& rest, const std::string& sentence) {
        INFO(rest);
        CHECK(refusal(market + rest).find(sentence) != std::string::npos);
    };
    check("complex general\n1 1 1\n1 1 1 0\n", "'complex' is not supported");
    check("real skew-symmetric\n1 1 1\n1 1 1\n", "'skew-symmetric' is not supported");
    check("real general extra\n1 1 1\n1 1 1\n", "the header must read");
    check("real general\n", "ends before the line of sizes");
    check("real general\n1 1\n1 1 1\n", "three numbers");
    check("real general\n1 1 -1\n", "three numbers");
    check("real general\n2 3 1\n1 1 1\n", "not square (2 by 3)");
    check("real general\n99999999999 99999999999 1\n1 1 1\n", "more than 2147483647 rows");
    check("real general\n2 2 2\n1 1 1\n3 2 1\n", "line 4: the row number 3 is outside 1 to 2");
    check("real general\n2 2 2\n1 1 1\n2 0 1\n", "line 4: the column number 0 is outside 1 to 2");
    check("real general\n2 2 2\n1 1 1\n2 x 1\n", "'x' is not an integer");
    check("real general\n2 2 2\n1 1 one\n2 2 1\n", "'one' is not a finite number");
    check("real general\n2 2 2\n1 1 nan\n2 2 1\n", "'nan' is not a finite number");
    check("real general\n2 2 2\n1 1 1e999\n2 2 1\n", "'1e999' is not a finite number");
    check("real general\n2 2 2\n1 1 1 1\n2 2 1\n", "more on the line");
    check("real general\n2 2 2\n1 1 1\n", "truncated: it ends after 1 of 2 entries");
    check("real general\n2 2 900000000000000000\n1 1 1\n", "truncated: it ends after 1 of");
    check("real general\n2 2 1\n1 1 1\n2 2 1\n", "more entries than the 1");
    check("real symmetric\n2 2 3\n1 1 1\n1 2 1\n2 2 1\n", "above the diagonal");
    check("real general\n2 2 3\n1 1 1\n1 2 1\n2 2 1\n", "not symmetric");
    check("real general\n2 2 2\n1 1 1\n2 2 -1\n", "row 1, column 1 (counted from 0) is negative");
    check("real general\n2 2 2\n1 1 1\n1 2 1\n", "row 1, column 1 (counted from 0) is zero");
    check("real general\n2000000000 2000000000 1\n1 1 1\n", "some diagonal entry is zero");
}

TEST_CASE("triplets: one triangle is mirrored, both are taken as they are, equal places add up") {
    CHECK(dense(matrix_of("0 0 2\n1 0 -1\n1 1 2\n2 1 -1\n2 2 2\n")) == tridiagonal);
    CHECK(dense(matrix_of("0 0 2\n0 1 -1\n1 1 2\n1 2 -1\n2 2 2\n")) == tridiagonal);
    CHECK(dense(matrix_of("0 0 2\n0 1 -1\n1 0 -1\n1 1 2\n2 1 -1\n1 2 -1\n2 2 2\n")) == tridiagonal);
    CHECK(dense(matrix_of("0 0 1.5\n1 0 -0.25\n0 0 .5\n1 1 2\n1 0 -0.75\n2 1 -1\n2 2 2\n")) == tridiagonal);
    CHECK(dense(matrix_of("1 1 3\n0 0 4\n")) == std::vector<double>{4, 0, 0, 3});
}

TEST_CASE("triplets: what is refused") {
    CHECK(refusal("") == "M: the file is empty");
    CHECK(refusal(" \n\n") == "M: the file is empty");
    CHECK(refusal("# nothing\n") == "M: the file has no entries");
    CHECK(refusal("hello world\n").find("neither Matrix Market nor Harwell-Boeing") != std::string::npos);
    CHECK(refusal("0 0 1\n-1 0 1\n").find("line 2: the row number -1 is outside") != std::string::npos);
    CHECK(refusal("0 0 1\n0 9999999999 1\n").find("outside 0 to") != std::string::npos);
    CHECK(refusal("0 0 1\n1 1").find("line 2: the line is truncated") != std::string::npos);
    CHECK(refusal("0 0 1x\n").find("'1x' is not a finite number") != std::string::npos);
    CHECK(refusal("0 0 1 2\n").find("more on the line") != std::string::npos);
    CHECK(refusal("0 0 1\n0 1 2\n1 0 3\n1 1 1\n").find("not symmetric") != std::string::npos);
    CHECK(refusal("2000000000 2000000000 1\n").find("some diagonal entry is zero") != std::string::npos);
}

TEST_CASE("Harwell-Boeing: fields are cut by column, D exponents are read") {
    CHECK(dense(matrix_of(harwell_boeing("RSA", 3, 5,
                                         "  1  3  5  6\n  1  2  2  3  3\n"
                                         "      2.E+00 -1.0000E+00  2.0000D+00 -1.0000E+00\n"
                                         "  2.0000E+00\n"))) == tridiagonal);
    CHECK(dense(matrix_of(harwell_boeing("rua", 2, 4,
                                         "  1  3  5\n  1  2  1  2\n"
                                         "10.000000000-1.000000000-1.000000000"
                                         "4.0000000000\n"))) == std::vector<double>{10, -1, -1, 4});
}

TEST_CASE("Harwell-Boeing: what is refused") {
    const auto check = [](const std::string& text, const std::string& sentence) {
        INFO(text);
        CHECK(refusal(text).find(sentence) != std::string::npos);
    };
    const std::string values = "  2.0000E+00 -1.0000E+00  2.0000E+00\n";
    CHECK(refusal(harwell_boeing("RSA", 2, 3, "  1  3  4\n  1  2  2\n" + values)) == "accepted");
    check(harwell_boeing("CSA", 2, 3, "  1  3  4\n  1  2  2\n" + values), "'csa' is not supported");
    check(harwell_boeing("RSE", 2, 3, "  1  3  4\n  1  2  2\n" + values), "'rse' is not supported");
    check(harwell_boeing("RSA", 2, 3, "  1  3  4\n  1  9  2\n" + values), "9 among the row numbers is outside 1 to 2");
    check(harwell_boeing("RSA", 2, 3, "  1  3  4\n  1  a  2\n" + values), "'a' among the row numbers");
    check(harwell_boeing("RSA", 2, 3, "  3  1  4\n  1  2  2\n" + values), "1 among the column starts is outside");
    check(harwell_boeing("RSA", 2, 3, "  1  3  3\n  1  2  2\n" + values), "do not cover the 3 entries");
    check(harwell_boeing("RSA", 2, 3, "  1  2  4\n  1  1  2\n" + values), "above the diagonal");
    check(harwell_boeing("RSA", 2, 3, "  1  3  4\n  1  2  2\n"), "truncated");
    check(harwell_boeing("RSA", 2, 3, "  1  3  4\n  1  2  2\n  2.0000E+00 -1.0000E+00\n"), "truncated");
    check(harwell_boeing("RSA", 2, 3, "  1  3  4\n  1  2  2\n           2 -1.0000E+00  2.0000E+00\n"), "decimal point");
    check(harwell_boeing("RSA", 2, 2000000000, "  1  3  4\n  1  2  2\n" + values), "truncated");
}

TEST_CASE("Fortran formats") {
    const auto is = [](const char* text, std::size_t per_line, std::size_t width) {
        const auto format = cg::parse_fortran_format(text);
        return format && format->per_line == per_line && format->width == width;
    };
    CHECK(is("(16I5)", 16, 5));
    CHECK(is("(I10)", 1, 10));
    CHECK(is("(1P3D24.15)", 3, 24));
    CHECK(is("(1P,4E20.12)", 4, 20));
    CHECK(is("(3E26.18E3)", 3, 26));
    CHECK(!cg::parse_fortran_format("16I5"));
    CHECK(!cg::parse_fortran_format("(16X5)"));
    CHECK(!cg::parse_fortran_format("(2(4I5))"));
    CHECK(!cg::parse_fortran_format("(16I0)"));
    CHECK(!cg::parse_fortran_format("(16I5"));
    CHECK(!cg::parse_fortran_format(""));
}
