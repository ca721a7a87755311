// See stats.hpp.
#include "bench/harness/stats.hpp"

#include <algorithm>
#include <cmath>

namespace bench {

std::optional<Summary> summarise(std::span<const double> values) {
    std::vector<double> sorted(values.begin(), values.end());
    std::erase_if(sorted, [](double value) { return std::isnan(value); });
    if (sorted.empty())
        return std::nullopt;
    std::ranges::sort(sorted);
    const std::size_t half = sorted.size() / 2;
    const double median = sorted.size() % 2 != 0 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return Summary{.median = median, .min = sorted.front(), .max = sorted.back(), .n = sorted.size()};
}

std::vector<double> pairwise_ratios(std::span<const double> ours, std::span<const double> peer) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < std::min(ours.size(), peer.size()); ++i)
        if (peer[i] != 0 && !std::isnan(ours[i]) && !std::isnan(peer[i]))
            ratios.push_back(ours[i] / peer[i]);
    return ratios;
}

} // namespace bench
