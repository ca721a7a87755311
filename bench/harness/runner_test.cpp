// The order of runs and the checks on what they yield, with systems made up for the test.
#include "bench/harness/runner.hpp"

#include <doctest/doctest.h>

using namespace bench;

namespace {

constexpr RowDefinition rows[] = {{.name = "trap", .unit = "cycles", .goal = {.ratio_at_most = 0.5}, .counted = true}};
constexpr Job jobs[] = {{.linux_program = "p", .exo_program = "p"}};
constexpr BenchDefinition definition{.name = "test", .title = "", .jobs = jobs, .rows = rows};

struct FakeSystem final : System {
    std::string own_name, wall_output, count_output;
    std::string* order;

    FakeSystem(std::string name, std::string wall, std::string counted, std::string* log)
        : own_name(std::move(name)), wall_output(std::move(wall)), count_output(std::move(counted)), order(log) {}

    std::string_view name() const override { return own_name; }
    bool runs(const Job&) const override { return true; }
    std::expected<void, std::string> prepare(const Job&) override { return {}; }
    std::expected<std::string, std::string> run(const Job&, const RunMode& mode) override {
        const bool wall = mode.clock == Clock::wall;
        *order += own_name[0];
        if (!wall)
            *order += '#';
        if (wall_output == "fail")
            return std::unexpected("the guest died");
        return wall ? wall_output : count_output;
    }
    std::expected<std::vector<std::string>, std::string> machine(const Job&, const RunMode&) override { return {}; }
    std::filesystem::path kernel_image() const override { return {}; }
};

struct Outcome {
    std::expected<std::vector<RowResult>, std::string> rows;
    std::string order;
};

Outcome run(const std::string& wall, const std::string& counted, RunPlan plan = {.runs = 2}) {
    Outcome outcome;
    std::vector<std::unique_ptr<System>> systems;
    systems.push_back(std::make_unique<FakeSystem>("ours", wall, counted, &outcome.order));
    systems.push_back(
        std::make_unique<FakeSystem>("linux-tuned", "ROW trap cycles 40\n", "ROW trap cycles 400\n", &outcome.order));
    outcome.rows = run_bench(definition, plan, systems);
    return outcome;
}

} // namespace

TEST_CASE("systems take turns run by run, and are counted once at the end") {
    const Outcome outcome = run("ROW trap cycles 10\n", "ROW trap cycles 100\n");
    REQUIRE(outcome.rows);
    CHECK(outcome.order == "olol"
                           "o#l#");
    const RowResult& row = outcome.rows->at(0);
    CHECK(row.ours->n == 2);
    CHECK(row.ours->median == 10);
    CHECK(row.ours_instructions == 100);
    CHECK(row.peers.at(0).ratio->median == 0.25);
    CHECK(row.peers.at(0).instructions == 400);
    CHECK(row.met);
}

TEST_CASE("without the counting pass there is no count and none is demanded") {
    const Outcome outcome = run("ROW trap cycles 10\n", "", {.runs = 1, .count_instructions = false});
    REQUIRE(outcome.rows);
    CHECK(outcome.order == "ol");
    CHECK_FALSE(outcome.rows->at(0).ours_instructions);
}

TEST_CASE("a missing, zero or uncounted row is a failure, not a result") {
    CHECK(run("nothing", "ROW trap cycles 100\n").rows.error() == "ours yielded no row trap");
    CHECK(run("ROW trap cycles 0\n", "ROW trap cycles 100\n").rows.error() ==
          "ours yielded 0 for row trap, which must be positive");
    CHECK(run("ROW trap cycles -3\n", "ROW trap cycles 100\n").rows.error() ==
          "ours yielded -3 for row trap, which must be positive");
    CHECK(run("ROW trap cycles 10\n", "nothing").rows.error() == "ours yielded no instruction count for row trap");
}

TEST_CASE("a guest that fails ends the bench with its own sentence") {
    const Outcome outcome = run("fail", "");
    CHECK(outcome.rows.error() == "the guest died");
    CHECK(outcome.order == "o");
}
