// The vcores behind the first: a thread on each, with a shard that polls its ring, and sleeps when it has been empty
// for a while.
#pragma once

#include "libos-kv/shard/front.hpp"
#include "libos-kv/shard/keep.hpp"
#include "libos/start/start_info.hpp"
#include "libos/time/clock.hpp"

namespace exo::kv {

inline std::uint64_t ms_to_cycles(std::int64_t milliseconds) {
    return ns_to_cycles(static_cast<std::uint64_t>(milliseconds) * 1'000'000);
}

// A vcore that polls for longer than that with nothing to do sleeps.
inline constexpr unsigned idle_polls_max = 2000;

class Vcores {
public:
    // `surroundings`: those of one vcore.
    Vcores(const StartInfo& start, const Surroundings& surroundings);

    unsigned count() const { return static_cast<unsigned>(start_.vcore_count); }
    // For the journals: fresh, one a shard.
    Array<LogLine*> make_lines() const;
    // For the front: the rings of each shard, the first of them that of this vcore.
    Array<Rings*> rings() const;
    static void wake(unsigned shard);
    // Brings up the shards, each with its part of `total_memory`, one after the other. With `keeping` they have their
    // keys afterwards, else it is null. An empty text, or one sentence that says what is wrong, with a NUL.
    Text open(std::int64_t total_memory, Keeping* keeping);
    static Shard& own(); // of this vcore

    // Cycles in which a vcore had something to do.
    static void count_busy(unsigned vcore, std::uint64_t cycles);
    static std::uint64_t busy_cycles();

private:
    Text bring_up(unsigned number, std::int64_t total_memory, Keeping* keeping);
    bool start_thread(unsigned number, std::uint64_t memory);

    const StartInfo& start_;
    const Surroundings& surroundings_;
};

} // namespace exo::kv
