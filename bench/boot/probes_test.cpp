// What counts as a line of code. See probes.hpp.
#include "bench/boot/ring0_lines.hpp"

#include <doctest/doctest.h>

using bench::boot::code_lines;

TEST_CASE("blank and comment-only lines are no code") {
    CHECK(code_lines("") == 0);
    CHECK(code_lines("\n   \n\t\n") == 0);
    CHECK(code_lines("// words\n  // more\n") == 0);
    CHECK(code_lines("/* one\n two\n three */\n") == 0);
}

TEST_CASE("code counts beside a comment") {
    CHECK(code_lines("int a; // why\n") == 1);
    CHECK(code_lines("/* before */ int a;\n") == 1);
    CHECK(code_lines("int a; /* goes\n on */ int b;\nint c;") == 3);
}
