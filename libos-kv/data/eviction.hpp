// Which keys go when memory is full: access times and counts in 24 bits of each entry, and choosing by samples.
#pragma once

#include "libos-kv/data/database.hpp"

namespace exo::kv {

enum class EvictionPolicy : std::uint8_t {
    NoEviction,
    AllKeysLru,
    AllKeysLfu,
    AllKeysRandom,
    VolatileLru,
    VolatileLfu,
    VolatileRandom,
    VolatileTtl,
};
inline constexpr std::size_t eviction_policies = 8;
std::string_view policy_name(EvictionPolicy policy);
inline bool is_lfu(EvictionPolicy policy) {
    return policy == EvictionPolicy::AllKeysLfu || policy == EvictionPolicy::VolatileLfu;
}
inline bool is_volatile(EvictionPolicy policy) {
    return policy >= EvictionPolicy::VolatileLru;
}

// With LFU an entry's 24 bits are minutes of the last decrement (16) and a logarithmic count of accesses (8), which is
// halved with time and raised with a probability that falls as it grows; else they are seconds.
struct AccessClock {
    EvictionPolicy policy = EvictionPolicy::NoEviction;
    std::int64_t now_ms = 0;
    std::int64_t lfu_log_factor = 10, lfu_decay_minutes = 1;
};
inline constexpr std::uint32_t lfu_first_count = 5;

// An access: with LFU, and else.
void count_access(Entry& entry, const AccessClock& clock, Random& random);
inline void note_access_time(Entry& entry, std::uint32_t now_s) {
    entry.idle = now_s & 0xffffff;
}
void note_birth(Entry& entry, const AccessClock& clock);
std::uint32_t access_count(const Entry& entry, const AccessClock& clock); // LFU, decayed to now
std::int64_t idle_seconds(const Entry& entry, const AccessClock& clock);  // LRU
void set_idle_seconds(Entry& entry, std::int64_t seconds, const AccessClock& clock);
void set_access_count(Entry& entry, std::uint32_t count, const AccessClock& clock);

// What of a database had better go, of `samples` keys; null: it has no candidate. `badness` says how much.
Entry* eviction_candidate(Database& database, const AccessClock& clock, Random& random, std::int64_t samples,
                          std::uint64_t& badness);

} // namespace exo::kv
