// See results.hpp.
#include "bench/harness/results.hpp"

#include "bench/harness/goal.hpp"

#include <algorithm>

namespace bench {

bool peer_bound_met(const RowResult& row, const PeerBound& bound) {
    GoalInput over;
    if (row.ours)
        over.ours = row.ours->median;
    if (const auto peer = std::ranges::find(row.peers, bound.peer, &PeerResult::peer); peer != row.peers.end()) {
        over.ratio = peer->ratio ? std::optional(peer->ratio->median) : std::nullopt;
        if (row.ours_instructions && peer->instructions && *peer->instructions != 0)
            over.instruction_ratio = *row.ours_instructions / *peer->instructions;
    }
    return goal_met(
        {.ratio_at_most = bound.ratio_at_most, .instruction_ratio_at_most = bound.instruction_ratio_at_most}, over);
}

RowResult combine(const RowDefinition& definition, const std::map<std::string, Measured>& by_system) {
    RowResult row;
    row.definition = &definition;
    std::vector<double> our_values;
    if (const auto ours = by_system.find(std::string(ours_name)); ours != by_system.end()) {
        our_values = ours->second.values;
        row.ours = summarise(our_values);
        row.ours_instructions = ours->second.instructions;
    }

    for (const auto& [system, measured] : by_system)
        row.histograms[system] = measured.histogram;

    GoalInput input;
    if (row.ours)
        input.ours = row.ours->median;
    input.ours_instructions = row.ours_instructions;
    for (const auto& [system, measured] : by_system) {
        const auto summary = summarise(measured.values);
        if (system == ours_name || !summary)
            continue;
        const auto ratio = summarise(pairwise_ratios(our_values, measured.values));
        row.peers.push_back({system, *summary, ratio, measured.instructions});
        if (system != goal_peer)
            continue;
        if (ratio)
            input.ratio = ratio->median;
        if (row.ours_instructions && measured.instructions && *measured.instructions != 0)
            input.instruction_ratio = *row.ours_instructions / *measured.instructions;
    }
    row.met = goal_met(definition.goal, input);
    for (const PeerBound& bound : definition.goal.peers)
        row.met = row.met && peer_bound_met(row, bound);
    return row;
}

} // namespace bench
