// Rows of the command table: keys of any type. What a column means: command.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/table.hpp"

namespace exo::kv {

namespace {

constexpr CommandRow rows[] = {
    {"del", -2, flag::write, "keyspace write slow", 1, -1, 1, "RM,delete i1 r-1,1,0",
     "request_policy:multi_shard|response_policy:agg_sum", "1.0.0", "generic", commands::del},
    {"unlink", -2, flag::write | flag::fast, "keyspace write fast", 1, -1, 1, "RM,delete i1 r-1,1,0",
     "request_policy:multi_shard|response_policy:agg_sum", "4.0.0", "generic", commands::unlink},
    {"exists", -2, flag::readonly | flag::fast, "keyspace read fast", 1, -1, 1, "RO i1 r-1,1,0",
     "request_policy:multi_shard|response_policy:agg_sum", "1.0.0", "generic", commands::exists},
    {"type", 2, flag::readonly | flag::fast, "keyspace read fast", 1, 1, 1, "RO i1 r0,1,0", "", "1.0.0", "generic",
     commands::type},
    {"ttl", 2, flag::readonly | flag::fast, "keyspace read fast", 1, 1, 1, "RO,access i1 r0,1,0",
     "nondeterministic_output", "1.0.0", "generic", commands::ttl},
    {"pttl", 2, flag::readonly | flag::fast, "keyspace read fast", 1, 1, 1, "RO,access i1 r0,1,0",
     "nondeterministic_output", "2.6.0", "generic", commands::pttl},
    {"expire", -3, flag::write | flag::fast, "keyspace write fast", 1, 1, 1, "RW,update i1 r0,1,0", "", "1.0.0",
     "generic", commands::expire},
    {"pexpire", -3, flag::write | flag::fast, "keyspace write fast", 1, 1, 1, "RW,update i1 r0,1,0", "", "2.6.0",
     "generic", commands::pexpire},
    {"expireat", -3, flag::write | flag::fast, "keyspace write fast", 1, 1, 1, "RW,update i1 r0,1,0", "", "1.2.0",
     "generic", commands::expireat},
    {"pexpireat", -3, flag::write | flag::fast, "keyspace write fast", 1, 1, 1, "RW,update i1 r0,1,0", "", "2.6.0",
     "generic", commands::pexpireat},
    {"expiretime", 2, flag::readonly | flag::fast, "keyspace read fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "7.0.0",
     "generic", commands::expiretime},
    {"pexpiretime", 2, flag::readonly | flag::fast, "keyspace read fast", 1, 1, 1, "RO,access i1 r0,1,0", "", "7.0.0",
     "generic", commands::pexpiretime},
    {"persist", 2, flag::write | flag::fast, "keyspace write fast", 1, 1, 1, "RW,update i1 r0,1,0", "", "2.2.0",
     "generic", commands::persist},
    {"scan", -2, flag::readonly, "keyspace read slow", 0, 0, 0, "", "nondeterministic_output|request_policy:special",
     "2.8.0", "generic", commands::scan},
    {"keys", 2, flag::readonly, "keyspace read slow dangerous", 0, 0, 0, "",
     "request_policy:all_shards|nondeterministic_output_order", "1.0.0", "generic", commands::keys},
    {"randomkey", 1, flag::readonly, "keyspace read slow", 0, 0, 0, "",
     "request_policy:all_shards|nondeterministic_output", "1.0.0", "generic", commands::randomkey},
    {"rename", 3, flag::write, "keyspace write slow", 1, 2, 1, "RW,access,delete i1 r0,1,0|OW,update i2 r0,1,0", "",
     "1.0.0", "generic", commands::rename},
    {"renamenx", 3, flag::write | flag::fast, "keyspace write fast", 1, 2, 1,
     "RW,access,delete i1 r0,1,0|OW,insert i2 r0,1,0", "", "1.0.0", "generic", commands::renamenx},
    {"copy", -3, flag::write | flag::denyoom, "keyspace write slow", 1, 2, 1, "RO,access i1 r0,1,0|OW,update i2 r0,1,0",
     "", "6.2.0", "generic", commands::copy},
    {"move", 3, flag::write | flag::fast, "keyspace write fast", 1, 1, 1, "RW,access,update i1 r0,1,0", "", "1.0.0",
     "generic", commands::move},
    {"touch", -2, flag::readonly | flag::fast, "keyspace read fast", 1, -1, 1, "RO i1 r-1,1,0",
     "request_policy:multi_shard|response_policy:agg_sum", "3.2.1", "generic", commands::touch},
    {"dump", 2, flag::readonly, "keyspace read slow", 1, 1, 1, "RO,access i1 r0,1,0", "nondeterministic_output",
     "2.6.0", "generic", commands::dump},
    {"restore", -4, flag::write | flag::denyoom, "keyspace write slow dangerous", 1, 1, 1, "OW,update i1 r0,1,0", "",
     "2.6.0", "generic", commands::restore},
    {"object", -2, 0, "slow", 0, 0, 0, "", "", "2.2.3", "generic", nullptr},
    {"object|encoding", 3, flag::readonly, "keyspace read slow", 2, 2, 1, "RO i2 r0,1,0", "nondeterministic_output",
     "2.2.3", "generic", commands::object_encoding},
    {"object|freq", 3, flag::readonly, "keyspace read slow", 2, 2, 1, "RO i2 r0,1,0", "nondeterministic_output",
     "4.0.0", "generic", commands::object_freq},
    {"object|idletime", 3, flag::readonly, "keyspace read slow", 2, 2, 1, "RO i2 r0,1,0", "nondeterministic_output",
     "2.2.3", "generic", commands::object_idletime},
    {"object|refcount", 3, flag::readonly, "keyspace read slow", 2, 2, 1, "RO i2 r0,1,0", "nondeterministic_output",
     "2.2.3", "generic", commands::object_refcount},
    {"object|help", 2, flag::loading | flag::stale, "keyspace slow", 0, 0, 0, "", "", "6.2.0", "generic",
     commands::object_help},
};

} // namespace

std::span<const CommandRow> keys_rows() {
    return rows;
}

} // namespace exo::kv
