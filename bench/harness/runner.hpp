// Executes a bench: every system in turn, run after run (A B A B ...), so that a slow
// drift of the host falls on all of them alike; then one counting pass each.
#pragma once

#include "bench/harness/results.hpp"
#include "bench/harness/system.hpp"

namespace bench {

struct RunPlan {
    unsigned runs = 11;
    bool smoke = false;
    bool count_instructions = true;
    std::vector<std::string> rows = {}; // what the names of those wanted begin with; empty: all
};

struct Measurement {
    std::vector<RowResult> rows; // in the definition's order
    std::vector<std::string> notes;
};

// A run that fails is repeated once and then left out, and a note says so; a smoke run, or the first run of a job, has
// to succeed. An error then, or when a row that a system was to yield is missing, not finite, or not positive where it
// has to be.
std::expected<Measurement, std::string> run_bench(const BenchDefinition& definition, const RunPlan& plan,
                                                  const std::vector<std::unique_ptr<System>>& systems);

} // namespace bench
