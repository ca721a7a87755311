// Runs the suites, two processes at a time, those that want to be alone one after the other at the end.
// Every output is kept in build/test-logs; that of a failed run is shown too.
#include "tools/exo/suites/runner.hpp"

#include "tools/exo/host_file.hpp"
#include "tools/exo/run.hpp"
#include "tools/exo/suites/active_run.hpp"

#include <algorithm>
#include <filesystem>
#include <format>
#include <list>
#include <print>

namespace exo::tool {

namespace {

constexpr std::size_t processes_max = 2;
constexpr std::size_t shown_output_max = 8000;
constexpr int poll_interval_ms = 500;

constexpr std::string_view help = R"(usage: exo test [--filter TEXT] [--list]

Runs every test suite of tests/suites.txt, prints one line a run and at the end "N passed, N failed", counting test cases.
Each run's output is kept in build/test-logs.

  --filter TEXT   only the runs whose name contains TEXT
  --list          print the names of the runs and stop
)";

struct TestOptions {
    std::string filter;
    bool list = false;
    bool help = false;
};

Outcome<TestOptions> parse(std::span<const std::string> words) {
    TestOptions options;
    for (std::size_t index = 0; index < words.size(); ++index) {
        const std::string& word = words[index];
        if (word == "--list")
            options.list = true;
        else if (word == "--help")
            options.help = true;
        else if (word.starts_with("--filter="))
            options.filter = word.substr(word.find('=') + 1);
        else if (word == "--filter" && index + 1 < words.size())
            options.filter = words[++index];
        else if (word == "--filter")
            return usage_error("--filter needs a value");
        else
            return usage_error(std::format("unknown word '{}'; `exo test --help` lists the options", word));
    }
    return options;
}

Outcome<std::vector<TestRun>> runs_wanted(const TestOptions& options) {
    const auto table = read_host_file("tests/suites.txt");
    if (!table)
        return std::unexpected(table.error());
    // Safe: bytes as characters.
    auto runs = read_suites({reinterpret_cast<const char*>(table->data()), table->size()}, repository_root());
    if (!runs)
        return runs;
    std::erase_if(*runs, [&](const TestRun& run) { return !run.name.contains(options.filter); });
    if (runs->empty())
        return failed(std::format("no test's name contains '{}'", options.filter));
    std::ranges::stable_sort(*runs, {}, &TestRun::company);
    return runs;
}

std::string log_name(const TestRun& run) {
    std::string name = run.name;
    std::ranges::replace(name, '/', '.');
    return "build/test-logs/" + name + ".log";
}

void tell(const ActiveRun& active, const CaseCount& count) {
    const std::string log = log_name(active.run());
    if (const auto written = write_host_file(log, active.output()); !written)
        std::println(stderr, "exo: {}", written.error().sentence);
    std::println("{:6} {:40} {:4} passed {:4} failed {:8.1f} s", count.failed == 0 ? "ok" : "FAILED", active.run().name,
                 count.passed, count.failed, active.seconds());
    if (count.failed != 0) {
        const std::string& output = active.output();
        const std::size_t start = output.size() > shown_output_max ? output.size() - shown_output_max : 0;
        std::println("{}{}--- {}ended with: {}; all output is in {}", std::string_view(output).substr(start),
                     output.empty() || output.ends_with('\n') ? "" : "\n", output.empty() ? "no output; " : "",
                     active.ill_end().empty() ? "exit status 0" : active.ill_end(), log);
    }
    std::fflush(stdout);
}

void wait_for_news(const std::list<ActiveRun>& active) {
    std::array<pollfd, 2 * processes_max> slots;
    std::size_t used = 0;
    for (const ActiveRun& run : active) {
        slots[used++] = run.output_slot();
        slots[used++] = run.process_slot();
    }
    ::poll(slots.data(), used, poll_interval_ms);
}

bool may_start(const TestRun& run, const std::list<ActiveRun>& active) {
    if (active.empty())
        return true;
    return active.size() < processes_max && run.company == Company::together;
}

CaseCount run_all(const std::vector<TestRun>& runs) {
    CaseCount total;
    std::list<ActiveRun> active;
    auto next = runs.begin();
    while (next != runs.end() || !active.empty()) {
        while (next != runs.end() && may_start(*next, active)) {
            auto started = ActiveRun::start(*next);
            if (started) {
                active.push_back(std::move(*started));
            } else {
                std::println("FAILED {}: {}", next->name, started.error().sentence);
                ++total.failed;
            }
            ++next;
        }
        wait_for_news(active);
        for (auto run = active.begin(); run != active.end();) {
            run->step();
            if (!run->finished()) {
                ++run;
                continue;
            }
            const CaseCount count = run->count();
            tell(*run, count);
            total += count;
            run = active.erase(run);
        }
    }
    return total;
}

} // namespace

int test_main(std::span<const std::string> words) {
    const auto options = parse(words);
    if (!options)
        return report(options.error());
    if (options->help) {
        std::print("{}", help);
        return 0;
    }
    std::error_code error;
    std::filesystem::current_path(repository_root(), error);
    std::filesystem::create_directories("build/test-logs", error);
    const auto runs = runs_wanted(*options);
    if (!runs)
        return report(runs.error());
    if (options->list) {
        for (const TestRun& run : *runs)
            std::println("{}", run.name);
        return 0;
    }
    const CaseCount total = run_all(*runs);
    std::println("{} passed, {} failed", total.passed, total.failed);
    return total.failed == 0 ? 0 : status_failed;
}

} // namespace exo::tool
