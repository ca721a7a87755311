// Columns are as wide as their widest cell. See table.hpp.
#include "bench/harness/table.hpp"

#include "bench/harness/tall_table.hpp"

#include <algorithm>
#include <cmath>
#include <format>

namespace bench {
namespace {

using Cells = std::vector<std::string>;

// Every peer that appears in any row, in order of first appearance.
std::vector<std::string> peers_of(const BenchResult& result) {
    std::vector<std::string> names;
    for (const RowResult& row : result.rows)
        for (const PeerResult& peer : row.peers)
            if (std::ranges::find(names, peer.peer) == names.end())
                names.push_back(peer.peer);
    // The peer that goals are held against comes first.
    std::ranges::stable_partition(names, [](const std::string& name) { return name == goal_peer; });
    return names;
}

Cells row_cells(const RowResult& row, const std::vector<std::string>& peers) {
    Cells cells{std::string(row.definition->name), std::string(row.definition->unit),
                readable(row.ours ? std::optional(row.ours->median) : std::nullopt)};
    std::string counts = readable(row.ours_instructions);
    for (const std::string& name : peers) {
        const auto peer = std::ranges::find(row.peers, name, &PeerResult::peer);
        const bool there = peer != row.peers.end();
        cells.push_back(there ? readable(peer->summary.median) : "-");
        cells.push_back(there ? spread(peer->ratio) : "-");
        counts += " / " + (there ? readable(peer->instructions) : "-");
    }
    cells.push_back(counts);
    cells.push_back(row.met ? "met" : "not met");
    cells.push_back(std::string(row.definition->goal_text));
    return cells;
}

// A line a row. All lines are as wide as the first.
std::string wide_table(const BenchResult& result) {
    const auto peers = peers_of(result);
    std::vector<Cells> lines{{"row", "unit", "ours"}};
    std::string count_title = "instructions ours";
    for (const std::string& peer : peers) {
        lines[0].push_back(peer);
        lines[0].push_back("ours/" + peer + " [min .. max]");
        count_title += " / " + peer;
    }
    lines[0].insert(lines[0].end(), {count_title, "goal", "which is"});
    for (const RowResult& row : result.rows)
        lines.push_back(row_cells(row, peers));

    std::vector<std::size_t> widths(lines[0].size());
    for (const Cells& cells : lines)
        for (std::size_t i = 0; i < cells.size(); ++i)
            widths[i] = std::max(widths[i], cells[i].size());
    std::string text;
    for (const Cells& cells : lines) {
        for (std::size_t i = 0; i < cells.size(); ++i)
            text += i + 1 < cells.size() ? std::format("{:<{}}  ", cells[i], widths[i]) : cells[i];
        text += '\n';
    }
    return text;
}

// Rows that emulation bends alike are named together.
std::string biases(const BenchResult& result) {
    std::vector<std::pair<std::string_view, std::string>> named;
    for (const RowResult& row : result.rows) {
        const auto same =
            std::ranges::find(named, row.definition->bias, &std::pair<std::string_view, std::string>::first);
        if (same != named.end())
            same->second += ", " + std::string(row.definition->name);
        else
            named.emplace_back(row.definition->bias, row.definition->name);
    }
    std::string text;
    for (const auto& [bias, rows] : named)
        text += wrapped(rows + ": " + std::string(bias));
    return text;
}

} // namespace

std::string readable(std::optional<double> value) {
    if (!value || !std::isfinite(*value))
        return "-";
    const double size = std::abs(*value);
    if (size >= 1000 || *value == std::round(*value))
        return std::format("{:.0f}", *value);
    return size >= 100 ? std::format("{:.1f}", *value)
           : size >= 1 ? std::format("{:.2f}", *value)
                       : std::format("{:.3g}", *value);
}

std::string to_table(const BenchResult& result) {
    std::string text = std::format("{}\n{}, {}, {}\n", result.title, result.accelerator, result.host, result.commit);
    const std::string wide = wide_table(result);
    text += wide.find('\n') <= columns_max ? wide : tall_table(result);
    for (const std::string& note : result.notes)
        text += "Note: " + note + "\n";
    if (result.accelerator != "tcg")
        return text;
    return text + "Measured under TCG: QEMU translates every instruction. Which way that bends each row:\n" +
           biases(result);
}

} // namespace bench
