// Rows of the command table: clusters, scripts and functions. What a column means: command.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/table.hpp"

namespace exo::kv {

namespace {

constexpr std::uint32_t helping = flag::loading | flag::stale;

constexpr CommandRow rows[] = {
    {"cluster", -2, 0, "slow", 0, 0, 0, "", "", "3.0.0", "cluster", nullptr},
    {"cluster|count-failure-reports", 3, flag::admin | flag::stale, "admin slow dangerous", 0, 0, 0, "",
     "nondeterministic_output", "3.0.0", "cluster", commands::cluster_count_failure_reports},
    {"cluster|countkeysinslot", 3, flag::stale, "slow", 0, 0, 0, "", "", "3.0.0", "cluster",
     commands::cluster_countkeysinslot},
    {"cluster|getkeysinslot", 4, flag::stale, "slow", 0, 0, 0, "", "nondeterministic_output", "3.0.0", "cluster",
     commands::cluster_getkeysinslot},
    {"cluster|help", 2, helping, "slow", 0, 0, 0, "", "", "5.0.0", "cluster", commands::cluster_help},
    {"cluster|info", 2, flag::stale, "slow", 0, 0, 0, "", "nondeterministic_output", "3.0.0", "cluster",
     commands::cluster_info},
    {"cluster|keyslot", 3, flag::stale, "slow", 0, 0, 0, "", "", "3.0.0", "cluster", commands::cluster_keyslot},
    {"cluster|links", 2, flag::stale, "slow", 0, 0, 0, "", "nondeterministic_output", "7.0.0", "cluster",
     commands::cluster_links},
    {"cluster|myid", 2, flag::stale, "slow", 0, 0, 0, "", "", "3.0.0", "cluster", commands::cluster_myid},
    {"cluster|nodes", 2, flag::stale, "slow", 0, 0, 0, "", "nondeterministic_output", "3.0.0", "cluster",
     commands::cluster_nodes},
    {"cluster|replicas", 3, flag::admin | flag::stale, "admin slow dangerous", 0, 0, 0, "", "nondeterministic_output",
     "5.0.0", "cluster", commands::cluster_replicas},
    {"cluster|shards", 2, flag::stale, "slow", 0, 0, 0, "", "nondeterministic_output", "7.0.0", "cluster",
     commands::cluster_shards},
    {"cluster|slaves", 3, flag::admin | flag::stale, "admin slow dangerous", 0, 0, 0, "", "nondeterministic_output",
     "3.0.0", "cluster", commands::cluster_replicas},
    {"cluster|slots", 2, flag::stale, "slow", 0, 0, 0, "", "nondeterministic_output", "3.0.0", "cluster",
     commands::cluster_slots},
    {"asking", 1, flag::fast, "fast connection", 0, 0, 0, "", "", "3.0.0", "cluster", commands::asking},
    {"readonly", 1, flag::loading | flag::stale | flag::fast, "fast connection", 0, 0, 0, "", "", "3.0.0", "cluster",
     commands::readonly},
    {"readwrite", 1, flag::loading | flag::stale | flag::fast, "fast connection", 0, 0, 0, "", "", "3.0.0", "cluster",
     commands::readwrite},
    {"script", -2, 0, "slow", 0, 0, 0, "", "", "2.6.0", "scripting", nullptr},
    {"script|exists", -3, flag::noscript, "slow scripting", 0, 0, 0, "",
     "request_policy:all_shards|response_policy:agg_logical_and", "2.6.0", "scripting", commands::script_exists},
    {"script|flush", -2, flag::noscript, "slow scripting", 0, 0, 0, "",
     "request_policy:all_nodes|response_policy:all_succeeded", "2.6.0", "scripting", commands::script_flush},
    {"script|help", 2, helping, "slow scripting", 0, 0, 0, "", "", "5.0.0", "scripting", commands::script_help},
    {"script|kill", 2, flag::noscript | flag::allow_busy, "slow scripting", 0, 0, 0, "",
     "request_policy:all_shards|response_policy:one_succeeded", "2.6.0", "scripting", commands::script_kill},
    {"function", -2, 0, "slow", 0, 0, 0, "", "", "7.0.0", "scripting", nullptr},
    {"function|flush", -2, flag::write | flag::noscript, "write slow scripting", 0, 0, 0, "",
     "request_policy:all_shards|response_policy:all_succeeded", "7.0.0", "scripting", commands::function_flush},
    {"function|help", 2, helping, "slow scripting", 0, 0, 0, "", "", "7.0.0", "scripting", commands::function_help},
    {"function|kill", 2, flag::noscript | flag::allow_busy, "slow scripting", 0, 0, 0, "",
     "request_policy:all_shards|response_policy:one_succeeded", "7.0.0", "scripting", commands::function_kill},
    {"function|list", -2, flag::noscript, "slow scripting", 0, 0, 0, "", "nondeterministic_output_order", "7.0.0",
     "scripting", commands::function_list},
};

} // namespace

std::span<const CommandRow> cluster_rows() {
    return rows;
}

} // namespace exo::kv
