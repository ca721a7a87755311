// Options, the list of benches, and what is done with a result. See bench.hpp.
#include "bench/harness/bench.hpp"

#include "bench/boot/rows.hpp"
#include "bench/compute/rows.hpp"
#include "bench/disk/rows.hpp"
#include "bench/harness/histogram_svg.hpp"
#include "bench/harness/host.hpp"
#include "bench/harness/json.hpp"
#include "bench/harness/options.hpp"
#include "bench/harness/process.hpp"
#include "bench/harness/runner.hpp"
#include "bench/harness/selection.hpp"
#include "bench/harness/svg.hpp"
#include "bench/harness/table.hpp"
#include "bench/kv/recovery_rows.hpp"
#include "bench/kv/rows.hpp"
#include "bench/network/filter_rows.hpp"
#include "bench/network/latency_rows.hpp"
#include "bench/network/pair_rows.hpp"
#include "bench/network/rate_rows.hpp"
#include "bench/noise/rows.hpp"
#include "bench/primitives/rows.hpp"
#include "bench/revocation/rows.hpp"
#include "bench/store/rows.hpp"
#include "bench/web/rows.hpp"

#include <algorithm>
#include <cstdio>
#include <format>

namespace bench {
namespace {

constexpr const BenchDefinition* benches[] = {&primitives_bench, &boot_bench,     &noise_bench,        &compute_bench,
                                              &revocation_bench, &latency_bench,  &latency_pair_bench, &rate_bench,
                                              &rate_pair_bench,  &disk_bench,     &store_bench,        &filter_bench,
                                              &kv_bench,         &recovery_bench, &web_bench};

int fail(const std::string& sentence, int status = 1) {
    std::fprintf(stderr, "bench: %s\n", sentence.c_str());
    return status;
}

std::vector<std::unique_ptr<System>> make_systems(const Options& options, const Environment& environment) {
    std::vector<std::unique_ptr<System>> systems;
    for (const std::string& name : options.systems) {
        if (name == ours_name)
            systems.push_back(make_exo_guest(environment));
        else
            systems.push_back(make_linux_guest(environment, name == goal_peer ? linux_peer::Tuning::tuned
                                                                              : linux_peer::Tuning::stock));
    }
    systems.push_back(make_bare_guest(environment));
    return systems;
}

std::expected<void, std::string> run_one(const BenchDefinition& definition, const Options& options,
                                         const Environment& environment) {
    const RunPlan plan{.runs = options.runs,
                       .smoke = options.smoke,
                       .count_instructions = options.count_instructions,
                       .rows = options.rows};
    if (!Selection(definition, plan.rows).is_sound()) // its rows were not asked for; those of another bench are
        return {};
    auto measured = run_bench(definition, plan, make_systems(options, environment));
    if (!measured)
        return std::unexpected("bench " + std::string(definition.name) + " was not measured: " + measured.error());
    const BenchResult result{.bench = std::string(definition.name),
                             .title = std::string(definition.title),
                             .commit = commit(),
                             .host = host(),
                             .accelerator = environment.accelerator == Accelerator::kvm ? "kvm" : "tcg",
                             .rows = std::move(measured->rows),
                             .notes = std::move(measured->notes)};
    std::fputs(to_table(result).c_str(), stdout);
    std::fflush(stdout); // the next bench takes long
    // A smoke run's numbers mean nothing: they never replace a measurement.
    const std::filesystem::path folder = build_directory / (options.smoke ? "bench/smoke" : "bench");
    const auto json = write_file(folder / (result.bench + ".json"), to_json(result));
    if (!json)
        return json;
    for (const RowResult& row : result.rows)
        if (const std::string plot = to_histogram_svg(result, row); !plot.empty())
            if (const auto written =
                    write_file(folder / std::format("{}-{}.svg", result.bench, row.definition->name), plot);
                !written)
                return written;
    return write_file(folder / (result.bench + ".svg"), to_svg(result));
}

} // namespace

int bench_main(std::span<const std::string> arguments) {
    const auto options = parse_options(arguments);
    if (!options)
        return fail(options.error(), 2);
    if (options->help)
        return std::fputs(usage, stdout), 0;
    for (const std::string& name : options->benches)
        if (std::ranges::find(benches, name, &BenchDefinition::name) == std::end(benches))
            return fail("there is no bench called " + name + "; --list names them", 2);

    const auto accelerator = choose_accelerator(options->accelerator);
    if (!accelerator)
        return fail(accelerator.error());
    const Environment environment{.accelerator = *accelerator, .pin_to_cpu = options->pin_to_cpu};
    for (const BenchDefinition* definition : benches) {
        if (options->list) {
            std::printf("%-12s %s\n", std::string(definition->name).c_str(), std::string(definition->title).c_str());
            continue;
        }
        if (!options->benches.empty() && !std::ranges::contains(options->benches, definition->name) &&
            !std::ranges::contains(options->benches, definition->part_of))
            continue;
        if (const auto done = run_one(*definition, *options, environment); !done)
            return fail(done.error());
    }
    return 0;
}

} // namespace bench
