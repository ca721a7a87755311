// Which ranks of a sorted set lie between two bounds: of scores, or of members in the order of their octets where all
// scores are equal.
#pragma once

#include "libos-kv/command/command.hpp"
#include "libos-kv/data/sorted_set.hpp"

namespace exo::kv {

struct ScoreBound {
    double score = 0;
    bool open = false; // "(": what is equal is outside
};
struct OctetsBound {
    enum class Kind : std::uint8_t { Below, Above, Open, Closed }; // "-", "+", "(", "["
    Kind kind = Kind::Below;
    std::string_view octets;
};
struct ScoreRange {
    ScoreBound least, greatest;
};
struct OctetsRange {
    OctetsBound least, greatest;
};

// From two arguments. False: one of them is none, which was said.
bool read_range(Call& call, std::string_view least, std::string_view greatest, ScoreRange& range);
bool read_range(Call& call, std::string_view least, std::string_view greatest, OctetsRange& range);

struct Ranks {
    std::size_t first = 0, count = 0;
};
Ranks ranks_within(const SortedSet& set, const ScoreRange& range);
Ranks ranks_within(const SortedSet& set, const OctetsRange& range);
// Positions as GETRANGE counts them: negative from the end, both included.
Ranks ranks_within(const SortedSet& set, std::int64_t start, std::int64_t end);

} // namespace exo::kv
