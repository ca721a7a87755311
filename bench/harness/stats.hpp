// Order statistics over the handful of numbers a bench yields, and the ratios of
// paired runs. Pure arithmetic. goal.hpp decides what they mean.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace bench {

struct Summary {
    double median = 0;
    double min = 0;
    double max = 0;
    std::size_t n = 0;
};

// In place of the value of a run that failed; passed over by everything here.
inline constexpr double not_measured = std::numeric_limits<double>::quiet_NaN();

// Nothing when there are no values. The median of an even count is the mean of the middle two.
std::optional<Summary> summarise(std::span<const double> values);

// Run i of ours over run i of the peer, as far as both go; pairs whose divisor is zero are left out.
std::vector<double> pairwise_ratios(std::span<const double> ours, std::span<const double> peer);

} // namespace bench
