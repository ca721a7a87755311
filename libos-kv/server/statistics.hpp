// What INFO counts.
#pragma once

#include "libos-kv/server/turns.hpp"

namespace exo::kv {

struct Statistics {
    std::uint64_t connections = 0, rejected_connections = 0, commands = 0, received_octets = 0, sent_octets = 0;
    std::uint64_t hits = 0, misses = 0, expired = 0, evicted = 0, errors = 0;
    std::uint64_t unexpected_errors = 0;
    LongestTurns turns;

    void reset() { *this = Statistics(); }
};

} // namespace exo::kv
