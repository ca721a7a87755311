// Rows of the command table: sets. What a column means: command.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/table.hpp"

namespace exo::kv {

namespace {

constexpr CommandRow rows[] = {
    {"sadd", -3, flag::write | flag::denyoom | flag::fast, "write set fast", 1, 1, 1, "RW,insert i1 r0,1,0", "",
     "1.0.0", "set", commands::sadd},
    {"srem", -3, flag::write | flag::fast, "write set fast", 1, 1, 1, "RW,delete i1 r0,1,0", "", "1.0.0", "set",
     commands::srem},
    {"smove", 4, flag::write | flag::fast, "write set fast", 1, 2, 1, "RW,access,delete i1 r0,1,0|RW,insert i2 r0,1,0",
     "", "1.0.0", "set", commands::smove},
    {"sismember", 3, flag::readonly | flag::fast, "read set fast", 1, 1, 1, "RO i1 r0,1,0", "", "1.0.0", "set",
     commands::sismember},
    {"smismember", -3, flag::readonly | flag::fast, "read set fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "6.2.0", "set",
     commands::smismember},
    {"scard", 2, flag::readonly | flag::fast, "read set fast", 1, 1, 1, "RO i1 r0,1,0", "", "1.0.0", "set",
     commands::scard},
    {"spop", -2, flag::write | flag::fast, "write set fast", 1, 1, 1, "RW,access,delete i1 r0,1,0",
     "nondeterministic_output", "1.0.0", "set", commands::spop},
    {"srandmember", -2, flag::readonly, "read set slow", 1, 1, 1, "RO,access i1 r0,1,0", "nondeterministic_output",
     "1.0.0", "set", commands::srandmember},
    {"sinter", -2, flag::readonly, "read set slow", 1, -1, 1, "RO,access i1 r-1,1,0", "nondeterministic_output_order",
     "1.0.0", "set", commands::sinter},
    {"sintercard", -3, flag::readonly | flag::movablekeys, "read set slow", 0, 0, 0, "RO,access i1 n0,1,1", "", "7.0.0",
     "set", commands::sintercard},
    {"sinterstore", -3, flag::write | flag::denyoom, "write set slow", 1, -1, 1,
     "RW,update i1 r0,1,0|RO,access i2 r-1,1,0", "", "1.0.0", "set", commands::sinterstore},
    {"sunion", -2, flag::readonly, "read set slow", 1, -1, 1, "RO,access i1 r-1,1,0", "nondeterministic_output_order",
     "1.0.0", "set", commands::sunion},
    {"sunionstore", -3, flag::write | flag::denyoom, "write set slow", 1, -1, 1,
     "OW,update i1 r0,1,0|RO,access i2 r-1,1,0", "", "1.0.0", "set", commands::sunionstore},
    {"sdiff", -2, flag::readonly, "read set slow", 1, -1, 1, "RO,access i1 r-1,1,0", "nondeterministic_output_order",
     "1.0.0", "set", commands::sdiff},
    {"sdiffstore", -3, flag::write | flag::denyoom, "write set slow", 1, -1, 1,
     "OW,update i1 r0,1,0|RO,access i2 r-1,1,0", "", "1.0.0", "set", commands::sdiffstore},
    {"smembers", 2, flag::readonly, "read set slow", 1, 1, 1, "RO,access i1 r0,1,0", "nondeterministic_output_order",
     "1.0.0", "set", commands::smembers},
    {"sscan", -3, flag::readonly, "read set slow", 1, 1, 1, "RO,access i1 r0,1,0", "nondeterministic_output", "2.8.0",
     "set", commands::sscan},
};

} // namespace

std::span<const CommandRow> sets_rows() {
    return rows;
}

} // namespace exo::kv
