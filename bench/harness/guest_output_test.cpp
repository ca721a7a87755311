// What counts as a row and what does not, on a console shared with a kernel.
#include "bench/harness/guest_output.hpp"
#include "bench/primitives/sampling.hpp"

#include <doctest/doctest.h>

using bench::last_lines;
using bench::parse_rows;

TEST_CASE("a row is found among other lines and before a carriage return") {
    const auto rows =
        parse_rows("Booting\r\nROW trap cycles 123.456\r\n[ 1.0] kernel says\r\nROW null_call cycles 7\n");
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].name == "trap");
    CHECK(rows[0].unit == "cycles");
    CHECK(rows[0].value == 123.456);
    CHECK(rows[1].name == "null_call");
    CHECK(rows[1].value == 7);
}

TEST_CASE("a malformed row is no row") {
    for (const char* line :
         {"ROW", "ROW trap", "ROW trap cycles", "ROW trap cycles abc", "ROW trap cycles 12x", "ROW trap cycles 1 2",
          "ROW trap cycles nan", "ROW trap cycles inf", "XROW trap cycles 1", "row trap cycles 1", ""}) {
        CAPTURE(line);
        CHECK(parse_rows(line).empty());
    }
}

TEST_CASE("a last line without an end still counts") {
    CHECK(parse_rows("ROW a b 1").size() == 1);
}

TEST_CASE("what a guest formats is what the harness reads") {
    const auto round_trip = [](std::uint64_t thousandths) {
        char buffer[bench::row_bytes_max];
        const auto rows = parse_rows(bench::format_row(buffer, "trap", "cycles", thousandths));
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].name == "trap");
        CHECK(rows[0].unit == "cycles");
        return rows[0].value;
    };
    CHECK(round_trip(0) == 0);
    CHECK(round_trip(5) == 0.005);
    CHECK(round_trip(1000) == 1);
    CHECK(round_trip(123'456) == 123.456);
    CHECK(round_trip(1'555'405'221'000) == 1'555'405'221);
}

TEST_CASE("a row that does not fit its buffer comes out empty rather than cut") {
    char buffer[bench::row_bytes_max];
    const std::string long_name(bench::row_bytes_max, 'x');
    CHECK(bench::format_row(buffer, long_name, "cycles", 1).empty());
}

TEST_CASE("the median over batches is per operation and ignores the first batch") {
    std::uint64_t call = 0;
    const std::uint64_t cycles[] = {1'000'000, 50, 30, 40}; // the first is the warm-up
    const bench::Sampling sampling{.batches = 3, .operations = 10};
    CHECK(bench::median_millicycles(sampling, [&](std::uint32_t) { return cycles[call++]; }) == 4000);
    CHECK(call == 4);
}

TEST_CASE("an error message shows the last lines only") {
    CHECK(last_lines("one\ntwo\nthree\n", 2) == "    two\n    three\n");
    CHECK(last_lines("one\n", 5) == "    one\n");
    CHECK(last_lines("", 5).empty());
}

TEST_CASE("notes begin a line") {
    CHECK(bench::parse_notes("NOTE one thing\r\nROW x y 1\nnot a NOTE\nNOTE two") ==
          std::vector<std::string>{"one thing", "two"});
}

TEST_CASE("buckets of a histogram are read, and what only resembles one is not") {
    const auto buckets =
        bench::parse_buckets("HIST trip 1024 7\r\nHIST trip 1280 x\nHIST trip 1280\nHIST trip 1536 1 2\n"
                             "HIST other 0 1\nROW trip cycles 3\n");
    REQUIRE(buckets.size() == 2);
    CHECK(buckets[0].name == "trip");
    CHECK(buckets[0].low == 1024);
    CHECK(buckets[0].count == 7);
    CHECK(buckets[1].name == "other");
}
