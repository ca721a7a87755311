// See json.hpp.
#include "bench/harness/json.hpp"

#include <cmath>
#include <format>

namespace bench {
namespace {

std::string summary(const std::optional<Summary>& value) {
    if (!value)
        return "null";
    return std::format(R"({{"median":{},"min":{},"max":{},"n":{}}})", json_number(value->median),
                       json_number(value->min), json_number(value->max), value->n);
}

std::string_view separator(const std::string& before) {
    return before.empty() ? "" : ",";
}

std::string row_object(const RowResult& row) {
    const RowDefinition& definition = *row.definition;
    std::string peers, ratios;
    std::string instructions = "\"ours\":" + json_number(row.ours_instructions);
    for (const PeerResult& peer : row.peers) {
        const std::string name = json_string(peer.peer);
        peers += std::format("{}{}:{}", separator(peers), name, summary(peer.summary));
        ratios += std::format("{}{}:{}", separator(ratios), name,
                              json_number(peer.ratio ? std::optional(peer.ratio->median) : std::nullopt));
        instructions += std::format(",{}:{}", name, json_number(peer.instructions));
    }
    return std::format(R"({{"row":{},"unit":{},"better":{},"ours":{},"peers":{{{}}},"ratio":{{{}}},)"
                       R"("instructions":{{{}}},"goal":{},"met":{},"bias":{}}})",
                       json_string(definition.name), json_string(definition.unit),
                       json_string(definition.better == Better::lower ? "lower" : "higher"), summary(row.ours), peers,
                       ratios, instructions, json_string(definition.goal_text), row.met, json_string(definition.bias));
}

} // namespace

std::string json_string(std::string_view text) {
    std::string quoted = "\"";
    for (const char letter : text) {
        if (letter == '"' || letter == '\\')
            quoted += '\\', quoted += letter;
        else if (letter == '\n')
            quoted += "\\n";
        else if (static_cast<unsigned char>(letter) < 0x20)
            quoted += std::format("\\u{:04x}", static_cast<unsigned>(letter));
        else
            quoted += letter;
    }
    return quoted + '"';
}

std::string json_number(std::optional<double> value) {
    return value && std::isfinite(*value) ? std::format("{}", *value) : "null";
}

std::string to_json(const BenchResult& result) {
    std::string rows;
    for (const RowResult& row : result.rows)
        rows += (rows.empty() ? "\n" : ",\n") + row_object(row);
    std::string notes;
    for (const std::string& note : result.notes)
        notes += (notes.empty() ? "" : ",") + json_string(note);
    return std::format(R"({{"bench":{},"commit":{},"host":{},"accelerator":{},"notes":[{}],"rows":[{}]}})"
                       "\n",
                       json_string(result.bench), json_string(result.commit), json_string(result.host),
                       json_string(result.accelerator), notes, rows);
}

} // namespace bench
