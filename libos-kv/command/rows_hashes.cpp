// Rows of the command table: hashes. What a column means: command.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/table.hpp"

namespace exo::kv {

namespace {

constexpr CommandRow rows[] = {
    {"hset", -4, flag::write | flag::denyoom | flag::fast, "write hash fast", 1, 1, 1, "RW,update i1 r0,1,0", "",
     "2.0.0", "hash", commands::hset},
    {"hget", 3, flag::readonly | flag::fast, "read hash fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.0.0", "hash",
     commands::hget},
    {"hmset", -4, flag::write | flag::denyoom | flag::fast, "write hash fast", 1, 1, 1, "RW,update i1 r0,1,0", "",
     "2.0.0", "hash", commands::hmset},
    {"hmget", -3, flag::readonly | flag::fast, "read hash fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.0.0", "hash",
     commands::hmget},
    {"hdel", -3, flag::write | flag::fast, "write hash fast", 1, 1, 1, "RW,delete i1 r0,1,0", "", "2.0.0", "hash",
     commands::hdel},
    {"hexists", 3, flag::readonly | flag::fast, "read hash fast", 1, 1, 1, "RO i1 r0,1,0", "", "2.0.0", "hash",
     commands::hexists},
    {"hgetall", 2, flag::readonly, "read hash slow", 1, 1, 1, "RO,access i1 r0,1,0", "nondeterministic_output_order",
     "2.0.0", "hash", commands::hgetall},
    {"hincrby", 4, flag::write | flag::denyoom | flag::fast, "write hash fast", 1, 1, 1, "RW,access,update i1 r0,1,0",
     "", "2.0.0", "hash", commands::hincrby},
    {"hincrbyfloat", 4, flag::write | flag::denyoom | flag::fast, "write hash fast", 1, 1, 1,
     "RW,access,update i1 r0,1,0", "", "2.6.0", "hash", commands::hincrbyfloat},
    {"hkeys", 2, flag::readonly, "read hash slow", 1, 1, 1, "RO,access i1 r0,1,0", "nondeterministic_output_order",
     "2.0.0", "hash", commands::hkeys},
    {"hvals", 2, flag::readonly, "read hash slow", 1, 1, 1, "RO,access i1 r0,1,0", "nondeterministic_output_order",
     "2.0.0", "hash", commands::hvals},
    {"hlen", 2, flag::readonly | flag::fast, "read hash fast", 1, 1, 1, "RO i1 r0,1,0", "", "2.0.0", "hash",
     commands::hlen},
    {"hrandfield", -2, flag::readonly, "read hash slow", 1, 1, 1, "RO,access i1 r0,1,0", "nondeterministic_output",
     "6.2.0", "hash", commands::hrandfield},
    {"hscan", -3, flag::readonly, "read hash slow", 1, 1, 1, "RO,access i1 r0,1,0", "nondeterministic_output", "2.8.0",
     "hash", commands::hscan},
    {"hsetnx", 4, flag::write | flag::denyoom | flag::fast, "write hash fast", 1, 1, 1, "RW,insert i1 r0,1,0", "",
     "2.0.0", "hash", commands::hsetnx},
    {"hstrlen", 3, flag::readonly | flag::fast, "read hash fast", 1, 1, 1, "RO i1 r0,1,0", "", "3.2.0", "hash",
     commands::hstrlen},
};

} // namespace

std::span<const CommandRow> hashes_rows() {
    return rows;
}

} // namespace exo::kv
