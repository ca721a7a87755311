// Where a request runs: on the front, which holds connections and no keys, or on the shards that have its keys. Slots
// are shared out among shards in ranges.
#pragma once

#include "libos-kv/command/key_specs.hpp"
#include "libos-kv/data/slot.hpp"
#include "libos-kv/protocol/request_parser.hpp"

namespace exo::kv {

inline constexpr unsigned shards_max = 64;

constexpr unsigned shard_of_slot(unsigned slot, unsigned shards) {
    return slot * shards / slots_count;
}
inline unsigned shard_of(std::string_view key, unsigned shards) {
    return shard_of_slot(slot_of(key), shards);
}

// How the replies of several shards become one.
enum class Merge : std::uint8_t {
    None,   // there is one
    Sum,    // of numbers
    AllOk,  // all say the same
    Gather, // an array's elements, in the order of the keys
    Join,   // arrays, one behind the other
    Any,    // one of those that found something
    Same,   // all say the same, and it is more than OK
    Least,  // of numbers, the front's aside
    Newest, // of SLOWLOG's entries, as many as were asked for
    Scan,   // one shard's, with a cursor that says which
    Info,
};

struct Route {
    enum class Kind : std::uint8_t {
        Front,   // no keys, or it cannot be said which: an error there
        One,     // all its keys are of one shard
        Split,   // each shard gets the part that is its own
        All,     // each shard gets all of it
        Crossed, // keys of several shards, and it does not split
    };
    Kind kind = Kind::Front;
    unsigned shard = 0;
    Merge merge = Merge::None;
};

class Router {
public:
    explicit Router(unsigned shards) : shards_(shards) {}
    unsigned shards() const { return shards_; }

    // Of a request whose number of arguments its command takes.
    Route route(const Command& command, const std::string_view* arguments, std::size_t count);
    // Behind a Split: the shard of each key, in order, and how many arguments go with each.
    const Array<std::uint8_t>& owners() const { return owners_; }
    static std::size_t split_step(const Command& command);

private:
    Route keyed(const Command& command, const std::string_view* arguments, std::size_t count);

    unsigned shards_;
    Array<KeyPlace> places_;
    Array<std::uint8_t> owners_;
};

// Whether it answers the same wherever it runs, and so may be in a transaction of any shard.
bool runs_anywhere(const Command& command);

// Cursors of SCAN as clients see them: the shard's own, and which shard's it is.
struct ShardCursor {
    unsigned shard;
    std::uint64_t cursor;
};
ShardCursor split_cursor(std::uint64_t cursor, unsigned shards);
// The one behind a step of `at.shard` that gave `next`; 0: all shards were gone through.
std::uint64_t next_cursor(unsigned shard, std::uint64_t next, unsigned shards);

} // namespace exo::kv
