// See tall_table.hpp.
#include "bench/harness/tall_table.hpp"

#include "bench/harness/goal.hpp"
#include "bench/harness/table.hpp"

#include <algorithm>
#include <format>
#include <sstream>

namespace bench {
namespace {

// What ours is held to over this peer, and whether it holds; empty when nothing is.
std::string verdict_over(const RowResult& row, const PeerResult& peer) {
    const auto bound = std::ranges::find(row.definition->goal.peers, peer.peer, &PeerBound::peer);
    if (bound == row.definition->goal.peers.end())
        return "";
    const bool counts = bound->instruction_ratio_at_most != no_bound;
    const double most = counts ? bound->instruction_ratio_at_most : bound->ratio_at_most;
    return std::format("at most {}: {}", readable(most), peer_bound_met(row, *bound) ? "met" : "not met");
}

std::string row_line(const RowResult& row) {
    std::string line = std::format("{}: ours {} {}", row.definition->name, spread(row.ours), row.definition->unit);
    if (row.ours_instructions && row.definition->counted)
        line += std::format(", {} instructions", readable(row.ours_instructions));
    return line + std::format("; goal {}: {}\n", row.definition->goal_text, row.met ? "met" : "not met");
}

} // namespace

std::string spread(const std::optional<Summary>& summary) {
    if (!summary)
        return "-";
    return std::format("{} [{} .. {}]", readable(summary->median), readable(summary->min), readable(summary->max));
}

std::string tall_table(const BenchResult& result) {
    std::string text;
    for (const RowResult& row : result.rows) {
        text += row_line(row);
        for (const PeerResult& peer : row.peers) {
            std::string line = std::format("    {:<17} {:>34}  ours/it {:<28}  {}", peer.peer, spread(peer.summary),
                                           spread(peer.ratio), verdict_over(row, peer));
            if (peer.instructions && row.definition->counted)
                line += std::format("  {} instructions", readable(peer.instructions));
            text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        }
    }
    return text;
}

std::string wrapped(std::string_view text) {
    std::istringstream words{std::string(text)};
    std::string lines, line = " ";
    for (std::string word; words >> word;) {
        if (line.size() + 1 + word.size() > columns_max) {
            lines += line + "\n";
            line = "   ";
        }
        line += " " + word;
    }
    return lines + line + "\n";
}

} // namespace bench
