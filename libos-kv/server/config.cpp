// The parameters of CONFIG: names as Redis has them, and how their text is read. Interface: config.hpp.
#include "libos-kv/data/limits.hpp"
#include "libos-kv/data/pattern.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

namespace {

struct NumberRow {
    std::string_view name;
    std::int64_t Config::* field;
    std::int64_t least, most;
    bool is_memory; // a suffix such as mb may follow
    bool is_fixed;
};
constexpr NumberRow numbers[] = {
    {"maxmemory", &Config::max_memory, 0, INT64_MAX, true, false},
    {"maxmemory-samples", &Config::max_memory_samples, 1, INT32_MAX, false, false},
    {"lfu-log-factor", &Config::lfu_log_factor, 0, INT32_MAX, false, false},
    {"lfu-decay-time", &Config::lfu_decay_minutes, 0, INT32_MAX, false, false},
    {"maxclients", &Config::max_clients, 1, UINT32_MAX, false, false},
    {"timeout", &Config::idle_timeout_s, 0, INT32_MAX, false, false},
    {"tcp-keepalive", &Config::keep_alive_s, 0, INT32_MAX, false, false},
    {"slowlog-log-slower-than", &Config::slow_microseconds, -1, INT64_MAX, false, false},
    {"slowlog-max-len", &Config::slow_entries, 0, INT64_MAX, false, false},
    {"port", &Config::port, 0, 65535, false, true},
    {"cluster-announce-port", &Config::announced_port, 0, 65535, false, false},
    {"proto-max-bulk-len", &Config::bulk_octets, 1024 * 1024, INT64_MAX, true, false},
};

struct LimitRow {
    std::string_view name, old_name;
    std::int64_t Limits::* field;
    std::int64_t least;
};
constexpr LimitRow limit_rows[] = {
    {"hash-max-listpack-entries", "hash-max-ziplist-entries", &Limits::hash_entries, 0},
    {"hash-max-listpack-value", "hash-max-ziplist-value", &Limits::hash_octets, 0},
    {"zset-max-listpack-entries", "zset-max-ziplist-entries", &Limits::sorted_set_entries, 0},
    {"zset-max-listpack-value", "zset-max-ziplist-value", &Limits::sorted_set_octets, 0},
    {"set-max-intset-entries", "", &Limits::set_numbers, 0},
    {"list-max-listpack-size", "list-max-ziplist-size", &Limits::list_node, INT32_MIN},
};

// How often the journal is synchronized, in the words that Redis has for its own.
std::string_view sync_name(const Server& server) {
    const Durability durability = server.config.durability.value_or(Durability::Batch);
    if (durability == Durability::Batch)
        return "everysec"; // the default of Redis, too
    return durability == Durability::Always ? "always" : "no";
}

// Parameters that stay as they are at start, and that clients ask for.
struct FixedRow {
    std::string_view name;
    std::string_view (*value)(const Server& server);
};
constexpr FixedRow fixed[] = {
    {"save", [](const Server&) { return std::string_view(); }},
    {"appendonly", [](const Server& server) { return std::string_view(server.config.durability ? "yes" : "no"); }},
    {"appendfsync", sync_name},
    {"databases", [](const Server&) { return std::string_view("16"); }},
};

bool same_name(std::string_view given, std::string_view name) {
    return !name.empty() && is_word(given, name);
}

// Parameters that are text as it is given.
struct TextRow {
    std::string_view name;
    Text Config::* field;
};
constexpr TextRow texts[] = {{"requirepass", &Config::password}, {"cluster-announce-ip", &Config::announced_address}};

constexpr std::string_view output_limits_name = "client-output-buffer-limit";

} // namespace

std::optional<std::int64_t> parse_memory(std::string_view text) {
    struct Unit {
        std::string_view name;
        std::int64_t octets;
    };
    constexpr Unit units[] = {{"kb", 1ll << 10}, {"mb", 1ll << 20},    {"gb", 1ll << 30}, {"k", 1000},
                              {"m", 1'000'000},  {"g", 1'000'000'000}, {"b", 1}};
    std::int64_t factor = 1;
    for (const Unit& unit : units)
        if (text.size() > unit.name.size() && is_word(text.substr(text.size() - unit.name.size()), unit.name)) {
            text.remove_suffix(unit.name.size());
            factor = unit.octets;
            break;
        }
    auto value = parse_integer(text);
    if (value && __builtin_mul_overflow(*value, factor, &*value))
        return std::nullopt;
    return value;
}

void for_each_parameter(const Server& server,
                        void (*visit)(void* context, std::string_view name, std::string_view value), void* context) {
    for (const NumberRow& row : numbers)
        visit(context, row.name, IntegerText(server.config.*row.field));
    for (const LimitRow& row : limit_rows) {
        visit(context, row.name, IntegerText(limits.*row.field));
        if (!row.old_name.empty())
            visit(context, row.old_name, IntegerText(limits.*row.field));
    }
    for (const FixedRow& row : fixed)
        visit(context, row.name, row.value(server));
    visit(context, "maxmemory-policy", policy_name(server.config.policy));
    for (const TextRow& row : texts)
        visit(context, row.name, server.config.*row.field);
    visit(context, output_limits_name, server.config.output_limits.text());
}

bool is_parameter(std::string_view name) {
    for (const NumberRow& row : numbers)
        if (same_name(name, row.name))
            return true;
    for (const LimitRow& row : limit_rows)
        if (same_name(name, row.name) || same_name(name, row.old_name))
            return true;
    for (const FixedRow& row : fixed)
        if (same_name(name, row.name))
            return true;
    for (const TextRow& row : texts)
        if (same_name(name, row.name))
            return true;
    return same_name(name, "maxmemory-policy") || same_name(name, output_limits_name);
}

bool set_parameter(Server& server, std::string_view name, std::string_view value, Text& problem) {
    auto refuse = [&](std::string_view why) {
        problem.assign(why);
        return false;
    };
    auto in_range = [&](std::int64_t number, std::int64_t least, std::int64_t most) {
        if (number >= least && number <= most)
            return true;
        problem.assign("argument must be between ");
        problem.append(IntegerText(least)).append(" and ").append(IntegerText(most)).append(" inclusive");
        return false;
    };
    for (const NumberRow& row : numbers) {
        if (!same_name(name, row.name))
            continue;
        if (row.is_fixed)
            return refuse("can't set immutable config");
        const auto number = row.is_memory ? parse_memory(value) : parse_integer(value);
        if (!number)
            return refuse(row.is_memory ? "argument must be a memory value"
                                        : "argument couldn't be parsed into an integer");
        if (!in_range(*number, row.least, row.most))
            return false;
        server.config.*row.field = *number;
        string_octets_max = static_cast<std::size_t>(server.config.bulk_octets);
        server.slowlog.trim(server.config.slow_entries);
        return true;
    }
    for (const LimitRow& row : limit_rows) {
        if (!same_name(name, row.name) && !same_name(name, row.old_name))
            continue;
        const auto number = parse_integer(value);
        if (!number)
            return refuse("argument couldn't be parsed into an integer");
        if (!in_range(*number, row.least, INT32_MAX))
            return false;
        limits.*row.field = *number;
        return true;
    }
    for (const TextRow& row : texts)
        if (same_name(name, row.name)) {
            (server.config.*row.field).assign(value);
            return true;
        }
    if (same_name(name, output_limits_name)) {
        const char* why = server.config.output_limits.read(value);
        return why ? refuse(why) : true;
    }
    if (same_name(name, "maxmemory-policy")) {
        for (std::size_t index = 0; index < eviction_policies; index++)
            if (is_word(value, policy_name(static_cast<EvictionPolicy>(index)))) {
                server.config.policy = static_cast<EvictionPolicy>(index);
                return true;
            }
        return refuse(
            "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, volatile-ttl, "
            "allkeys-lru, allkeys-lfu, allkeys-random, noeviction");
    }
    for (const FixedRow& row : fixed)
        if (same_name(name, row.name) && !same_octets(row.value(server), value))
            return refuse("this store has one value of it");
    return true;
}

} // namespace exo::kv
