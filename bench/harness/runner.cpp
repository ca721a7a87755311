// See runner.hpp.
#include "bench/harness/runner.hpp"

#include "bench/harness/firmware.hpp"
#include "bench/harness/guest_output.hpp"
#include "bench/harness/process.hpp"
#include "bench/harness/selection.hpp"
#include "bench/harness/shell_words.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <format>

#include <unistd.h>

namespace bench {
namespace {

using Failure = std::unexpected<std::string>;
using Yield = std::map<std::string, std::map<std::string, Measured>>; // row, then system

class Runner {
public:
    Runner(const BenchDefinition& definition, const RunPlan& plan, const std::vector<std::unique_ptr<System>>& systems)
        : definition_(definition), plan_(plan), systems_(systems), selection_(definition, plan.rows) {}

    std::expected<void, std::string> run_jobs() {
        std::vector<const Job*> jobs;
        for (const Job& job : definition_.jobs)
            if (selection_.has(job))
                jobs.push_back(&job);
        for (const Job* const job : jobs)
            for (const auto& system : systems_)
                if (system->runs(*job))
                    if (const auto ready = system->prepare(*job); !ready)
                        return ready;
        for (unsigned run = 0; run < plan_.runs; ++run)
            for (const Job* const job : jobs)
                if (job->timed && run < job->runs_at_most)
                    if (const auto done = one_round(*job, {.clock = Clock::wall, .smoke = plan_.smoke}, run); !done)
                        return done;
        for (const Job* const job : jobs)
            if (plan_.count_instructions && job->counted)
                if (const auto done = one_round(*job, {.clock = Clock::instructions, .smoke = plan_.smoke}, 0); !done)
                    return done;
        return {};
    }

    std::expected<void, std::string> run_probes() {
        for (const HostProbe& probe : definition_.probes) {
            for (const auto& system : systems_) {
                if (std::ranges::none_of(definition_.jobs, [&](const Job& job) { return system->runs(job); }))
                    continue; // it has no part in this bench
                const auto value = probe.measure(*system, plan_.smoke);
                if (!value)
                    return Failure(value.error());
                if (*value)
                    yield_[std::string(probe.row)][std::string(system->name())].values.push_back(**value);
            }
        }
        return {};
    }

    std::expected<Measurement, std::string> results() {
        std::vector<RowResult> rows;
        for (const RowDefinition& row : definition_.rows) {
            const auto by_system = yields_of(row);
            if (!selection_.has(row) || (row.count_only && !plan_.count_instructions))
                continue;
            for (const std::string_view name : expected_of(row))
                if (const auto sound = check(row, name, by_system); !sound)
                    return Failure(sound.error());
            rows.push_back(combine(row, by_system));
        }
        return Measurement{std::move(rows), std::move(notes_)};
    }

private:
    std::expected<void, std::string> one_round(const Job& job, const RunMode& mode, unsigned run) {
        for (const auto& system : systems_) {
            if (!system->runs(job))
                continue;
            auto done = one_guest(*system, job, mode, run);
            if (!done && !plan_.smoke) {
                note_failure(done.error(), run, "it was repeated");
                done = one_guest(*system, job, mode, run);
            }
            if (!done && (plan_.smoke || run == 0))
                return done;
            if (!done)
                note_failure(done.error(), run, "it was left out");
        }
        return {};
    }

    static std::expected<void, std::string> run_host_command(const Job& job, const RunMode& mode) {
        const bool is_other = mode.smoke && !job.smoke_host_command.empty();
        const std::string_view command = is_other ? job.smoke_host_command : job.host_command;
        if (command.empty())
            return {};
        const auto result = run_process(split_shell_words(command), {.timeout = std::chrono::minutes(30)});
        if (!result)
            return Failure(result.error());
        if (result->timed_out || result->status != 0)
            return Failure(std::string(command) + " failed; its last lines:\n" + last_lines(result->output, 8));
        return {};
    }

    std::expected<void, std::string> one_guest(System& system, const Job& job, const RunMode& mode, unsigned run) {
        const bool of_peer = !job.peer.empty() && system.name() != ours_name;
        const std::string_view column = of_peer ? job.peer : system.name();
        report_progress(column, mode, run);
        if (const auto ready = run_host_command(job, mode); !ready)
            return ready;
        const auto output = system.run(job, mode);
        if (!output)
            return Failure(output.error());
        double firmware = 0;
        if (job.since_kernel_entry) {
            const auto cycles = firmware_cycles(system, job, mode);
            if (!cycles)
                return Failure(cycles.error());
            firmware = *cycles;
        }
        collect(*output, column, mode.clock, run, firmware);
        if (mode.clock == Clock::wall)
            collect_histograms(*output, column);
        for (const std::string& note : parse_notes(*output))
            add_note(note);
        return {};
    }

    void note_failure(const std::string& sentence, unsigned run, std::string_view consequence) {
        std::fprintf(stderr, "\nbench: run %u failed: %s\n", run + 1, sentence.c_str());
        add_note(std::format("run {} of {} failed, and {}: {}", run + 1, plan_.runs, consequence,
                             sentence.substr(0, sentence.find('\n'))));
    }

    void add_note(const std::string& note) {
        if (!std::ranges::contains(notes_, note))
            notes_.push_back(note);
    }

    void collect(std::string_view output, std::string_view system, Clock clock, unsigned run, double firmware) {
        for (const GuestRow& row : parse_rows(output)) {
            Measured& measured = yield_[row.name][std::string(system)];
            const double value = row.value - firmware;
            if (clock == Clock::wall) {
                measured.values.resize(std::max<std::size_t>(measured.values.size(), run + 1), not_measured);
                measured.values[run] = value;
            } else if (const RowDefinition* definition = find(row.name); definition != nullptr) {
                if (definition->counted || definition->count_only)
                    measured.instructions = value;
                if (definition->count_only)
                    measured.values.push_back(value);
            }
        }
    }

    // Of the timed runs alone: instructions are not times.
    void collect_histograms(std::string_view output, std::string_view system) {
        for (const GuestBucket& bucket : parse_buckets(output))
            yield_[bucket.name][std::string(system)].histogram[bucket.low] += bucket.count;
    }

    const RowDefinition* find(std::string_view name) const {
        const auto row = std::ranges::find(definition_.rows, name, &RowDefinition::name);
        return row != definition_.rows.end() ? &*row : nullptr;
    }

    std::map<std::string, Measured> yields_of(const RowDefinition& row) {
        auto by_system = yield_[std::string(row.name)];
        if (!row.peers_row.empty())
            for (const auto& [system, measured] : yield_[std::string(row.peers_row)])
                if (system != ours_name)
                    by_system[system] = measured;
        return by_system;
    }

    // Who is to yield a row: every system that runs, or those peers that it names.
    std::vector<std::string_view> expected_of(const RowDefinition& row) const {
        std::vector<std::string_view> names;
        bool tuned = false;
        for (const auto& system : systems_) {
            if (system->name() == bare_name)
                continue; // its columns have names of their own
            tuned = tuned || system->name() == goal_peer;
            if (system->name() == ours_name || (!row.ours_only && row.peers.empty()))
                names.push_back(system->name());
        }
        if (tuned)
            names.insert(names.end(), row.peers.begin(), row.peers.end());
        return names;
    }

    std::expected<void, std::string> check(const RowDefinition& row, std::string_view system,
                                           const std::map<std::string, Measured>& by_system) const {
        const auto found = by_system.find(std::string(system));
        if (found == by_system.end() || !summarise(found->second.values))
            return Failure(std::format("{} yielded no row {}", system, row.name));
        const auto valid = [&](double value) { return value > 0 || (row.zero_is_valid && value == 0); };
        for (const double value : found->second.values)
            if (!std::isnan(value) && !valid(value))
                return Failure(
                    std::format("{} yielded {} for row {}, which must be positive", system, value, row.name));
        const auto& instructions = found->second.instructions;
        if (row.counted && plan_.count_instructions && !(instructions && valid(*instructions)))
            return Failure(std::format("{} yielded no instruction count for row {}", system, row.name));
        return {};
    }

    void report_progress(std::string_view column, const RunMode& mode, unsigned run) const {
        const std::string step = mode.clock == Clock::instructions ? "counting instructions"
                                                                   : std::format("run {} of {}", run + 1, plan_.runs);
        const bool shown = isatty(STDERR_FILENO) != 0; // to a person; else kept in some file
        std::fprintf(stderr, "%sbench %s: %s, %s%s", shown ? "\r\033[K" : "", std::string(definition_.name).c_str(),
                     step.c_str(), std::string(column).c_str(), shown ? "" : "\n");
    }

    const BenchDefinition& definition_;
    const RunPlan& plan_;
    const std::vector<std::unique_ptr<System>>& systems_;
    const Selection selection_;
    Yield yield_;
    std::vector<std::string> notes_;
};

} // namespace

std::expected<Measurement, std::string> run_bench(const BenchDefinition& definition, const RunPlan& plan,
                                                  const std::vector<std::unique_ptr<System>>& systems) {
    Runner runner(definition, plan, systems);
    const auto jobs = runner.run_jobs();
    const auto probes = jobs ? runner.run_probes() : jobs;
    if (isatty(STDERR_FILENO) != 0)
        std::fputs("\r\033[K", stderr);
    if (!probes)
        return Failure(probes.error());
    return runner.results();
}

} // namespace bench
