// The commands that took longest, newest first: SLOWLOG.
#pragma once

#include "libos-kv/memory/array.hpp"

namespace exo::kv {

struct SlowEntry {
    std::int64_t id, at_s, microseconds;
    Array<Text> arguments; // 32 at most, of 128 octets at most
    Text peer, name;
};

class Slowlog {
public:
    static constexpr std::int64_t asked_by_default = 10; // entries, by SLOWLOG GET without a count

    void add(std::int64_t at_s, std::int64_t microseconds, const std::string_view* arguments, std::size_t count,
             std::string_view peer, std::string_view name, std::int64_t most);
    void trim(std::int64_t most);
    void reset() { entries_.clear(); }
    std::size_t size() const { return entries_.size(); }
    const SlowEntry& newest(std::size_t index) const { return entries_[entries_.size() - 1 - index]; }

private:
    Array<SlowEntry> entries_; // the oldest first
    std::int64_t next_ = 0;
};

} // namespace exo::kv
