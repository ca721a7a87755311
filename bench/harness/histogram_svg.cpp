// See histogram_svg.hpp. Every strip is scaled to its own highest bucket, so that shapes can be compared.
#include "bench/harness/histogram_svg.hpp"

#include "bench/harness/svg_text.hpp"
#include "bench/harness/table.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <format>

namespace bench {
namespace {

constexpr double label_width = 150, plot_width = 640, value_width = 130;
constexpr double strip_height = 58, strip_room = 48, top = 88, bottom = 40;
constexpr double width = label_width + plot_width + value_width;

struct Strip {
    std::string system;
    const Buckets* buckets;
    double median;
};

// The first value behind a bucket: they grow by a quarter of a power of two (bench/network/histogram.hpp).
std::uint64_t end_of_bucket(std::uint64_t low) {
    return low + std::max(std::bit_floor(low) / 4, std::uint64_t{1});
}

// The bucket that holds the middle one of all.
double median_bucket(const Buckets& buckets) {
    std::uint64_t all = 0, passed = 0;
    for (const auto& [low, count] : buckets)
        all += count;
    for (const auto& [low, count] : buckets)
        if ((passed += count) * 2 >= all)
            return static_cast<double>(low);
    return 0;
}

// The row's own median, as the table has it.
double median_of(const RowResult& row, const std::string& system, const Buckets& buckets) {
    if (system == ours_name && row.ours)
        return row.ours->median;
    const auto peer = std::ranges::find(row.peers, system, &PeerResult::peer);
    return peer != row.peers.end() ? peer->summary.median : median_bucket(buckets);
}

// The fastest first.
std::vector<Strip> strips_of(const RowResult& row) {
    std::vector<Strip> strips;
    for (const auto& [system, buckets] : row.histograms)
        if (!buckets.empty())
            strips.push_back({system, &buckets, median_of(row, system, buckets)});
    std::ranges::stable_sort(strips, {}, &Strip::median);
    return strips;
}

struct Axis {
    int low = 30, high = 0; // decades
    explicit Axis(const std::vector<Strip>& strips) {
        for (const auto& [system, buckets, median] : strips) {
            low = std::min(low, static_cast<int>(std::floor(std::log10(first(*buckets)))));
            high = std::max(high, static_cast<int>(std::ceil(std::log10(std::max(buckets->rbegin()->first, 2ul)))));
        }
        high = std::max(high, low + 1);
    }
    static double first(const Buckets& buckets) {
        return static_cast<double>(std::max(buckets.begin()->first, std::uint64_t{1}));
    }
    double x(double cycles) const {
        return label_width + plot_width * (std::log10(std::max(cycles, 1.0)) - low) / (high - low);
    }
};

std::string draw_strip(const Axis& axis, const Strip& strip, double y) {
    const auto& [system, buckets, median] = strip;
    std::uint64_t highest = 0;
    for (const auto& [low, count] : *buckets)
        highest = std::max(highest, count);
    std::string svg =
        svg_text(label_width - 12, y + strip_room - 4, "text-anchor=\"end\" font-weight=\"bold\"", system);
    for (const auto& [low, count] : *buckets) {
        // At least a hair, so that a single outlier is seen.
        const double height = std::max(strip_room * static_cast<double>(count) / static_cast<double>(highest), 0.8);
        svg += std::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>\n",
                           axis.x(static_cast<double>(low)), y + strip_room - height,
                           axis.x(static_cast<double>(end_of_bucket(low))) - axis.x(static_cast<double>(low)), height,
                           system == ours_name ? "#2b6cb0" : "#a0aec0");
    }
    svg += svg_line(axis.x(median), y, axis.x(median), y + strip_room, "stroke=\"#c53030\" stroke-width=\"1.5\"");
    svg += svg_line(label_width, y + strip_room, label_width + plot_width, y + strip_room, "stroke=\"#e2e8f0\"");
    return svg + svg_text(label_width + plot_width + 10, y + strip_room - 4, "fill=\"#4a5568\"",
                          "median " + readable(median));
}

} // namespace

std::string to_histogram_svg(const BenchResult& result, const RowResult& row) {
    const auto strips = strips_of(row);
    if (strips.empty())
        return "";
    const Axis axis(strips);
    const double height = top + strip_height * static_cast<double>(strips.size()) + bottom;
    std::string svg = svg_begin(width, height);
    svg += svg_text(20, 28, "font-size=\"18\" font-weight=\"bold\"", result.title);
    svg +=
        svg_text(20, 48, "fill=\"#4a5568\"",
                 std::format("{}; {}, {}, {}", row.definition->name, result.accelerator, result.host, result.commit));
    for (int decade = axis.low; decade <= axis.high; ++decade) {
        const double x = axis.x(std::pow(10, decade));
        svg += svg_line(x, top - 6, x, height - bottom, "stroke=\"#e2e8f0\"");
        svg += svg_text(x, top - 12, "text-anchor=\"middle\" fill=\"#4a5568\"",
                        std::format("10^{} {}", decade, row.definition->unit));
    }
    for (std::size_t i = 0; i < strips.size(); ++i)
        svg += draw_strip(axis, strips[i], top + strip_height * static_cast<double>(i));
    svg += svg_text(
        20, height - 14, "fill=\"#4a5568\"",
        "How often each time came, all runs together; every strip to its own height. Red: the median of the runs.");
    return svg + "</svg>\n";
}

} // namespace bench
