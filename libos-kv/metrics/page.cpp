// See page.hpp. A family's lines stand together: its type, its unit if it has one, what it means, its samples.
#include "libos-kv/metrics/page.hpp"

namespace exo::kv {

namespace {

struct Label {
    std::string_view name, value;
};

// Values of labels here are names of commands, of databases and the like: nothing in them is to be escaped.
class Page {
public:
    explicit Page(Text& text) : text_(text) {}

    // `name` ends with the unit, if there is one.
    void family(std::string_view name, std::string_view type, std::string_view help, std::string_view unit = {}) {
        family_ = name;
        is_counter_ = type == "counter";
        line("# TYPE ", type);
        if (!unit.empty())
            line("# UNIT ", unit);
        line("# HELP ", help);
    }
    void sample(std::uint64_t value, std::initializer_list<Label> labels = {}) {
        begin(is_counter_ ? "_total" : "", labels);
        number(value);
        text_.append('\n');
    }
    void sample_us(std::uint64_t microseconds, std::initializer_list<Label> labels = {}) {
        begin(is_counter_ ? "_total" : "", labels);
        number(microseconds / 1'000'000);
        text_.append('.');
        for (std::uint64_t place = 100'000; place; place /= 10)
            text_.append(static_cast<char>('0' + microseconds / place % 10));
        text_.append('\n');
    }
    void info(std::string_view name, std::string_view help, std::initializer_list<Label> labels) {
        family(name, "info", help);
        begin("_info", labels);
        text_.append("1\n");
    }

    void gauge(std::string_view name, std::string_view help, std::uint64_t value, std::string_view unit = {}) {
        family(name, "gauge", help, unit);
        sample(value);
    }
    void counter(std::string_view name, std::string_view help, std::uint64_t value, std::string_view unit = {}) {
        family(name, "counter", help, unit);
        sample(value);
    }

private:
    void line(std::string_view keyword, std::string_view rest) {
        text_.append(keyword).append(family_).append(' ').append(rest).append('\n');
    }
    void begin(std::string_view suffix, std::initializer_list<Label> labels) {
        text_.append(family_).append(suffix);
        const char* separator = "{";
        for (const Label& label : labels) {
            text_.append(separator).append(label.name).append("=\"").append(label.value).append('"');
            separator = ",";
        }
        text_.append(labels.size() != 0 ? "} " : " ");
    }
    void number(std::uint64_t value) {
        char digits[integer_text_max];
        text_.append({digits, format_unsigned(value, digits)});
    }

    Text& text_;
    std::string_view family_;
    bool is_counter_ = false;
};

void instance(Page& page, Server& server, const Counts&) {
    const std::uint64_t up_us = server.surroundings().monotonic_us() - server.started_us;
    page.info("redis_instance", "The server.",
              {{"redis_version", redis_version},
               {"redis_mode", "standalone"},
               {"os", "exokernel"},
               {"role", "master"},
               {"run_id", {server.run_id, sizeof server.run_id}}});
    page.gauge("redis_up", "Whether the server answers.", 1);
    page.family("redis_uptime_in_seconds", "gauge", "Time since it was started.", "seconds");
    page.sample_us(up_us);
    page.family("redis_start_time_seconds", "gauge", "When it was started, since 1970.", "seconds");
    page.sample_us(server.surroundings().realtime_us() - up_us);
}

void clients(Page& page, Server& server, const Counts& counts) {
    page.gauge("redis_connected_clients", "Connections of clients.", server.sessions().size());
    page.gauge("redis_blocked_clients", "Connections whose command waits for a key.", counts[Count::Waiting]);
    page.gauge("redis_config_maxclients", "Connections that may be there at once.",
               static_cast<std::uint64_t>(server.config.max_clients));
    page.counter("redis_connections_received", "Connections that came.", server.statistics.connections);
    page.counter("redis_rejected_connections", "Connections refused because maxclients were there.",
                 server.statistics.rejected_connections);
}

void memory(Page& page, Server& server, const Counts& counts) {
    page.gauge("redis_memory_used_bytes", "Memory of keys, values and connections.", counts[Count::UsedBytes], "bytes");
    page.gauge("redis_memory_used_peak_bytes", "The most that there ever was of it.", counts[Count::PeakBytes],
               "bytes");
    page.gauge("redis_memory_max_bytes", "What maxmemory allows; 0: as much as there is.",
               static_cast<std::uint64_t>(server.config.max_memory), "bytes");
    page.gauge("redis_total_system_memory_bytes", "Memory of the machine.", counts[Count::MemoryBytes], "bytes");
}

void totals(Page& page, Server& server, const Counts& counts) {
    page.counter("redis_commands_processed", "Commands that ran.", counts[Count::Commands]);
    page.counter("redis_net_input_bytes", "Octets that came from clients.", server.statistics.received_octets, "bytes");
    page.counter("redis_net_output_bytes", "Octets that went to clients.", server.statistics.sent_octets, "bytes");
    page.counter("redis_keyspace_hits", "Keys that were looked up and found.", counts[Count::Hits]);
    page.counter("redis_keyspace_misses", "Keys that were looked up and not there.", counts[Count::Misses]);
    page.counter("redis_expired_keys", "Keys that went because their time was over.", counts[Count::Expired]);
    page.counter("redis_evicted_keys", "Keys that went because memory was full.", counts[Count::Evicted]);
    page.counter("redis_error_replies", "Replies that were errors.", counts[Count::Errors]);
    page.gauge("redis_pubsub_channels", "Channels that somebody listens to.",
               server.pubsub.channels(PubSub::Kind::Channel).size());
    page.gauge("redis_pubsub_patterns", "Patterns of channels that somebody listens to.",
               server.pubsub.channels(PubSub::Kind::Pattern).size());
    page.gauge("redis_slowlog_length", "Entries of the slow log.", counts[Count::SlowCommands]);
    page.family("redis_longest_turn_seconds", "gauge",
                "Longest time for which work that no request asked for held all.", "seconds");
    for (std::size_t work = 0; work < works; work++)
        page.sample_us(counts.longest_turn_us(static_cast<Work>(work)), {{"work", work_names[work]}});
    if (const auto busy_us = server.surroundings().busy_us) {
        page.family("redis_cpu_user_seconds", "counter", "Processor time spent on requests and packets.", "seconds");
        page.sample_us(busy_us());
    }
}

void databases(Page& page, Server&, const Counts& counts) {
    struct Row {
        std::string_view name, help;
        std::uint64_t Counts::Keys::* count;
    };
    constexpr Row rows[] = {
        {"redis_db_keys", "Keys of a database.", &Counts::Keys::all},
        {"redis_db_keys_expiring", "Keys of a database that have a time to live.", &Counts::Keys::expiring}};
    for (const Row& row : rows) {
        page.family(row.name, "gauge", row.help);
        for (std::size_t number = 0; number < databases_count; number++) {
            Text name("db");
            name.append(IntegerText(static_cast<std::int64_t>(number)));
            page.sample(counts.keys(number).*row.count, {{"db", name}});
        }
    }
}

void commands(Page& page, Server& server, const Counts& counts) {
    const auto each = [&](auto write) {
        for (std::size_t index = 0; index < server.commands().size(); index++)
            if (const Counts::Calls calls = counts.calls(index); calls.ran != 0 || calls.rejected != 0)
                write(calls, Label{"cmd", server.commands()[index]->full_name()});
    };
    page.family("redis_commands", "counter", "Calls of a command.");
    each([&](const Counts::Calls& calls, Label label) { page.sample(calls.ran, {label}); });
    page.family("redis_commands_duration_seconds", "counter", "Time spent in a command.", "seconds");
    each([&](const Counts::Calls& calls, Label label) { page.sample_us(calls.microseconds, {label}); });
    page.family("redis_commands_rejected_calls", "counter", "Calls of a command that were refused before it ran.");
    each([&](const Counts::Calls& calls, Label label) { page.sample(calls.rejected, {label}); });
    page.family("redis_commands_failed_calls", "counter", "Calls of a command that ended with an error.");
    each([&](const Counts::Calls& calls, Label label) { page.sample(calls.failed, {label}); });
}

} // namespace

void write_metrics(Server& server, const Counts& counts, Text& into) {
    Page page(into);
    for (const auto part : {instance, clients, memory, totals, databases, commands})
        part(page, server, counts);
    into.append("# EOF\n");
}

} // namespace exo::kv
