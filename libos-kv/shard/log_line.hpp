// What a shard and the vcore of the disk say to each other about the shard's journal: units through a ring, and numbers
// that one side writes and the other reads, each side's in cache lines of its own. Places are octets of the journal, as
// of Log::position.
#pragma once

#include "libos-kv/journal/log.hpp"
#include "libos-kv/shard/ring.hpp"

namespace exo::kv {

struct LogLine {
    // Messages: Unit, Abandon, BeginAt.
    Ring units;

    // The shard's.
    alignas(64) std::atomic<std::uint64_t> wished{0}; // the place up to which it wants to be granted room
    std::atomic<std::uint64_t> commit_to{0};          // what is before it is to be made durable
    std::atomic<std::uint64_t> kept_free{0};          // octets that its next snapshot needs
    // The writer's.
    alignas(64) std::atomic<std::uint64_t> granted{0}; // the place up to which there is room on the medium, for sure
    std::atomic<std::uint64_t> heard{0};               // the wish that was answered last, with what there was
    std::atomic<std::uint64_t> durable{0};             // what is before it is durable
    std::atomic<std::uint64_t> free{0};                // octets that nobody was granted
    std::atomic<std::int64_t> spare{0};  // its share of the room that no snapshot needs; less than 0: none
    std::atomic<bool> has_failed{false}; // nothing more becomes durable
};

} // namespace exo::kv
