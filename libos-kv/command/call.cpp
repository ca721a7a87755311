// What commands have in common. Interface: command.hpp.
#include "libos-kv/command/command.hpp"
#include "libos-kv/data/eviction.hpp"
#include "libos-kv/number/real.hpp"
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

bool is_word(std::string_view argument, std::string_view word) {
    if (argument.size() != word.size())
        return false;
    for (std::size_t index = 0; index < word.size(); index++) {
        const char octet = argument[index];
        if ((octet >= 'A' && octet <= 'Z' ? octet + 32 : octet) != word[index])
            return false;
    }
    return true;
}

Database& Call::db() const {
    return server.databases[session.database];
}
Database& Call::db(std::size_t number) const {
    return server.databases[number];
}

Entry* Call::peek(std::string_view key) {
    Entry* entry = db().find(key);
    return entry && entry->expires && server.expire_if_due(session.database, entry) ? nullptr : entry;
}

Entry* Call::write(std::string_view key) {
    Entry* entry = peek(key);
    if (entry && !is_lfu(server.config.policy)) [[likely]]
        note_access_time(*entry, server.now_s());
    else if (entry)
        count_access(*entry, server.access_clock(), server.random);
    return entry;
}

Entry* Call::read(std::string_view key) {
    Entry* entry = write(key);
    ++(entry ? server.statistics.hits : server.statistics.misses);
    return entry;
}

bool Call::read(std::string_view key, Type type, Entry*& entry) {
    entry = read(key);
    if (!entry || entry->type() == type)
        return true;
    wrong_type();
    return false;
}

bool Call::write(std::string_view key, Type type, Entry*& entry) {
    entry = write(key);
    if (!entry || entry->type() == type)
        return true;
    wrong_type();
    return false;
}

void Call::changed_in(std::size_t database, std::string_view key) {
    if (server.recorder)
        server.recorder->touched(database, key);
    server.key_changed(database, key);
}

void Call::erase(Entry* entry) {
    db().erase(entry);
}

void Call::reply_string(Entry* entry) {
    if (entry && entry->form() == Entry::Form::Inline) [[likely]]
        return reply.bulk(entry->inline_value());
    reply_further(entry);
}

void Call::reply_further(Entry* entry) {
    StringScratch scratch;
    if (entry)
        reply_part(*entry, string_of(*entry, scratch));
    else
        reply.null();
}

void Call::reply_part(Entry& entry, std::string_view octets) {
    if (entry.form() == Entry::Form::Block)
        reply.bulk(*entry.word().block, octets);
    else
        reply.bulk(octets);
}

void Call::wrong_type() {
    reply.error("WRONGTYPE Operation against a key holding the wrong kind of value");
}

void Call::syntax_error() {
    reply.error("ERR syntax error");
}

void Call::wrong_count() {
    reply.error({"ERR wrong number of arguments for '", command.full_name(), "' command"});
}

void Call::wrong_shape() {
    Text parent;
    for (const char octet : command.parent->full_name())
        parent.append(octet >= 'a' && octet <= 'z' ? static_cast<char>(octet - 32) : octet);
    const std::string_view given = arguments[1].substr(0, 128);
    reply.error({"ERR unknown subcommand or wrong number of arguments for '", given.substr(0, given.find('\0')),
                 "'. Try ", parent, " HELP."});
}

bool Call::integer(std::string_view text, std::int64_t& value, std::string_view problem) {
    const auto parsed = parse_integer(text);
    if (parsed)
        value = *parsed;
    else
        reply.error(problem);
    return parsed.has_value();
}

bool Call::integer_between(std::string_view text, std::int64_t least, std::int64_t greatest, std::int64_t& value,
                           std::string_view problem) {
    const auto parsed = parse_integer(text);
    if (parsed && *parsed >= least && *parsed <= greatest) {
        value = *parsed;
        return true;
    }
    reply.error(problem);
    return false;
}

bool Call::real(std::string_view text, double& value, std::string_view problem) {
    const auto parsed = parse_double(text);
    // What was rounded to zero or infinity, where the text says something else, is out of range.
    bool fits = parsed.has_value();
    if (fits && (*parsed == 0 || __builtin_isinf(*parsed))) {
        const auto exact = parse_long_double(text);
        fits = exact && *exact == static_cast<long double>(*parsed);
    }
    if (fits)
        value = *parsed;
    else
        reply.error(problem);
    return fits;
}

} // namespace exo::kv
