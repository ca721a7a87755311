// When a goal is met, and how a row is put together from several systems.
#include "bench/harness/goal.hpp"
#include "bench/harness/results.hpp"

#include <doctest/doctest.h>

using namespace bench;

namespace {

GoalInput measured(double ours, double ratio) {
    GoalInput input;
    input.ours = ours;
    input.ratio = ratio;
    return input;
}

} // namespace

TEST_CASE("a bound is met at its value and not beyond") {
    CHECK(goal_met({.ratio_at_most = 0.2}, measured(1, 0.2)));
    CHECK_FALSE(goal_met({.ratio_at_most = 0.2}, measured(1, 0.2001)));
    CHECK(goal_met({.ratio_at_least = 0.98}, measured(1, 0.98)));
    CHECK_FALSE(goal_met({.ratio_at_least = 0.98}, measured(1, 0.97)));
    CHECK(goal_met({.ours_at_most = 0}, measured(0, 5)));
    CHECK_FALSE(goal_met({.ours_at_most = 0}, measured(1, 0)));
}

TEST_CASE("every bound that is set must hold") {
    const Goal both{.ratio_at_most = 0.2, .instruction_ratio_at_most = 0.1};
    GoalInput input = measured(1, 0.1);
    input.instruction_ratio = 0.05;
    CHECK(goal_met(both, input));
    input.instruction_ratio = 0.15;
    CHECK_FALSE(goal_met(both, input));
    input.instruction_ratio = 0.05;
    input.ratio = 0.3;
    CHECK_FALSE(goal_met(both, input));
}

TEST_CASE("what was not measured meets nothing") {
    CHECK_FALSE(goal_met({}, {}));
    CHECK_FALSE(goal_met({.ratio_at_most = 1},
                         GoalInput{.ours = 1, .ours_instructions = {}, .ratio = {}, .instruction_ratio = {}}));
    CHECK_FALSE(goal_met({.ours_instructions_at_most = 60}, measured(1, 1)));
    CHECK_FALSE(goal_met({.instruction_ratio_at_most = 0.5}, measured(1, 1)));
}

TEST_CASE("without a bound a row is met by being measured") {
    CHECK(goal_met({}, measured(1, 1)));
}

TEST_CASE("a row's goal is held against the tuned peer alone") {
    const RowDefinition definition{.name = "trap", .unit = "cycles", .goal = {.ratio_at_most = 0.5}, .counted = true};
    std::map<std::string, Measured> systems{
        {"ours", {.values = {10, 12, 11}, .instructions = 100}},
        {"linux-tuned", {.values = {20, 20, 10}, .instructions = 400}},
        {"linux-stock", {.values = {1000, 1000, 1000}, .instructions = {}}},
    };
    // Ratios to the tuned peer are 0.5, 0.6 and 1.1: the median misses the goal by a fifth.
    RowResult row = combine(definition, systems);
    CHECK_FALSE(row.met);
    REQUIRE(row.peers.size() == 2);
    const PeerResult& tuned = row.peers[1];
    CHECK(tuned.peer == "linux-tuned");
    REQUIRE(tuned.ratio);
    CHECK(tuned.ratio->median == doctest::Approx(0.6));
    CHECK(tuned.ratio->min == doctest::Approx(0.5));
    CHECK(tuned.ratio->max == doctest::Approx(1.1));
    CHECK(tuned.instructions == 400);
    CHECK(row.ours->median == 11);

    systems["linux-tuned"].values = {20, 30, 30};
    CHECK(combine(definition, systems).met);
    systems.erase("linux-tuned");
    CHECK_FALSE(combine(definition, systems).met);
}

TEST_CASE("the instruction ratio compares counts, not times") {
    const RowDefinition definition{
        .name = "trap", .unit = "cycles", .goal = {.instruction_ratio_at_most = 0.25}, .counted = true};
    std::map<std::string, Measured> systems{{"ours", {.values = {10}, .instructions = 100}},
                                            {"linux-tuned", {.values = {1}, .instructions = 400}}};
    CHECK(combine(definition, systems).met);
    systems["linux-tuned"].instructions = 399;
    CHECK_FALSE(combine(definition, systems).met);
}
