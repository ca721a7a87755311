// How long the store held its vcore for what no request asked for. It does that in turns, between which requests run;
// the longest of each kind is what a request may have had to wait for beside other requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace exo::kv {

enum class Work : std::uint8_t {
    Connections, // which have waited for too long, or have too much waiting for them
    Expiry,      // of keys that nobody asks for
    Freeing,     // of what is large and out of sight
    Tick,        // all of these, as they follow each other
    Eviction,    // of keys, before a command
    Snapshot,    // of keys, into the journal
    Journal,     // a batch begins to be written, or its end releases replies
};
inline constexpr std::string_view work_names[] = {"connections", "expiry",   "freeing", "tick",
                                                  "eviction",    "snapshot", "journal"};
inline constexpr std::size_t works = sizeof work_names / sizeof *work_names;

class LongestTurns {
public:
    void note(Work work, std::uint64_t microseconds) {
        std::uint64_t& longest = us_[static_cast<std::size_t>(work)];
        longest = longest > microseconds ? longest : microseconds;
    }
    std::uint64_t of(Work work) const { return us_[static_cast<std::size_t>(work)]; }
    std::uint64_t of_all() const {
        std::uint64_t longest = 0;
        for (const std::uint64_t each : us_)
            longest = longest > each ? longest : each;
        return longest;
    }

private:
    std::uint64_t us_[works] = {};
};

} // namespace exo::kv
