// The order of runs and the checks on what they yield, with systems made up for the test.
#include "bench/harness/runner.hpp"
#include "bench/harness/selection.hpp"

#include <doctest/doctest.h>

#include <algorithm>

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
    std::vector<std::string> notes = {};
    std::string order;
};

Outcome run(const std::string& wall, const std::string& counted, RunPlan plan = {.runs = 2},
            const BenchDefinition& bench = definition) {
    Outcome outcome;
    std::vector<std::unique_ptr<System>> systems;
    systems.push_back(std::make_unique<FakeSystem>("ours", wall, counted, &outcome.order));
    systems.push_back(
        std::make_unique<FakeSystem>("linux-tuned", "ROW trap cycles 40\n", "ROW trap cycles 400\n", &outcome.order));
    auto measured = run_bench(bench, plan, systems);
    if (measured)
        outcome.notes = measured->notes, outcome.rows = std::move(measured->rows);
    else
        outcome.rows = std::unexpected(measured.error());
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

TEST_CASE("a job takes part in no more runs than it says") {
    static constexpr Job few[] = {{.linux_program = "p", .exo_program = "p", .counted = false, .runs_at_most = 2},
                                  {.linux_program = "p", .exo_program = "p"}};
    const Outcome outcome = run("ROW trap cycles 10\n", "ROW trap cycles 100\n", {.runs = 3},
                                {.name = "test", .title = "", .jobs = few, .rows = rows});
    CHECK(outcome.rows);
    CHECK(outcome.order == "olol"
                           "olol"
                           "ol"
                           "o#l#");
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
    CHECK(outcome.order == "oo"); // repeated once
}

namespace {

constexpr std::string_view ways[] = {"sockets", "rings"};
constexpr PeerBound bounds[] = {{.peer = "sockets", .ratio_at_most = 0.5},
                                {.peer = "rings", .instruction_ratio_at_most = 1}};
constexpr RowDefinition peer_rows[] = {
    {.name = "trip", .unit = "cycles", .goal = {.peers = bounds}, .counted = true, .peers = ways},
    {.name = "work", .unit = "instructions", .count_only = true, .peers = ways}};
constexpr Job peer_jobs[] = {
    {.exo_program = "p"}, {.linux_program = "p", .peer = "sockets"}, {.linux_program = "p", .peer = "rings"}};
constexpr BenchDefinition peer_definition{.name = "test", .title = "", .jobs = peer_jobs, .rows = peer_rows};

// Yields what its job's peer is known for, and nothing in a job of the other system.
struct PeerSystem final : System {
    bool ours;
    std::string* order;
    PeerSystem(bool of_ours, std::string* log) : ours(of_ours), order(log) {}
    std::string_view name() const override { return ours ? ours_name : goal_peer; }
    bool runs(const Job& job) const override { return ours ? !job.exo_program.empty() : !job.linux_program.empty(); }
    std::expected<void, std::string> prepare(const Job&) override { return {}; }
    std::expected<std::string, std::string> run(const Job& job, const RunMode& mode) override {
        *order += ours ? 'o' : job.peer[0];
        const int value = ours ? 10 : job.peer == "sockets" ? 40 : 12;
        const std::string text = std::to_string(value);
        const bool wall = mode.clock == Clock::wall;
        return "ROW trip cycles " + text + "\n" +
               (wall ? "HIST trip 8 2\n" : "HIST trip 4 1\nROW work instructions " + text + "\n");
    }
    std::expected<std::vector<std::string>, std::string> machine(const Job&, const RunMode&) override { return {}; }
    std::filesystem::path kernel_image() const override { return {}; }
};

} // namespace

TEST_CASE("peers by name are columns of their own, take turns in every run, and have bounds of their own") {
    std::string order;
    std::vector<std::unique_ptr<System>> systems;
    systems.push_back(std::make_unique<PeerSystem>(true, &order));
    systems.push_back(std::make_unique<PeerSystem>(false, &order));
    const auto result = run_bench(peer_definition, {.runs = 2}, systems);
    REQUIRE(result);
    CHECK(order == "osrosrosr"); // two runs and the counting pass
    const RowResult& trip = result->rows.at(0);
    REQUIRE(trip.peers.size() == 2);
    CHECK(trip.peers[0].peer == "rings");
    CHECK(trip.peers[0].ratio->median == doctest::Approx(10.0 / 12));
    CHECK(trip.peers[1].peer == "sockets");
    CHECK(trip.peers[1].ratio->median == 0.25);
    CHECK(trip.met);
    CHECK(trip.histograms.at("ours") == Buckets{{8, 4}}); // the timed runs alone
    CHECK(result->rows.at(1).ours->median == 10);
    CHECK(result->rows.at(1).ours->n == 1);

    systems.pop_back();
    CHECK(run_bench(peer_definition, {.runs = 1}, systems)); // ours alone: no peer is expected
    systems.insert(systems.begin(), std::make_unique<PeerSystem>(false, &order));
    systems.pop_back();
    CHECK_FALSE(run_bench(peer_definition, {.runs = 1}, systems)->rows.at(0).met); // without ours nothing is met
}

namespace {

// Fails in those of its runs that were named, counted from 0.
struct FaultySystem final : System {
    std::vector<unsigned> bad;
    unsigned next = 0;
    explicit FaultySystem(std::vector<unsigned> bad_runs) : bad(std::move(bad_runs)) {}
    std::string_view name() const override { return ours_name; }
    bool runs(const Job&) const override { return true; }
    std::expected<void, std::string> prepare(const Job&) override { return {}; }
    std::expected<std::string, std::string> run(const Job&, const RunMode&) override {
        const unsigned now = next++;
        if (std::ranges::contains(bad, now))
            return std::unexpected("the guest died\nof something");
        return "ROW trap cycles " + std::to_string(10 + now) + "\nNOTE it rained\n";
    }
    std::expected<std::vector<std::string>, std::string> machine(const Job&, const RunMode&) override { return {}; }
    std::filesystem::path kernel_image() const override { return {}; }
};

std::expected<Measurement, std::string> run_faulty(std::vector<unsigned> bad, bool smoke = false) {
    std::vector<std::unique_ptr<System>> systems;
    systems.push_back(std::make_unique<FaultySystem>(std::move(bad)));
    return run_bench(definition, {.runs = 3, .smoke = smoke, .count_instructions = false}, systems);
}

} // namespace

TEST_CASE("a run that fails is repeated, then left out and said; the first has to succeed, and a smoke run") {
    const auto repeated = run_faulty({1});
    REQUIRE(repeated);
    CHECK(repeated->rows.at(0).ours->n == 3);
    CHECK(repeated->notes ==
          std::vector<std::string>{"it rained", "run 2 of 3 failed, and it was repeated: the guest died"});
    const auto left_out = run_faulty({1, 2});
    REQUIRE(left_out);
    CHECK(left_out->rows.at(0).ours->n == 2);
    CHECK(left_out->rows.at(0).ours->max == 13);
    CHECK(left_out->notes.back() == "run 2 of 3 failed, and it was left out: the guest died");
    CHECK(run_faulty({0, 1}).error() == "the guest died\nof something");
    CHECK(run_faulty({0}, true).error() == "the guest died\nof something");
}

TEST_CASE("rows are chosen by what their names begin with, and only jobs that yield them run") {
    static constexpr RowDefinition three[] = {{.name = "udp_trip", .unit = "cycles"},
                                              {.name = "tcp_trip", .unit = "cycles"},
                                              {.name = "flow_trip", .unit = "cycles", .peers_row = "udp_trip"}};
    constexpr Job udp{.yields = "udp_"}, both{.yields = "x_ tcp_"}, any{};
    const BenchDefinition chosen{.name = "test", .title = "", .jobs = {}, .rows = three};
    const Selection all(chosen, {}), tcp(chosen, {"tcp"}), flow(chosen, {"flow_", "none"}), none(chosen, {"rate"});
    CHECK(all.has(three[0]));
    CHECK(all.has(udp));
    CHECK_FALSE(tcp.has(three[0]));
    CHECK(tcp.has(three[1]));
    CHECK_FALSE(tcp.has(udp));
    CHECK(tcp.has(both));
    CHECK(tcp.has(any));
    CHECK(flow.has(udp)); // for the peers' values
    CHECK_FALSE(flow.has(both));
    CHECK(flow.is_sound());
    CHECK_FALSE(none.is_sound());
}

TEST_CASE("a system is only asked for a number when it has a part in the bench") {
    static constexpr Job own_job[] = {{.exo_program = "p"}};
    static constexpr RowDefinition own_rows[] = {{.name = "size", .unit = "bytes", .ours_only = true}};
    static constexpr HostProbe probes[] = {
        {.row = "size", .measure = [](System& system, bool) -> std::expected<std::optional<double>, std::string> {
             if (system.name() == ours_name)
                 return 7;
             return std::unexpected("asked a system that runs nothing of this");
         }}};
    const BenchDefinition probed{.name = "test", .title = "", .jobs = own_job, .rows = own_rows, .probes = probes};
    std::string order;
    std::vector<std::unique_ptr<System>> systems;
    systems.push_back(std::make_unique<PeerSystem>(true, &order));
    systems.push_back(std::make_unique<PeerSystem>(false, &order));
    const auto result = run_bench(probed, {.runs = 1}, systems);
    REQUIRE_MESSAGE(result, result.error());
    CHECK(result->rows.at(0).ours->median == 7);
}

TEST_CASE("what is to be run on the host before each run may be another command in a smoke run") {
    static constexpr Job prepared_jobs[] = {
        {.exo_program = "p", .host_command = "false", .smoke_host_command = "true"}};
    static constexpr BenchDefinition prepared{.name = "test", .title = "", .jobs = prepared_jobs, .rows = rows};
    std::string order;
    std::vector<std::unique_ptr<System>> systems;
    systems.push_back(std::make_unique<FakeSystem>("ours", "ROW trap cycles 4\n", "ROW trap cycles 4\n", &order));
    CHECK(run_bench(prepared, {.runs = 1, .smoke = true}, systems).has_value());
    const auto failed = run_bench(prepared, {.runs = 1}, systems);
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().starts_with("false failed"));
}
