// See goal.hpp.
#include "bench/harness/goal.hpp"

namespace bench {
namespace {

bool at_most(const std::optional<double>& value, double bound) {
    return bound == no_bound || (value && *value <= bound);
}

bool at_least(const std::optional<double>& value, double bound) {
    return bound == -no_bound || (value && *value >= bound);
}

} // namespace

bool goal_met(const Goal& goal, const GoalInput& input) {
    return input.ours && at_most(input.ours, goal.ours_at_most) &&
           at_most(input.ours_instructions, goal.ours_instructions_at_most) &&
           at_most(input.ratio, goal.ratio_at_most) && at_least(input.ratio, goal.ratio_at_least) &&
           at_most(input.instruction_ratio, goal.instruction_ratio_at_most);
}

} // namespace bench
