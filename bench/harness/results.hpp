// What a bench found: for each row, every system's summary, the ratios, the counts and
// whether the goal is met. Filled by runner.cpp; read by the table, JSON and SVG writers.
#pragma once

#include "bench/harness/definition.hpp"
#include "bench/harness/stats.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace bench {

// How often values of a bucket came, by the least value of the bucket.
using Buckets = std::map<std::uint64_t, std::uint64_t>;

// What one system yielded for one row.
struct Measured {
    std::vector<double> values;         // one a run; not_measured for one that failed
    std::optional<double> instructions; // of the counting pass
    Buckets histogram = {};             // of all runs
};

struct PeerResult {
    std::string peer;
    Summary summary;
    std::optional<Summary> ratio; // of paired runs, ours / peer
    std::optional<double> instructions;
};

struct RowResult {
    const RowDefinition* definition = nullptr;
    std::optional<Summary> ours;
    std::optional<double> ours_instructions;
    std::vector<PeerResult> peers;
    std::map<std::string, Buckets> histograms; // by system, ours too
    bool met = false;
};

struct BenchResult {
    std::string bench;
    std::string title;
    std::string commit;
    std::string host;
    std::string accelerator;
    std::vector<RowResult> rows;
    std::vector<std::string> notes = {}; // what was not arranged as it should be, or not done in every run
};

// The peer that goals are held against.
inline constexpr std::string_view ours_name = "ours";
inline constexpr std::string_view goal_peer = "linux-tuned";
// What runs jobs without an operating system.
inline constexpr std::string_view bare_name = "bare";

// Whether ours keeps a bound over one peer: never when either was not measured.
bool peer_bound_met(const RowResult& row, const PeerBound& bound);

// `by_system` holds what each system yielded, "ours" among them when it ran.
RowResult combine(const RowDefinition& definition, const std::map<std::string, Measured>& by_system);

} // namespace bench
