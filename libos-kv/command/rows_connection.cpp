// Rows of the command table: connections and what commands there are. What a column means: command.hpp.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/table.hpp"

namespace exo::kv {

namespace {

constexpr CommandRow rows[] = {
    {"ping", -1, flag::fast, "fast connection", 0, 0, 0, "", "request_policy:all_shards|response_policy:all_succeeded",
     "1.0.0", "connection", commands::ping},
    {"echo", 2, flag::loading | flag::stale | flag::fast, "fast connection", 0, 0, 0, "", "", "1.0.0", "connection",
     commands::echo},
    {"hello", -1, flag::noscript | flag::loading | flag::stale | flag::fast | flag::no_auth | flag::allow_busy,
     "fast connection", 0, 0, 0, "", "", "6.0.0", "connection", commands::hello},
    {"auth", -2, flag::noscript | flag::loading | flag::stale | flag::fast | flag::no_auth | flag::allow_busy,
     "fast connection", 0, 0, 0, "", "", "1.0.0", "connection", commands::auth},
    {"select", 2, flag::loading | flag::stale | flag::fast, "fast connection", 0, 0, 0, "", "", "1.0.0", "connection",
     commands::select},
    {"quit", -1, flag::noscript | flag::loading | flag::stale | flag::fast | flag::no_auth | flag::allow_busy,
     "fast connection", 0, 0, 0, "", "", "1.0.0", "connection", commands::quit},
    {"reset", 1, flag::noscript | flag::loading | flag::stale | flag::fast | flag::no_auth | flag::allow_busy,
     "fast connection", 0, 0, 0, "", "", "6.2.0", "connection", commands::reset},
    {"client", -2, 0, "slow", 0, 0, 0, "", "", "2.4.0", "connection", nullptr},
    {"client|id", 2, flag::noscript | flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "", "5.0.0",
     "connection", commands::client_id},
    {"client|setname", 3, flag::noscript | flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "", "2.6.9",
     "connection", commands::client_setname},
    {"client|setinfo", 4, flag::noscript | flag::loading | flag::stale, "slow connection", 0, 0, 0, "",
     "request_policy:all_nodes|response_policy:all_succeeded", "7.2.0", "connection", commands::client_setinfo},
    {"client|getname", 2, flag::noscript | flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "", "2.6.9",
     "connection", commands::client_getname},
    {"client|info", 2, flag::noscript | flag::loading | flag::stale, "slow connection", 0, 0, 0, "",
     "nondeterministic_output", "6.2.0", "connection", commands::client_info},
    {"client|list", -2, flag::admin | flag::noscript | flag::loading | flag::stale, "admin slow dangerous connection",
     0, 0, 0, "", "nondeterministic_output", "2.4.0", "connection", commands::client_list},
    {"client|kill", -3, flag::admin | flag::noscript | flag::loading | flag::stale, "admin slow dangerous connection",
     0, 0, 0, "", "", "2.4.0", "connection", commands::client_kill},
    {"client|unblock", -3, flag::admin | flag::noscript | flag::loading | flag::stale,
     "admin slow dangerous connection", 0, 0, 0, "", "", "5.0.0", "connection", commands::client_unblock},
    {"client|reply", 3, flag::noscript | flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "", "3.2.0",
     "connection", commands::client_reply},
    {"client|no-evict", 3, flag::admin | flag::noscript | flag::loading | flag::stale,
     "admin slow dangerous connection", 0, 0, 0, "", "", "7.0.0", "connection", commands::client_no_evict},
    {"client|help", 2, flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "", "5.0.0", "connection",
     commands::client_help},
    {"command", -1, flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "nondeterministic_output_order",
     "2.8.13", "server", commands::command},
    {"command|count", 2, flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "", "2.8.13", "server",
     commands::command_count},
    {"command|info", -2, flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "nondeterministic_output_order",
     "2.8.13", "server", commands::command_info},
    {"command|docs", -2, flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "nondeterministic_output_order",
     "7.0.0", "server", commands::command_docs},
    {"command|getkeys", -4, flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "", "2.8.13", "server",
     commands::command_getkeys},
    {"command|getkeysandflags", -4, flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "", "7.0.0", "server",
     commands::command_getkeysandflags},
    {"command|list", -2, flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "nondeterministic_output_order",
     "7.0.0", "server", commands::command_list},
    {"command|help", 2, flag::loading | flag::stale, "slow connection", 0, 0, 0, "", "", "5.0.0", "server",
     commands::command_help},
};

} // namespace

std::span<const CommandRow> connection_rows() {
    return rows;
}

} // namespace exo::kv
