// Rows of the command table: the server itself. What a column means: command.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/table.hpp"

namespace exo::kv {

namespace {

constexpr CommandRow rows[] = {
    {"info", -1, flag::loading | flag::stale, "slow dangerous", 0, 0, 0, "",
     "nondeterministic_output|request_policy:all_shards|response_policy:special", "1.0.0", "server", commands::info},
    {"config", -2, 0, "slow", 0, 0, 0, "", "", "2.0.0", "server", nullptr},
    {"config|get", -3, flag::admin | flag::noscript | flag::loading | flag::stale, "admin slow dangerous", 0, 0, 0, "",
     "", "2.0.0", "server", commands::config_get},
    {"config|set", -4, flag::admin | flag::noscript | flag::loading | flag::stale, "admin slow dangerous", 0, 0, 0, "",
     "request_policy:all_nodes|response_policy:all_succeeded", "2.0.0", "server", commands::config_set},
    {"config|resetstat", 2, flag::admin | flag::noscript | flag::loading | flag::stale, "admin slow dangerous", 0, 0, 0,
     "", "", "2.0.0", "server", commands::config_resetstat},
    {"config|help", 2, flag::loading | flag::stale, "slow", 0, 0, 0, "", "", "5.0.0", "server", commands::config_help},
    {"dbsize", 1, flag::readonly | flag::fast, "keyspace read fast", 0, 0, 0, "",
     "request_policy:all_shards|response_policy:agg_sum", "1.0.0", "server", commands::dbsize},
    {"time", 1, flag::loading | flag::stale | flag::fast, "fast", 0, 0, 0, "", "nondeterministic_output", "2.6.0",
     "server", commands::time},
    {"shutdown", -1, flag::admin | flag::noscript | flag::loading | flag::stale | flag::no_multi | flag::allow_busy,
     "admin slow dangerous", 0, 0, 0, "", "", "1.0.0", "server", commands::shutdown},
    {"save", 1, flag::admin | flag::noscript | flag::no_async_loading | flag::no_multi, "admin slow dangerous", 0, 0, 0,
     "", "", "1.0.0", "server", commands::save},
    {"bgsave", -1, flag::admin | flag::noscript | flag::no_async_loading, "admin slow dangerous", 0, 0, 0, "", "",
     "1.0.0", "server", commands::bgsave},
    {"bgrewriteaof", 1, flag::admin | flag::noscript | flag::no_async_loading, "admin slow dangerous", 0, 0, 0, "", "",
     "1.0.0", "server", commands::bgrewriteaof},
    {"lastsave", 1, flag::loading | flag::stale | flag::fast, "admin fast dangerous", 0, 0, 0, "",
     "nondeterministic_output", "1.0.0", "server", commands::lastsave},
    {"flushall", -1, flag::write, "keyspace write slow dangerous", 0, 0, 0, "",
     "request_policy:all_shards|response_policy:all_succeeded", "1.0.0", "server", commands::flushall},
    {"flushdb", -1, flag::write, "keyspace write slow dangerous", 0, 0, 0, "",
     "request_policy:all_shards|response_policy:all_succeeded", "1.0.0", "server", commands::flushdb},
    {"swapdb", 3, flag::write | flag::fast, "keyspace write fast dangerous", 0, 0, 0, "", "", "4.0.0", "server",
     commands::swapdb},
    {"memory", -2, 0, "slow", 0, 0, 0, "", "", "4.0.0", "server", nullptr},
    {"memory|usage", -3, flag::readonly, "read slow", 2, 2, 1, "RO i2 r0,1,0", "", "4.0.0", "server",
     commands::memory_usage},
    {"memory|help", 2, flag::loading | flag::stale, "slow", 0, 0, 0, "", "", "4.0.0", "server", commands::memory_help},
    {"slowlog", -2, 0, "slow", 0, 0, 0, "", "", "2.2.12", "server", nullptr},
    {"slowlog|get", -2, flag::admin | flag::loading | flag::stale, "admin slow dangerous", 0, 0, 0, "",
     "request_policy:all_nodes|nondeterministic_output", "2.2.12", "server", commands::slowlog_get},
    {"slowlog|len", 2, flag::admin | flag::loading | flag::stale, "admin slow dangerous", 0, 0, 0, "",
     "request_policy:all_nodes|response_policy:agg_sum|nondeterministic_output", "2.2.12", "server",
     commands::slowlog_len},
    {"slowlog|reset", 2, flag::admin | flag::loading | flag::stale, "admin slow dangerous", 0, 0, 0, "",
     "request_policy:all_nodes|response_policy:all_succeeded", "2.2.12", "server", commands::slowlog_reset},
    {"slowlog|help", 2, flag::loading | flag::stale, "slow", 0, 0, 0, "", "", "6.2.0", "server",
     commands::slowlog_help},
};

} // namespace

std::span<const CommandRow> server_rows() {
    return rows;
}

} // namespace exo::kv
