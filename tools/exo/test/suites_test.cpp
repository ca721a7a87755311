// The test runner's own tests: what counts as passed, and that nothing that went wrong can count as passed.
#include "tools/exo/suites/active_run.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace exo::tool;

namespace {

constexpr std::string_view good = "[doctest] test cases:  27 |  27 passed | 0 failed | 0 skipped\n";
constexpr std::string_view bad = "[doctest] test cases:   5 |   3 passed | 2 failed | 0 skipped\n";

CaseCount run_shell(Counting counting, const std::string& script, unsigned time_limit_s = 30) {
    const TestRun run = {"s", "s", counting, Company::together, time_limit_s, {"/bin/sh", "-c", script}};
    auto active = ActiveRun::start(run);
    REQUIRE(active);
    while (!active->finished()) {
        pollfd slots[] = {active->output_slot(), active->process_slot()};
        ::poll(slots, 2, 100);
        active->step();
    }
    return active->count();
}

} // namespace

TEST_CASE("count: doctest summaries, one or several") {
    CHECK(count_cases(Counting::doctest, good, true) == CaseCount{27, 0});
    CHECK(count_cases(Counting::doctest, bad, false) == CaseCount{3, 2});
    CHECK(count_cases(Counting::doctest, std::string(good) + "noise\n" + std::string(bad), false) == CaseCount{30, 2});
}

TEST_CASE("count: a bad end is a failure whatever the summary says") {
    CHECK(count_cases(Counting::doctest, good, false) == CaseCount{27, 1});
    CHECK(count_cases(Counting::ok_lines, "ok a\n", false) == CaseCount{1, 1});
    CHECK(count_cases(Counting::whole_run, "", false) == CaseCount{0, 1});
}

TEST_CASE("count: no summary, no case or a garbled summary is a failure") {
    CHECK(count_cases(Counting::doctest, "", true) == CaseCount{0, 1});
    CHECK(count_cases(Counting::doctest, "[doctest] test cases: 0 | 0 passed | 0 failed | 0 skipped\n", true) ==
          CaseCount{0, 1});
    CHECK(count_cases(Counting::doctest, "[doctest] test cases: garbage\n", true) == CaseCount{0, 1});
    CHECK(count_cases(Counting::ok_lines, "okay\n", true) == CaseCount{0, 1});
}

TEST_CASE("count: lines and whole runs") {
    CHECK(count_cases(Counting::ok_lines, "ok one\nFAILED two: x\nok three\n", false) == CaseCount{2, 1});
    CHECK(count_cases(Counting::whole_run, "anything", true) == CaseCount{1, 0});
}

TEST_CASE("runs: real processes end well, badly, by signal and by time") {
    CHECK(run_shell(Counting::whole_run, "exit 0") == CaseCount{1, 0});
    CHECK(run_shell(Counting::whole_run, "exit 3") == CaseCount{0, 1});
    CHECK(run_shell(Counting::whole_run, "kill -SEGV $$") == CaseCount{0, 1});
    CHECK(run_shell(Counting::whole_run, "sleep 20", 1) == CaseCount{0, 1});
    CHECK(run_shell(Counting::ok_lines, "echo ok a; echo ok b >&2") == CaseCount{2, 0});
}

TEST_CASE("runs: output larger than a pipe is read while the process runs") {
    CHECK(run_shell(Counting::ok_lines, "i=0; while [ $i -lt 9000 ]; do echo ok number $i; i=$((i+1)); done") ==
          CaseCount{9000, 0});
}

TEST_CASE("table: rows, patterns and mistakes") {
    const auto runs =
        read_suites("# comment\n\nshell run together 5 /bin/s* -c true @.seed\nplain doctest alone 9 x y\n", "/");
    REQUIRE(runs);
    const auto sh = std::ranges::find(*runs, "shell/sh", &TestRun::name);
    REQUIRE(sh != runs->end());
    CHECK(sh->command == std::vector<std::string>{"bin/sh", "-c", "true", "sh.seed"});
    CHECK(runs->back().name == "plain");
    CHECK(runs->back().company == Company::alone);
    CHECK(runs->back().time_limit_s == 9);
    CHECK_FALSE(read_suites("gone run together 5 no/such/*\n", "/"));
    CHECK_FALSE(read_suites("short run together 5\n", "/"));
    CHECK_FALSE(read_suites("wrong maybe together 5 x\n", "/"));
    CHECK_FALSE(read_suites("wrong run sometimes 5 x\n", "/"));
    CHECK_FALSE(read_suites("wrong run together 0 x\n", "/"));
}
