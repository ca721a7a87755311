// Rows of the command table: sorted sets. What a column means: command.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/table.hpp"

namespace exo::kv {

namespace {

constexpr CommandRow rows[] = {
    {"zadd", -4, flag::write | flag::denyoom | flag::fast, "write sortedset fast", 1, 1, 1, "RW,update i1 r0,1,0", "",
     "1.2.0", "sorted-set", commands::zadd},
    {"zincrby", 4, flag::write | flag::denyoom | flag::fast, "write sortedset fast", 1, 1, 1,
     "RW,access,update i1 r0,1,0", "", "1.2.0", "sorted-set", commands::zincrby},
    {"zrem", -3, flag::write | flag::fast, "write sortedset fast", 1, 1, 1, "RW,delete i1 r0,1,0", "", "1.2.0",
     "sorted-set", commands::zrem},
    {"zremrangebyscore", 4, flag::write, "write sortedset slow", 1, 1, 1, "RW,delete i1 r0,1,0", "", "1.2.0",
     "sorted-set", commands::zremrangebyscore},
    {"zremrangebyrank", 4, flag::write, "write sortedset slow", 1, 1, 1, "RW,delete i1 r0,1,0", "", "2.0.0",
     "sorted-set", commands::zremrangebyrank},
    {"zremrangebylex", 4, flag::write, "write sortedset slow", 1, 1, 1, "RW,delete i1 r0,1,0", "", "2.8.9",
     "sorted-set", commands::zremrangebylex},
    {"zunionstore", -4, flag::write | flag::denyoom | flag::movablekeys, "write sortedset slow", 1, 1, 1,
     "OW,update i1 r0,1,0|RO,access i2 n0,1,1", "", "2.0.0", "sorted-set", commands::zunionstore},
    {"zinterstore", -4, flag::write | flag::denyoom | flag::movablekeys, "write sortedset slow", 1, 1, 1,
     "OW,update i1 r0,1,0|RO,access i2 n0,1,1", "", "2.0.0", "sorted-set", commands::zinterstore},
    {"zdiffstore", -4, flag::write | flag::denyoom | flag::movablekeys, "write sortedset slow", 1, 1, 1,
     "OW,update i1 r0,1,0|RO,access i2 n0,1,1", "", "6.2.0", "sorted-set", commands::zdiffstore},
    {"zunion", -3, flag::readonly | flag::movablekeys, "read sortedset slow", 0, 0, 0, "RO,access i1 n0,1,1", "",
     "6.2.0", "sorted-set", commands::zunion},
    {"zinter", -3, flag::readonly | flag::movablekeys, "read sortedset slow", 0, 0, 0, "RO,access i1 n0,1,1", "",
     "6.2.0", "sorted-set", commands::zinter},
    {"zdiff", -3, flag::readonly | flag::movablekeys, "read sortedset slow", 0, 0, 0, "RO,access i1 n0,1,1", "",
     "6.2.0", "sorted-set", commands::zdiff},
    {"zintercard", -3, flag::readonly | flag::movablekeys, "read sortedset slow", 0, 0, 0, "RO,access i1 n0,1,1", "",
     "7.0.0", "sorted-set", commands::zintercard},
    {"zrange", -4, flag::readonly, "read sortedset slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "1.2.0", "sorted-set",
     commands::zrange},
    {"zrangestore", -5, flag::write | flag::denyoom, "write sortedset slow", 1, 2, 1,
     "OW,update i1 r0,1,0|RO,access i2 r0,1,0", "", "6.2.0", "sorted-set", commands::zrangestore},
    {"zrangebyscore", -4, flag::readonly, "read sortedset slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "1.0.5",
     "sorted-set", commands::zrangebyscore},
    {"zrevrangebyscore", -4, flag::readonly, "read sortedset slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.2.0",
     "sorted-set", commands::zrevrangebyscore},
    {"zrangebylex", -4, flag::readonly, "read sortedset slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.8.9",
     "sorted-set", commands::zrangebylex},
    {"zrevrangebylex", -4, flag::readonly, "read sortedset slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.8.9",
     "sorted-set", commands::zrevrangebylex},
    {"zcount", 4, flag::readonly | flag::fast, "read sortedset fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.0.0",
     "sorted-set", commands::zcount},
    {"zlexcount", 4, flag::readonly | flag::fast, "read sortedset fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.8.9",
     "sorted-set", commands::zlexcount},
    {"zrevrange", -4, flag::readonly, "read sortedset slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "1.2.0", "sorted-set",
     commands::zrevrange},
    {"zcard", 2, flag::readonly | flag::fast, "read sortedset fast", 1, 1, 1, "RO i1 r0,1,0", "", "1.2.0", "sorted-set",
     commands::zcard},
    {"zscore", 3, flag::readonly | flag::fast, "read sortedset fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "1.2.0",
     "sorted-set", commands::zscore},
    {"zmscore", -3, flag::readonly | flag::fast, "read sortedset fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "6.2.0",
     "sorted-set", commands::zmscore},
    {"zrank", 3, flag::readonly | flag::fast, "read sortedset fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.0.0",
     "sorted-set", commands::zrank},
    {"zrevrank", 3, flag::readonly | flag::fast, "read sortedset fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.0.0",
     "sorted-set", commands::zrevrank},
    {"zscan", -3, flag::readonly, "read sortedset slow", 1, 1, 1, "RO,access i1 r0,1,0", "nondeterministic_output",
     "2.8.0", "sorted-set", commands::zscan},
    {"zpopmin", -2, flag::write | flag::fast, "write sortedset fast", 1, 1, 1, "RW,access,delete i1 r0,1,0", "",
     "5.0.0", "sorted-set", commands::zpopmin},
    {"zpopmax", -2, flag::write | flag::fast, "write sortedset fast", 1, 1, 1, "RW,access,delete i1 r0,1,0", "",
     "5.0.0", "sorted-set", commands::zpopmax},
    {"bzpopmin", -3, flag::write | flag::noscript | flag::blocking | flag::fast, "write sortedset fast blocking", 1, -2,
     1, "RW,access,delete i1 r-2,1,0", "", "5.0.0", "sorted-set", commands::bzpopmin},
    {"bzpopmax", -3, flag::write | flag::noscript | flag::blocking | flag::fast, "write sortedset fast blocking", 1, -2,
     1, "RW,access,delete i1 r-2,1,0", "", "5.0.0", "sorted-set", commands::bzpopmax},
    {"zmpop", -4, flag::write | flag::movablekeys, "write sortedset slow", 0, 0, 0, "RW,access,delete i1 n0,1,1", "",
     "7.0.0", "sorted-set", commands::zmpop},
    {"bzmpop", -5, flag::write | flag::blocking | flag::movablekeys, "write sortedset slow blocking", 0, 0, 0,
     "RW,access,delete i2 n0,1,1", "", "7.0.0", "sorted-set", commands::bzmpop},
    {"zrandmember", -2, flag::readonly, "read sortedset slow", 1, 1, 1, "RO,access i1 r0,1,0",
     "nondeterministic_output", "6.2.0", "sorted-set", commands::zrandmember},
};

} // namespace

std::span<const CommandRow> sorted_sets_rows() {
    return rows;
}

} // namespace exo::kv
