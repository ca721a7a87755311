// Decides whether a row meets its goal. A bound whose number was not measured is not
// met: silence never counts as success.
#pragma once

#include "bench/harness/definition.hpp"

#include <optional>

namespace bench {

struct GoalInput {
    std::optional<double> ours;
    std::optional<double> ours_instructions;
    std::optional<double> ratio;             // ours / tuned Linux, median of pairs
    std::optional<double> instruction_ratio; // ours / tuned Linux
};

// With no bound set, a row is met by being measured.
bool goal_met(const Goal& goal, const GoalInput& input);

} // namespace bench
