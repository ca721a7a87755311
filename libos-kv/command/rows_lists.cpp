// Rows of the command table: lists. What a column means: command.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/table.hpp"

namespace exo::kv {

namespace {

constexpr CommandRow rows[] = {
    {"lpush", -3, flag::write | flag::denyoom | flag::fast, "write list fast", 1, 1, 1, "RW,insert i1 r0,1,0", "",
     "1.0.0", "list", commands::lpush},
    {"rpush", -3, flag::write | flag::denyoom | flag::fast, "write list fast", 1, 1, 1, "RW,insert i1 r0,1,0", "",
     "1.0.0", "list", commands::rpush},
    {"lpushx", -3, flag::write | flag::denyoom | flag::fast, "write list fast", 1, 1, 1, "RW,insert i1 r0,1,0", "",
     "2.2.0", "list", commands::lpushx},
    {"rpushx", -3, flag::write | flag::denyoom | flag::fast, "write list fast", 1, 1, 1, "RW,insert i1 r0,1,0", "",
     "2.2.0", "list", commands::rpushx},
    {"lpop", -2, flag::write | flag::fast, "write list fast", 1, 1, 1, "RW,access,delete i1 r0,1,0", "", "1.0.0",
     "list", commands::lpop},
    {"rpop", -2, flag::write | flag::fast, "write list fast", 1, 1, 1, "RW,access,delete i1 r0,1,0", "", "1.0.0",
     "list", commands::rpop},
    {"llen", 2, flag::readonly | flag::fast, "read list fast", 1, 1, 1, "RO i1 r0,1,0", "", "1.0.0", "list",
     commands::llen},
    {"lindex", 3, flag::readonly, "read list slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "1.0.0", "list",
     commands::lindex},
    {"lset", 4, flag::write | flag::denyoom, "write list slow", 1, 1, 1, "RW,update i1 r0,1,0", "", "1.0.0", "list",
     commands::lset},
    {"lrange", 4, flag::readonly, "read list slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "1.0.0", "list",
     commands::lrange},
    {"ltrim", 4, flag::write, "write list slow", 1, 1, 1, "RW,delete i1 r0,1,0", "", "1.0.0", "list", commands::ltrim},
    {"linsert", 5, flag::write | flag::denyoom, "write list slow", 1, 1, 1, "RW,insert i1 r0,1,0", "", "2.2.0", "list",
     commands::linsert},
    {"lrem", 4, flag::write, "write list slow", 1, 1, 1, "RW,delete i1 r0,1,0", "", "1.0.0", "list", commands::lrem},
    {"lpos", -3, flag::readonly, "read list slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "6.0.6", "list", commands::lpos},
    {"lmove", 5, flag::write | flag::denyoom, "write list slow", 1, 2, 1,
     "RW,access,delete i1 r0,1,0|RW,insert i2 r0,1,0", "", "6.2.0", "list", commands::lmove},
    {"rpoplpush", 3, flag::write | flag::denyoom, "write list slow", 1, 2, 1,
     "RW,access,delete i1 r0,1,0|RW,insert i2 r0,1,0", "", "1.2.0", "list", commands::rpoplpush},
    {"lmpop", -4, flag::write | flag::movablekeys, "write list slow", 0, 0, 0, "RW,access,delete i1 n0,1,1", "",
     "7.0.0", "list", commands::lmpop},
    {"blpop", -3, flag::write | flag::noscript | flag::blocking, "write list slow blocking", 1, -2, 1,
     "RW,access,delete i1 r-2,1,0", "", "2.0.0", "list", commands::blpop},
    {"brpop", -3, flag::write | flag::noscript | flag::blocking, "write list slow blocking", 1, -2, 1,
     "RW,access,delete i1 r-2,1,0", "", "2.0.0", "list", commands::brpop},
    {"blmove", 6, flag::write | flag::denyoom | flag::noscript | flag::blocking, "write list slow blocking", 1, 2, 1,
     "RW,access,delete i1 r0,1,0|RW,insert i2 r0,1,0", "", "6.2.0", "list", commands::blmove},
    {"brpoplpush", 4, flag::write | flag::denyoom | flag::noscript | flag::blocking, "write list slow blocking", 1, 2,
     1, "RW,access,delete i1 r0,1,0|RW,insert i2 r0,1,0", "", "2.2.0", "list", commands::brpoplpush},
    {"blmpop", -5, flag::write | flag::blocking | flag::movablekeys, "write list slow blocking", 0, 0, 0,
     "RW,access,delete i2 n0,1,1", "", "7.0.0", "list", commands::blmpop},
};

} // namespace

std::span<const CommandRow> lists_rows() {
    return rows;
}

} // namespace exo::kv
