// See eviction.hpp.
#include "libos-kv/data/eviction.hpp"

namespace exo::kv {

namespace {

constexpr std::uint32_t clock_mask = 0xffffff;

std::uint32_t seconds(const AccessClock& clock) {
    return static_cast<std::uint32_t>(clock.now_ms / 1000) & clock_mask;
}
std::uint32_t minutes(const AccessClock& clock) {
    return static_cast<std::uint32_t>(clock.now_ms / 60000) & 0xffff;
}
std::uint32_t packed(std::uint32_t at_minutes, std::uint32_t count) {
    return (at_minutes << 8 | count) & clock_mask;
}

} // namespace

std::string_view policy_name(EvictionPolicy policy) {
    switch (policy) {
    case EvictionPolicy::NoEviction:
        return "noeviction";
    case EvictionPolicy::AllKeysLru:
        return "allkeys-lru";
    case EvictionPolicy::AllKeysLfu:
        return "allkeys-lfu";
    case EvictionPolicy::AllKeysRandom:
        return "allkeys-random";
    case EvictionPolicy::VolatileLru:
        return "volatile-lru";
    case EvictionPolicy::VolatileLfu:
        return "volatile-lfu";
    case EvictionPolicy::VolatileRandom:
        return "volatile-random";
    case EvictionPolicy::VolatileTtl:
        return "volatile-ttl";
    }
    return {};
}

std::uint32_t access_count(const Entry& entry, const AccessClock& clock) {
    const std::uint32_t count = entry.idle & 255;
    if (clock.lfu_decay_minutes <= 0)
        return count;
    const std::uint32_t passed = (minutes(clock) - (entry.idle >> 8)) & 0xffff;
    const auto periods = static_cast<std::uint32_t>(passed / clock.lfu_decay_minutes);
    return periods > count ? 0 : count - periods;
}

void note_birth(Entry& entry, const AccessClock& clock) {
    entry.idle = (is_lfu(clock.policy) ? packed(minutes(clock), lfu_first_count) : seconds(clock)) & clock_mask;
}

void count_access(Entry& entry, const AccessClock& clock, Random& random) {
    std::uint32_t count = access_count(entry, clock);
    if (count < 255) {
        // Raised with the probability 1 / ((count - first) * factor + 1).
        const std::uint64_t above = count > lfu_first_count ? count - lfu_first_count : 0;
        count += random() % (above * static_cast<std::uint64_t>(clock.lfu_log_factor) + 1) == 0;
    }
    entry.idle = packed(minutes(clock), count) & clock_mask;
}

std::int64_t idle_seconds(const Entry& entry, const AccessClock& clock) {
    return (seconds(clock) - entry.idle) & clock_mask;
}

void set_idle_seconds(Entry& entry, std::int64_t idle, const AccessClock& clock) {
    entry.idle = (seconds(clock) - static_cast<std::uint32_t>(idle)) & clock_mask;
}

void set_access_count(Entry& entry, std::uint32_t count, const AccessClock& clock) {
    entry.idle = packed(minutes(clock), count) & clock_mask;
}

Entry* eviction_candidate(Database& database, const AccessClock& clock, Random& random, std::int64_t samples,
                          std::uint64_t& badness) {
    const Index<EntryTraits>& index = is_volatile(clock.policy) ? database.expiring_keys() : database.keys();
    if (index.empty())
        return nullptr;
    Entry* worst = nullptr;
    for (std::int64_t sample = 0; sample < samples; sample++) {
        Entry* entry = index.random_item([&] { return random(); });
        std::uint64_t its = 0;
        switch (clock.policy) {
        case EvictionPolicy::AllKeysLru:
        case EvictionPolicy::VolatileLru:
            its = static_cast<std::uint64_t>(idle_seconds(*entry, clock));
            break;
        case EvictionPolicy::AllKeysLfu:
        case EvictionPolicy::VolatileLfu:
            its = 255 - access_count(*entry, clock);
            break;
        case EvictionPolicy::VolatileTtl:
            its = ~static_cast<std::uint64_t>(entry->expiry());
            break;
        case EvictionPolicy::AllKeysRandom:
        case EvictionPolicy::VolatileRandom:
        case EvictionPolicy::NoEviction:
            break;
        }
        if (!worst || its > badness) {
            worst = entry;
            badness = its;
        }
    }
    return worst;
}

} // namespace exo::kv
