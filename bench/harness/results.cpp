// See results.hpp.
#include "bench/harness/results.hpp"

#include "bench/harness/goal.hpp"

namespace bench {

RowResult combine(const RowDefinition& definition, const std::map<std::string, Measured>& by_system) {
    RowResult row;
    row.definition = &definition;
    std::vector<double> our_values;
    if (const auto ours = by_system.find(std::string(ours_name)); ours != by_system.end()) {
        our_values = ours->second.values;
        row.ours = summarise(our_values);
        row.ours_instructions = ours->second.instructions;
    }

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
    return row;
}

} // namespace bench
