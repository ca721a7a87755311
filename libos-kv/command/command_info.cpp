// COMMAND: what commands there are, from their table.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/command/key_specs.hpp"
#include "libos-kv/data/pattern.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

std::string_view flag_name(unsigned bit) {
    constexpr std::string_view names[] = {
        "write",    "readonly",     "denyoom",      "admin",  "pubsub", "noscript", "blocking",      "loading",
        "stale",    "skip_monitor", "skip_slowlog", "asking", "fast",   "no_auth",  "may_replicate", "no_async_loading",
        "no_multi", "movablekeys",  "allow_busy"};
    static_assert(sizeof names / sizeof *names == flag::count);
    return names[bit];
}

namespace {

void reply_words(Call& call, std::string_view text, char separator, std::string_view prefix, bool bulk) {
    const std::size_t mark = call.reply.mark();
    std::size_t count = 0;
    for (; !text.empty(); count++) {
        Text word(prefix);
        word.append(next_word(text, separator));
        bulk ? call.reply.bulk(word) : call.reply.simple(word);
    }
    call.reply.set_at(mark, count);
}

void reply_flags(Call& call, std::uint32_t flags) {
    call.reply.set(static_cast<std::size_t>(__builtin_popcount(flags)));
    for (unsigned bit = 0; bit < flag::count; bit++)
        if (flags >> bit & 1)
            call.reply.simple(flag_name(bit));
}

void reply_part(Call& call, std::string_view name, char kind, std::initializer_list<std::string_view> fields,
                const std::int64_t* numbers, std::string_view keyword) {
    call.reply.bulk(name);
    call.reply.map(2);
    call.reply.bulk("type");
    call.reply.bulk(kind == 'i'   ? "index"
                    : kind == 'k' ? "keyword"
                    : kind == 'r' ? "range"
                    : kind == 'n' ? "keynum"
                                  : "unknown");
    call.reply.bulk("spec");
    call.reply.map(kind == 'u' ? 0 : fields.size() + !keyword.empty());
    if (kind == 'u')
        return;
    if (!keyword.empty()) {
        call.reply.bulk("keyword");
        call.reply.bulk(keyword);
    }
    for (const std::string_view field : fields) {
        call.reply.bulk(field);
        call.reply.integer(*numbers++);
    }
}

void reply_key_specs(Call& call, std::string_view text) {
    const std::size_t mark = call.reply.mark();
    std::size_t count = 0;
    for (KeySpec spec; next_key_spec(text, spec); count++) {
        call.reply.map(3);
        call.reply.bulk("flags");
        reply_words(call, spec.flags, ',', {}, false);
        if (spec.begin == 'k')
            reply_part(call, "begin_search", 'k', {"startfrom"}, &spec.start, spec.keyword);
        else
            reply_part(call, "begin_search", spec.begin, {"index"}, &spec.start, {});
        if (spec.find == 'n')
            reply_part(call, "find_keys", 'n', {"keynumidx", "firstkey", "keystep"}, spec.numbers, {});
        else
            reply_part(call, "find_keys", spec.find, {"lastkey", "keystep", "limit"}, spec.numbers, {});
    }
    call.reply.set_at(mark, count);
}

void reply_info(Call& call, const Command& command) {
    const CommandRow& row = *command.row;
    call.reply.array(10);
    call.reply.bulk(command.full_name());
    call.reply.integer(row.arity);
    reply_flags(call, row.flags);
    call.reply.integer(row.first_key);
    call.reply.integer(row.last_key);
    call.reply.integer(row.key_step);
    reply_words(call, row.categories, ' ', "@", false);
    const std::size_t mark = call.reply.mark();
    std::size_t tips = 0;
    for (std::string_view text(row.tips); !text.empty(); tips++)
        call.reply.bulk(next_word(text, '|'));
    call.reply.set_at(mark, tips);
    reply_key_specs(call, row.key_specs);
    const std::size_t children_mark = call.reply.mark();
    std::size_t children = 0;
    for (const Command* child : call.server.commands())
        if (child->parent == &command) {
            reply_info(call, *child); // one level deep
            children++;
        }
    children ? call.reply.array_at(children_mark, children) : call.reply.set_at(children_mark, 0);
}

const Command* find_full(Call& call, std::string_view name) {
    const std::size_t bar = name.find('|');
    const Command* command = call.server.find_command(name.substr(0, bar));
    return !command || bar == name.npos ? command : call.server.find_subcommand(*command, name.substr(bar + 1));
}

void reply_docs(Call& call, const Command& command) {
    std::size_t children = 0;
    for (const Command* child : call.server.commands())
        children += child->parent == &command;
    call.reply.bulk(command.full_name());
    call.reply.map(children ? 3 : 2);
    call.reply.bulk("since");
    call.reply.bulk(command.row->since);
    call.reply.bulk("group");
    call.reply.bulk(command.row->group);
    if (!children)
        return;
    call.reply.bulk("subcommands");
    call.reply.map(children);
    for (const Command* child : call.server.commands())
        if (child->parent == &command)
            reply_docs(call, *child); // one level deep
}

std::size_t count_commands(Call& call) {
    std::size_t count = 0;
    for (const Command* command : call.server.commands())
        count += command->parent == nullptr;
    return count;
}

void keys_of(Call& call, bool with_flags) {
    const Command* command = call.server.find_command(call[2]);
    if (command && command->has_children && call.count > 3)
        command = call.server.find_subcommand(*command, call[3]);
    if (!command)
        return call.reply.error("ERR Invalid command specified");
    const CommandRow& row = *command->row;
    if (!*row.key_specs)
        return call.reply.error("ERR The command has no key arguments");
    const auto given = static_cast<int>(call.count - 2);
    if (row.arity > 0 ? row.arity != given : given < -row.arity)
        return call.reply.error("ERR Invalid number of arguments specified for command");
    Array<KeyPlace> places;
    if (!find_keys(row, call.arguments + 2, call.count - 2, places))
        return call.reply.error("ERR Invalid arguments specified for command");
    call.reply.array(places.size());
    for (const KeyPlace& place : places) {
        if (with_flags)
            call.reply.array(2);
        call.reply.bulk(call[place.argument + 2]);
        if (with_flags) {
            // SET reads only with GET.
            bool reads = false;
            for (std::size_t index = 5; index < call.count; index++)
                reads |= is_word(call[index], "get");
            const bool variable = place.flags.find("variable_flags") != place.flags.npos;
            reply_words(call, variable ? (reads ? "RW,access,update" : "OW,update") : place.flags, ',', {}, false);
        }
    }
}

} // namespace

namespace commands {

void command(Call& call) {
    call.reply.array(count_commands(call));
    for (const Command* each : call.server.commands())
        if (!each->parent)
            reply_info(call, *each);
}

void command_count(Call& call) {
    call.reply.integer(static_cast<std::int64_t>(count_commands(call)));
}

void command_info(Call& call) {
    if (call.count == 2)
        return command(call);
    call.reply.array(call.count - 2);
    for (std::size_t index = 2; index < call.count; index++) {
        const Command* each = find_full(call, call[index]);
        each ? reply_info(call, *each) : call.reply.null();
    }
}

void command_docs(Call& call) {
    const std::size_t mark = call.reply.mark();
    std::size_t count = 0;
    if (call.count == 2) {
        for (const Command* each : call.server.commands())
            if (!each->parent) {
                reply_docs(call, *each);
                count++;
            }
    }
    for (std::size_t index = 2; index < call.count; index++)
        if (const Command* each = find_full(call, call[index])) {
            reply_docs(call, *each);
            count++;
        }
    call.reply.map_at(mark, count);
}

void command_getkeys(Call& call) {
    keys_of(call, false);
}

void command_getkeysandflags(Call& call) {
    keys_of(call, true);
}

void command_list(Call& call) {
    const bool filtered = call.count == 5 && is_word(call[2], "filterby");
    const bool by_category = filtered && is_word(call[3], "aclcat");
    const bool by_pattern = filtered && is_word(call[3], "pattern");
    if (call.count != 2 && !by_category && !by_pattern && !(filtered && is_word(call[3], "module")))
        return call.syntax_error();
    const std::size_t mark = call.reply.mark();
    std::size_t count = 0;
    for (const Command* each : call.server.commands()) {
        bool shown = !filtered;
        if (by_pattern)
            shown = matches_pattern(call[4], each->full_name(), LetterCase::Same);
        for (std::string_view words(each->row->categories); by_category && !words.empty();)
            shown |= is_word(call[4], next_word(words, ' '));
        if (!shown)
            continue;
        call.reply.bulk(each->full_name());
        count++;
    }
    call.reply.array_at(mark, count);
}

} // namespace commands

} // namespace exo::kv
