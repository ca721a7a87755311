// INFO: what the server knows of itself, section by section.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

class Page {
public:
    void section(std::string_view name) {
        if (!text_.empty())
            text_.append("\r\n");
        text_.append("# ").append(name).append("\r\n");
    }
    void put(std::string_view name, std::string_view value) {
        text_.append(name).append(':').append(value).append("\r\n");
    }
    void put(std::string_view name, std::uint64_t value) {
        char digits[integer_text_max];
        put(name, std::string_view(digits, format_unsigned(value, digits)));
    }
    Text& text() { return text_; }

private:
    Text text_;
};

void server(Page& page, Call& call) {
    const std::uint64_t up_s = (call.server.surroundings().monotonic_us() - call.server.started_us) / 1'000'000;
    page.section("Server");
    page.put("redis_version", redis_version);
    page.put("redis_mode", "standalone");
    page.put("os", "exokernel");
    page.put("arch_bits", 64);
    page.put("run_id", std::string_view(call.server.run_id, sizeof call.server.run_id));
    page.put("tcp_port", static_cast<std::uint64_t>(call.server.config.port));
    page.put("server_time_usec", call.server.surroundings().realtime_us());
    page.put("serving_after_usec", call.server.serving_us); // the kernel's first instruction
    page.put("uptime_in_seconds", up_s);
    page.put("uptime_in_days", up_s / 86400);
}

void clients(Page& page, Call& call) {
    std::uint64_t waiting = 0, output = 0, input = 0;
    for (const Session* session : call.server.sessions()) {
        waiting += session->waiting != nullptr;
        output = output > session->output.size() ? output : session->output.size();
        input = input > session->input.size() ? input : session->input.size();
    }
    page.section("Clients");
    page.put("connected_clients", call.server.sessions().size());
    page.put("maxclients", static_cast<std::uint64_t>(call.server.config.max_clients));
    page.put("client_recent_max_input_buffer", input);
    page.put("client_recent_max_output_buffer", output);
    page.put("blocked_clients", waiting);
}

void memory(Page& page, Call& call) {
    page.section("Memory");
    page.put("used_memory", used_bytes());
    page.put("used_memory_peak", peak_used_bytes());
    page.put("total_system_memory", call.server.surroundings().memory_bytes);
    page.put("maxmemory", static_cast<std::uint64_t>(call.server.config.max_memory));
    page.put("maxmemory_policy", policy_name(call.server.config.policy));
    page.put("lazyfree_pending_objects", call.server.removed.pending());
    page.put("lazyfreed_objects", call.server.removed.freed_objects());
}

void persistence(Page& page, Call& call) {
    page.section("Persistence");
    page.put("loading", 0);
    const Recorder* recorder = call.server.recorder;
    page.put("aof_enabled", recorder != nullptr);
    page.put("durability", durability_name(recorder ? recorder->durability() : Durability::None));
    if (!recorder)
        return;
    const Log& log = recorder->log();
    page.put("durability_loss_ms", recorder->durability() == Durability::Batch ? batch_loss_ms : 0);
    page.put("rdb_changes_since_last_save", recorder->changes());
    page.put("rdb_bgsave_in_progress", recorder->is_scanning());
    page.put("rdb_last_save_time", static_cast<std::uint64_t>(recorder->snapshot_s()));
    page.put("rdb_last_load_keys_loaded", recorder->recovered.keys);
    page.put("aof_rewrite_in_progress", recorder->is_scanning());
    page.put("aof_last_write_status", recorder->is_failing() ? "err" : "ok");
    page.put("aof_current_size", log.position() - log.beginning());
    page.put("journal_room", log.room());
    page.put("recovered_keys", recorder->recovered.keys);
    page.put("recovered_records", recorder->recovered.records);
    page.put("recovered_octets", recorder->recovered.octets);
    page.put("recovery_ms", recorder->recovered.milliseconds);
}

void statistics(Page& page, Call& call) {
    const Statistics& counts = call.server.statistics;
    page.section("Stats");
    page.put("total_connections_received", counts.connections);
    page.put("total_commands_processed", counts.commands);
    page.put("total_net_input_bytes", counts.received_octets);
    page.put("total_net_output_bytes", counts.sent_octets);
    if (const auto lent_octets = call.server.surroundings().lent_octets)
        page.put("total_net_output_in_place_bytes", lent_octets());
    page.put("rejected_connections", counts.rejected_connections);
    page.put("expired_keys", counts.expired);
    page.put("evicted_keys", counts.evicted);
    page.put("keyspace_hits", counts.hits);
    page.put("keyspace_misses", counts.misses);
    page.put("pubsub_channels", call.server.pubsub.channels(PubSub::Kind::Channel).size());
    page.put("pubsub_patterns", call.server.pubsub.channels(PubSub::Kind::Pattern).size());
    page.put("pubsubshard_channels", call.server.pubsub.channels(PubSub::Kind::Shard).size());
    page.put("total_error_replies", counts.errors);
    page.put("longest_turn_usec", counts.turns.of_all());
    for (std::size_t work = 0; work < works; work++) {
        Text name("longest_turn_");
        page.put(name.append(work_names[work]).append("_usec"), counts.turns.of(static_cast<Work>(work)));
    }
}

void replication(Page& page, Call&) {
    page.section("Replication");
    page.put("role", "master");
    page.put("connected_slaves", 0);
}

void processor(Page& page, Call& call) {
    const auto busy_us = call.server.surroundings().busy_us;
    if (!busy_us)
        return;
    const std::uint64_t used_us = busy_us();
    Text seconds;
    seconds.append(IntegerText(static_cast<std::int64_t>(used_us / 1'000'000))).append('.');
    for (std::uint64_t place = 100'000; place; place /= 10)
        seconds.append(static_cast<char>('0' + used_us / place % 10));
    page.section("CPU");
    page.put("used_cpu_sys", "0.000000");
    page.put("used_cpu_user", seconds);
}

void command_statistics(Page& page, Call& call) {
    page.section("Commandstats");
    for (const Command* command : call.server.commands()) {
        if (command->calls == 0 && command->rejected == 0)
            continue;
        Text name("cmdstat_"), value;
        name.append(command->full_name());
        auto number = [&](std::string_view label, std::uint64_t count) {
            char digits[integer_text_max];
            value.append(value.empty() ? "" : ",").append(label).append({digits, format_unsigned(count, digits)});
        };
        number("calls=", command->calls);
        number("usec=", command->microseconds);
        number("rejected_calls=", command->rejected);
        number("failed_calls=", command->failed);
        page.put(name, value);
    }
}

void cluster(Page& page, Call&) {
    page.section("Cluster");
    page.put("cluster_enabled", 0);
}

void keyspace(Page& page, Call& call) {
    page.section("Keyspace");
    for (std::size_t number = 0; number < databases_count; number++) {
        const Database& database = call.db(number);
        if (database.size() == 0)
            continue;
        Text name("db"), value("keys=");
        name.append(IntegerText(static_cast<std::int64_t>(number)));
        value.append(IntegerText(static_cast<std::int64_t>(database.size())))
            .append(",expires=")
            .append(IntegerText(static_cast<std::int64_t>(database.expiring())))
            .append(",avg_ttl=0");
        page.put(name, value);
    }
}

struct Section {
    std::string_view name;
    void (*write)(Page& page, Call& call);
    bool by_default;
};
constexpr Section sections[] = {{"server", server, true},    {"clients", clients, true},
                                {"memory", memory, true},    {"persistence", persistence, true},
                                {"stats", statistics, true}, {"replication", replication, true},
                                {"cpu", processor, true},    {"commandstats", command_statistics, false},
                                {"cluster", cluster, true},  {"keyspace", keyspace, true}};

} // namespace

void info(Call& call) {
    Page page;
    for (const Section& section : sections) {
        bool wanted = call.count == 1 && section.by_default;
        for (std::size_t index = 1; index < call.count; index++)
            wanted |= is_word(call[index], section.name) || is_word(call[index], "all") ||
                      is_word(call[index], "everything") || (is_word(call[index], "default") && section.by_default);
        if (wanted)
            section.write(page, call);
    }
    call.reply.verbatim("txt", page.text());
}

} // namespace exo::kv::commands
