// Rows of the command table: strings. What a column means: command.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/table.hpp"

namespace exo::kv {

namespace {

constexpr CommandRow rows[] = {
    {"set", -3, flag::write | flag::denyoom, "write string slow", 1, 1, 1, "RW,access,update,variable_flags i1 r0,1,0",
     "", "1.0.0", "string", commands::set},
    {"get", 2, flag::readonly | flag::fast, "read string fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "1.0.0", "string",
     commands::get},
    {"mget", -2, flag::readonly | flag::fast, "read string fast", 1, -1, 1, "RO,access i1 r-1,1,0",
     "request_policy:multi_shard", "1.0.0", "string", commands::mget},
    {"mset", -3, flag::write | flag::denyoom, "write string slow", 1, -1, 2, "OW,update i1 r-1,2,0",
     "request_policy:multi_shard|response_policy:all_succeeded", "1.0.1", "string", commands::mset},
    {"msetnx", -3, flag::write | flag::denyoom, "write string slow", 1, -1, 2, "OW,insert i1 r-1,2,0",
     "request_policy:multi_shard|response_policy:agg_min", "1.0.1", "string", commands::msetnx},
    {"setnx", 3, flag::write | flag::denyoom | flag::fast, "write string fast", 1, 1, 1, "OW,insert i1 r0,1,0", "",
     "1.0.0", "string", commands::setnx},
    {"setex", 4, flag::write | flag::denyoom, "write string slow", 1, 1, 1, "OW,update i1 r0,1,0", "", "2.0.0",
     "string", commands::setex},
    {"psetex", 4, flag::write | flag::denyoom, "write string slow", 1, 1, 1, "OW,update i1 r0,1,0", "", "2.6.0",
     "string", commands::psetex},
    {"getset", 3, flag::write | flag::denyoom | flag::fast, "write string fast", 1, 1, 1, "RW,access,update i1 r0,1,0",
     "", "1.0.0", "string", commands::getset},
    {"getdel", 2, flag::write | flag::fast, "write string fast", 1, 1, 1, "RW,access,delete i1 r0,1,0", "", "6.2.0",
     "string", commands::getdel},
    {"getex", -2, flag::write | flag::fast, "write string fast", 1, 1, 1, "RW,access,update i1 r0,1,0", "", "6.2.0",
     "string", commands::getex},
    {"append", 3, flag::write | flag::denyoom | flag::fast, "write string fast", 1, 1, 1, "RW,insert i1 r0,1,0", "",
     "2.0.0", "string", commands::append},
    {"strlen", 2, flag::readonly | flag::fast, "read string fast", 1, 1, 1, "RO i1 r0,1,0", "", "2.2.0", "string",
     commands::strlen},
    {"getrange", 4, flag::readonly, "read string slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.4.0", "string",
     commands::getrange},
    {"substr", 4, flag::readonly, "read string slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "1.0.0", "string",
     commands::substr},
    {"setrange", 4, flag::write | flag::denyoom, "write string slow", 1, 1, 1, "RW,update i1 r0,1,0", "", "2.2.0",
     "string", commands::setrange},
    {"incr", 2, flag::write | flag::denyoom | flag::fast, "write string fast", 1, 1, 1, "RW,access,update i1 r0,1,0",
     "", "1.0.0", "string", commands::incr},
    {"decr", 2, flag::write | flag::denyoom | flag::fast, "write string fast", 1, 1, 1, "RW,access,update i1 r0,1,0",
     "", "1.0.0", "string", commands::decr},
    {"incrby", 3, flag::write | flag::denyoom | flag::fast, "write string fast", 1, 1, 1, "RW,access,update i1 r0,1,0",
     "", "1.0.0", "string", commands::incrby},
    {"decrby", 3, flag::write | flag::denyoom | flag::fast, "write string fast", 1, 1, 1, "RW,access,update i1 r0,1,0",
     "", "1.0.0", "string", commands::decrby},
    {"incrbyfloat", 3, flag::write | flag::denyoom | flag::fast, "write string fast", 1, 1, 1,
     "RW,access,update i1 r0,1,0", "", "2.6.0", "string", commands::incrbyfloat},
    {"setbit", 4, flag::write | flag::denyoom, "write bitmap slow", 1, 1, 1, "RW,access,update i1 r0,1,0", "", "2.2.0",
     "bitmap", commands::setbit},
    {"getbit", 3, flag::readonly | flag::fast, "read bitmap fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.2.0",
     "bitmap", commands::getbit},
    {"bitcount", -2, flag::readonly, "read bitmap slow", 1, 1, 1, "RO,access i1 r0,1,0", "", "2.6.0", "bitmap",
     commands::bitcount},
};

} // namespace

std::span<const CommandRow> strings_rows() {
    return rows;
}

} // namespace exo::kv
