// See svg.hpp. All geometry is in user units; the axis spans whole decades.
#include "bench/harness/svg.hpp"

#include "bench/harness/svg_text.hpp"
#include "bench/harness/table.hpp"

#include <algorithm>
#include <cmath>
#include <format>

namespace bench {
namespace {

constexpr double label_width = 190, plot_width = 560, value_width = 220;
constexpr double row_height_least = 56, bar_height = 13, bar_step = 15, top = 92, bottom = 58;
constexpr double width = label_width + plot_width + value_width;

class Axis {
public:
    explicit Axis(const BenchResult& result) {
        for (const RowResult& row : result.rows) {
            include(goal_of(row));
            for (const PeerBound& bound : row.definition->goal.peers)
                include(bound.ratio_at_most != no_bound ? bound.ratio_at_most : 0);
            for (const PeerResult& peer : row.peers)
                if (peer.ratio)
                    include(peer.ratio->min), include(peer.ratio->max);
        }
    }

    // The bound a ratio is held to, whichever side it is on; 0 when there is none.
    static double goal_of(const RowResult& row) {
        const Goal& goal = row.definition->goal;
        if (goal.ratio_at_most != no_bound)
            return goal.ratio_at_most;
        return goal.ratio_at_least != -no_bound ? goal.ratio_at_least : 0;
    }

    int low() const { return low_; }
    int high() const { return high_; }
    double x(double ratio) const {
        const double place = ratio > 0 ? (std::log10(ratio) - low_) / (high_ - low_) : 0;
        return label_width + plot_width * std::clamp(place, 0.0, 1.0);
    }

private:
    void include(double ratio) {
        if (!(ratio > 0))
            return;
        low_ = std::min(low_, static_cast<int>(std::floor(std::log10(ratio))));
        high_ = std::max(high_, static_cast<int>(std::ceil(std::log10(ratio))));
    }
    int low_ = -1, high_ = 1;
};

constexpr std::string_view goal_line = "stroke=\"#c53030\" stroke-width=\"2\"";

std::string_view colour(std::string_view peer) {
    return peer == goal_peer ? "#2b6cb0" : "#a0aec0";
}

std::size_t bars_of(const RowResult& row) {
    return static_cast<std::size_t>(
        std::ranges::count_if(row.peers, [](const PeerResult& peer) { return peer.ratio.has_value(); }));
}

// A row is as high as its bars are many.
double height_of(const RowResult& row) {
    return std::max(row_height_least, 16 + bar_step * static_cast<double>(bars_of(row)));
}

// The bound over this peer alone; 0 when there is none.
double goal_over(const RowResult& row, std::string_view peer) {
    for (const PeerBound& bound : row.definition->goal.peers) {
        const bool counts = row.definition->count_only;
        const double most = counts ? bound.instruction_ratio_at_most : bound.ratio_at_most;
        if (bound.peer == peer && most != no_bound)
            return most;
    }
    return 0;
}

std::string draw_bar(const Axis& axis, const PeerResult& peer, double y) {
    const Summary& ratio = *peer.ratio;
    const double from = std::min(axis.x(1), axis.x(ratio.median)), to = std::max(axis.x(1), axis.x(ratio.median));
    const double middle = y + bar_height / 2;
    constexpr std::string_view whisker = "stroke=\"#1a202c\" stroke-width=\"1\"";
    std::string svg = std::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" fill=\"{}\"/>\n",
                                  from, y, std::max(to - from, 1.0), bar_height, colour(peer.peer));
    svg += svg_line(axis.x(ratio.min), middle, axis.x(ratio.max), middle, whisker);
    for (const double end : {ratio.min, ratio.max})
        svg += svg_line(axis.x(end), middle - 4, axis.x(end), middle + 4, whisker);
    return svg;
}

std::string draw_row(const Axis& axis, const RowResult& row, double y) {
    const RowDefinition& definition = *row.definition;
    std::string svg = svg_text(label_width - 12, y + 15, "text-anchor=\"end\" font-weight=\"bold\"", definition.name);
    const std::string value =
        row.ours ? readable(row.ours->median) + " " + std::string(definition.unit) : "not measured";
    svg += svg_text(label_width - 12, y + 29, "text-anchor=\"end\" fill=\"#4a5568\"", value);
    double bar_y = y + 4;
    for (const PeerResult& peer : row.peers) {
        if (!peer.ratio)
            continue;
        svg += draw_bar(axis, peer, bar_y);
        svg +=
            svg_text(label_width + plot_width + 10, bar_y + 11, "", readable(peer.ratio->median) + "x of " + peer.peer);
        if (const double goal = goal_over(row, peer.peer); goal > 0)
            svg += svg_line(axis.x(goal), bar_y - 1, axis.x(goal), bar_y + bar_height + 1, goal_line);
        bar_y += bar_step;
    }
    if (const double goal = Axis::goal_of(row); goal > 0)
        svg += svg_line(axis.x(goal), y, axis.x(goal), y + height_of(row) - 12, goal_line);
    if (!definition.goal_text.empty() && definition.goal_text != "reported")
        svg += svg_text(label_width - 12, y + 43,
                        row.met ? "text-anchor=\"end\" fill=\"#276749\"" : "text-anchor=\"end\" fill=\"#c53030\"",
                        row.met ? "goal met" : "goal not met");
    return svg;
}

std::string draw_axis(const Axis& axis, double height) {
    std::string svg;
    for (int decade = axis.low(); decade <= axis.high(); ++decade) {
        const double x = axis.x(std::pow(10, decade));
        svg += svg_line(x, top - 6, x, height - bottom, decade == 0 ? "stroke=\"#4a5568\"" : "stroke=\"#e2e8f0\"");
        svg +=
            svg_text(x, top - 12, "text-anchor=\"middle\" fill=\"#4a5568\"", std::format("{}", std::pow(10, decade)));
    }
    return svg;
}

} // namespace

std::string to_svg(const BenchResult& result) {
    const Axis axis(result);
    double height = top + bottom;
    for (const RowResult& row : result.rows)
        height += height_of(row);
    std::string svg = svg_begin(width, height);
    svg += svg_text(20, 28, "font-size=\"18\" font-weight=\"bold\"", result.title);
    svg += svg_text(20, 48, "fill=\"#4a5568\"", result.accelerator + ", " + result.host + ", " + result.commit);
    svg += draw_axis(axis, height);
    double y = top;
    for (const RowResult& row : result.rows) {
        svg += draw_row(axis, row, y);
        y += height_of(row);
    }
    svg += svg_text(20, height - 30, "fill=\"#4a5568\"",
                    "Ours over the peer, median of paired runs; whiskers: least and greatest. Blue: tuned Linux; "
                    "grey: other peers; red: the goal.");
    if (result.accelerator == "tcg")
        svg +=
            svg_text(20, height - 12, "fill=\"#4a5568\"", "Measured under TCG; the table names the bias of each row.");
    return svg + "</svg>\n";
}

} // namespace bench
