// JSON, table and SVG from one made-up result; JSON strings with everything that must be escaped.
#include "bench/harness/histogram_svg.hpp"
#include "bench/harness/json.hpp"
#include "bench/harness/svg.hpp"
#include "bench/harness/table.hpp"

#include <doctest/doctest.h>

using namespace bench;

namespace {

constexpr RowDefinition definition{
    .name = "trap", .unit = "cycles", .goal_text = "5x \"faster\"", .goal = {.ratio_at_most = 0.2}, .bias = "<either>"};

BenchResult example() {
    RowResult row;
    row.definition = &definition;
    row.ours = Summary{.median = 2, .min = 1, .max = 3, .n = 3};
    row.ours_instructions = 50;
    row.peers.push_back({"linux-tuned",
                         {.median = 20, .min = 10, .max = 30, .n = 3},
                         Summary{.median = 0.1, .min = 0.05, .max = 0.3, .n = 3},
                         500});
    row.met = true;
    return {.bench = "primitives",
            .title = "Primitives",
            .commit = "abc",
            .host = "a & b",
            .accelerator = "tcg",
            .rows = {row}};
}

std::size_t occurrences(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

} // namespace

TEST_CASE("JSON strings escape quotes, backslashes and control characters") {
    CHECK(json_string("plain") == "\"plain\"");
    CHECK(json_string("a\"b\\c") == "\"a\\\"b\\\\c\"");
    CHECK(json_string("a\nb\tc") == "\"a\\nb\\u0009c\"");
    CHECK(json_string(std::string_view("\0", 1)) == "\"\\u0000\"");
    CHECK(json_string("\xc3\xa4") == "\"\xc3\xa4\""); // UTF-8 passes through
}

TEST_CASE("JSON numbers are exact, and null when there is none") {
    CHECK(json_number(0.1) == "0.1");
    CHECK(json_number(3) == "3");
    CHECK(json_number(std::nullopt) == "null");
    CHECK(json_number(no_bound) == "null");
}

TEST_CASE("a result is one JSON object with the agreed members") {
    CHECK(to_json(example()) == "{\"bench\":\"primitives\",\"commit\":\"abc\",\"host\":\"a & "
                                "b\",\"accelerator\":\"tcg\",\"notes\":[],\"rows\":[\n"
                                "{\"row\":\"trap\",\"unit\":\"cycles\",\"better\":\"lower\","
                                "\"ours\":{\"median\":2,\"min\":1,\"max\":3,\"n\":3},"
                                "\"peers\":{\"linux-tuned\":{\"median\":20,\"min\":10,\"max\":30,\"n\":3}},"
                                "\"ratio\":{\"linux-tuned\":0.1},\"instructions\":{\"ours\":50,\"linux-tuned\":500},"
                                "\"goal\":\"5x \\\"faster\\\"\",\"met\":true,\"bias\":\"<either>\"}]}\n");
}

TEST_CASE("a system that did not run is null, not a number") {
    BenchResult result = example();
    result.rows[0].ours.reset();
    result.rows[0].ours_instructions.reset();
    result.rows[0].peers[0].ratio.reset();
    const std::string json = to_json(result);
    CHECK(json.find("\"ours\":null,\"peers\"") != std::string::npos);
    CHECK(json.find("\"ratio\":{\"linux-tuned\":null}") != std::string::npos);
    CHECK(json.find("\"instructions\":{\"ours\":null,") != std::string::npos);
}

TEST_CASE("the table shows value, spread of the ratio, counts and verdict, and names the bias under TCG only") {
    BenchResult result = example();
    const std::string table = to_table(result);
    CHECK(table.find("0.1 [0.05 .. 0.3]") != std::string::npos);
    CHECK(table.find("50 / 500") != std::string::npos);
    CHECK(table.find("  met") != std::string::npos);
    CHECK(table.find("TCG") != std::string::npos);
    CHECK(table.find("<either>") != std::string::npos);
    result.accelerator = "kvm";
    result.rows[0].met = false;
    const std::string other = to_table(result);
    CHECK(other.find("TCG") == std::string::npos);
    CHECK(other.find("not met") != std::string::npos);
}

TEST_CASE("with more peers than fit beside each other each has a line, and what it is held to") {
    static constexpr PeerBound bounds[] = {{.peer = "b", .ratio_at_most = 0.2}, {.peer = "c", .ratio_at_most = 0.05}};
    static constexpr RowDefinition held{.name = "trip",
                                        .unit = "cycles",
                                        .goal_text = "0.2x b, 0.05x c",
                                        .goal = {.peers = bounds},
                                        .bias = "one two three four five six seven eight nine ten eleven twelve "
                                                "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"};
    BenchResult result = example();
    result.rows[0].definition = &held;
    const PeerResult peer = result.rows[0].peers[0];
    result.rows[0].peers.clear();
    for (const char* const name : {"a", "b", "c", "d"}) {
        result.rows[0].peers.push_back(peer);
        result.rows[0].peers.back().peer = name;
    }
    result.rows.push_back(result.rows[0]);
    result.notes = {"something was left out"};
    const std::string table = to_table(result);
    CHECK(table.find("trip: ours 2 [1 .. 3] cycles; goal 0.2x b, 0.05x c: met\n") != std::string::npos);
    CHECK(table.find("ours/it 0.1 [0.05 .. 0.3] ") != std::string::npos);
    CHECK(table.find("at most 0.2: met\n") != std::string::npos);
    CHECK(table.find("at most 0.05: not met\n") != std::string::npos);
    CHECK(table.find("Note: something was left out\n") != std::string::npos);
    CHECK(occurrences(table, "nineteen") == 1); // both rows are bent alike
    for (std::size_t at = 0, end = 0; at < table.size(); at = end + 1) {
        end = table.find('\n', at);
        CHECK(end - at <= 120);
    }
}

TEST_CASE("numbers for people keep what matters") {
    CHECK(readable(12345.6) == "12346");
    CHECK(readable(123.456) == "123.5");
    CHECK(readable(1.2345) == "1.23");
    CHECK(readable(0.012345) == "0.0123");
    CHECK(readable(7) == "7");
    CHECK(readable(std::nullopt) == "-");
}

TEST_CASE("the plot has a bar, a whisker and a goal line for the row, and escapes text") {
    const std::string svg = to_svg(example());
    CHECK(svg.starts_with("<svg "));
    CHECK(svg.ends_with("</svg>\n"));
    CHECK(occurrences(svg, "<rect") == 2);              // background and one bar
    CHECK(occurrences(svg, "stroke=\"#1a202c\"") == 3); // the whisker and its two ends
    CHECK(occurrences(svg, "stroke=\"#c53030\"") == 1); // the goal
    CHECK(svg.find("a &amp; b") != std::string::npos);
    CHECK(svg.find("a & b") == std::string::npos);
}

TEST_CASE("a histogram has a strip a system with a bar a bucket, the fastest first; without buckets there is none") {
    BenchResult result = example();
    CHECK(to_histogram_svg(result, result.rows[0]).empty());
    result.rows[0].histograms = {{"linux-tuned", {{1000, 5}, {2000, 1}}}, {"ours", {{90, 6}}}, {"none", {}}};
    const std::string svg = to_histogram_svg(result, result.rows[0]);
    CHECK(occurrences(svg, "<rect") == 1 + 3); // the ground, and the buckets
    CHECK(svg.find(">ours<") < svg.find(">linux-tuned<"));
    CHECK(svg.find(">none<") == std::string::npos);
    CHECK(svg.find("median 2<") != std::string::npos);
    CHECK(svg.find("median 20<") != std::string::npos);
    CHECK(svg.find("a &amp; b") != std::string::npos);
    CHECK(svg.ends_with("</svg>\n"));
}
