// What CONFIG reads and changes.
#pragma once

#include "libos-kv/data/eviction.hpp"
#include "libos-kv/protocol/request_parser.hpp"
#include "libos-kv/server/durability.hpp"
#include "libos-kv/server/output_limits.hpp"

#include <optional>

namespace exo::kv {

struct Config {
    std::int64_t max_memory = 0; // octets; 0: as much as there is
    EvictionPolicy policy = EvictionPolicy::NoEviction;
    std::int64_t max_memory_samples = 5;
    std::int64_t lfu_log_factor = 10, lfu_decay_minutes = 1;
    std::int64_t max_clients = 10000;
    std::int64_t idle_timeout_s = 0;
    std::int64_t keep_alive_s = 300;
    std::int64_t slow_microseconds = 10000, slow_entries = 128;
    std::int64_t port = 6379;
    std::int64_t bulk_octets = bulk_octets_max;
    OutputLimits output_limits;
    Text password;                        // empty: none is asked for
    Text announced_address;               // at which clients reach it; empty: where it listens
    std::int64_t announced_port = 0;      // 0: `port`
    std::optional<Durability> durability; // none: nothing is kept
};

class Server;

// A number of octets, with a unit such as mb behind it or none; no value: it is none.
std::optional<std::int64_t> parse_memory(std::string_view text);

// visit(name, value) for every parameter, its value as text.
void for_each_parameter(const Server& server,
                        void (*visit)(void* context, std::string_view name, std::string_view value), void* context);
bool is_parameter(std::string_view name);
// Sets a parameter. False: `problem` says what is wrong, as CONFIG SET says it.
bool set_parameter(Server& server, std::string_view name, std::string_view value, Text& problem);

} // namespace exo::kv
