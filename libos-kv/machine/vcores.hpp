// The vcores behind the first: a thread on each, with a shard that polls its ring, and sleeps when it has been empty
// for a while.
#pragma once

#include "libos-kv/shard/front.hpp"
#include "libos-kv/shard/shard.hpp"
#include "libos/start/start_info.hpp"

namespace exo::kv {

// A vcore that polls for longer than that with nothing to do sleeps.
inline constexpr unsigned idle_polls_max = 2000;

class Vcores {
public:
    // `surroundings`: those of one vcore.
    Vcores(const StartInfo& start, const Surroundings& surroundings);

    // For the front: the rings of each shard, the first of them that of this vcore.
    Array<Rings*> rings() const;
    static void wake(unsigned shard);
    // Brings up the shards, each with its part of `total_memory`, one after the other. Null, or one sentence that says
    // what is wrong.
    const char* open(std::int64_t total_memory);
    Shard& own() { return *own_; }

    // Cycles in which a vcore had something to do.
    static void count_busy(unsigned vcore, std::uint64_t cycles);
    static std::uint64_t busy_cycles();

private:
    const StartInfo& start_;
    const Surroundings& surroundings_;
    Shard* own_ = nullptr;
};

} // namespace exo::kv
