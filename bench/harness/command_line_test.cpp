// Options of the tool, and words of a printed command line.
#include "bench/harness/options.hpp"
#include "bench/harness/shell_words.hpp"

#include <doctest/doctest.h>

using namespace bench;
using Words = std::vector<std::string>;

TEST_CASE("without arguments every bench runs eleven times on every system") {
    const auto options = parse_options({});
    REQUIRE(options);
    CHECK(options->benches.empty());
    CHECK(options->runs == 11);
    CHECK(options->systems.size() == 3);
    CHECK_FALSE(options->smoke);
    CHECK(options->count_instructions);
}

TEST_CASE("options and names mix") {
    const auto options = parse_options(
        Words{"boot", "--runs", "5", "--systems", "ours,linux-stock", "noise", "--no-count", "--accel", "tcg"});
    REQUIRE(options);
    CHECK(options->benches == Words{"boot", "noise"});
    CHECK(options->runs == 5);
    CHECK(options->systems == Words{"ours", "linux-stock"});
    CHECK_FALSE(options->count_instructions);
    CHECK(options->accelerator == AcceleratorChoice::tcg);
}

TEST_CASE("rows are named by their beginnings") {
    CHECK(parse_options(Words{"--rows", "udp_,tcp"})->rows == Words{"udp_", "tcp"});
}

TEST_CASE("smoke is one run each, whatever else is said") {
    CHECK(parse_options(Words{"--smoke", "--runs", "9"})->runs == 1);
}

TEST_CASE("arguments that make no sense are refused by name") {
    for (const Words& words :
         {Words{"--runs"}, Words{"--runs", "0"}, Words{"--runs", "x"}, Words{"--runs", "5x"},
          Words{"--runs", "99999999999"}, Words{"--runs", "-1"}, Words{"--systems", "bsd"}, Words{"--systems", ""},
          Words{"--rows", ","}, Words{"--accel", "hvf"}, Words{"--fast"}}) {
        CAPTURE(words.back());
        const auto options = parse_options(words);
        REQUIRE_FALSE(options);
        CHECK_FALSE(options.error().empty());
    }
}

TEST_CASE("a printed command splits as a shell would split it") {
    CHECK(split_shell_words("qemu -m 1024k\n") == Words{"qemu", "-m", "1024k"});
    CHECK(split_shell_words("a 'b c' \"d e\" f\\ g ''") == Words{"a", "b c", "d e", "f g", ""});
    CHECK(split_shell_words("'it'\\''s'") == Words{"it's"});
    CHECK(split_shell_words("").empty());
    CHECK(split_shell_words("an 'open quote").empty());
}
