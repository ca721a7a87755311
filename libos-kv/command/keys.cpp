// Keys of any type: whether they are there, what they are called, where they go.
#include "libos-kv/command/copy_value.hpp"
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

void erase_many(Call& call) {
    std::int64_t erased = 0;
    for (std::size_t index = 1; index < call.count; index++)
        if (Entry* entry = call.peek(call[index])) {
            call.erase(entry);
            call.changed(call[index]);
            erased++;
        }
    call.reply.integer(erased);
}

bool database_number(Call& call, std::string_view text, std::size_t& database) {
    std::int64_t number;
    if (!call.integer(text, number))
        return false;
    if (number < INT32_MIN || number > INT32_MAX) {
        call.reply.error("ERR value is out of range, value must between -2147483648 and 2147483647");
        return false;
    }
    if (number < 0 || number >= databases_count) {
        call.reply.error("ERR DB index is out of range");
        return false;
    }
    database = static_cast<std::size_t>(number);
    return true;
}

// Whether a key is there, in any database.
Entry* peek_in(Call& call, std::size_t database, std::string_view key) {
    Entry* entry = call.db(database).find(key);
    return entry && call.server.expire_if_due(database, entry) ? nullptr : entry;
}

void rename_key(Call& call, bool only_if_absent) {
    const std::string_view from = call[1], to = call[2];
    if (!call.write(from))
        return call.reply.error("ERR no such key");
    if (!same_octets(from, to)) {
        if (Entry* target = call.write(to)) {
            if (only_if_absent)
                return call.reply.integer(0);
            call.erase(target);
        }
        Entry* entry = call.db().take(from);
        const std::int64_t expiry = entry->expiry();
        entry = Database::rename(entry, to);
        call.db().add(entry);
        call.db().set_expiry(entry, expiry);
        call.changed(from);
        call.changed(to);
        only_if_absent ? call.reply.integer(1) : call.reply.ok();
        return;
    }
    only_if_absent ? call.reply.integer(0) : call.reply.ok();
}

bool flush_option(Call& call) {
    if (call.count == 1 || (call.count == 2 && (is_word(call[1], "sync") || is_word(call[1], "async"))))
        return true;
    call.syntax_error();
    return false;
}

} // namespace

void del(Call& call) {
    erase_many(call);
}

void unlink(Call& call) {
    erase_many(call);
}

void exists(Call& call) {
    std::int64_t found = 0;
    for (std::size_t index = 1; index < call.count; index++)
        found += call.read(call[index]) != nullptr;
    call.reply.integer(found);
}

void touch(Call& call) {
    exists(call);
}

void type(Call& call) {
    const Entry* entry = call.peek(call[1]);
    call.reply.simple(entry ? type_name(entry->type()) : "none");
}

void randomkey(Call& call) {
    constexpr unsigned tries_max = 100;
    for (unsigned tries = 0; tries < tries_max && call.db().size(); tries++) {
        Entry* entry = call.db().keys().random_item([&] { return call.server.random(); });
        if (!call.server.expire_if_due(call.session.database, entry))
            return call.reply.bulk(entry->key());
    }
    call.reply.null();
}

void rename(Call& call) {
    rename_key(call, false);
}

void renamenx(Call& call) {
    rename_key(call, true);
}

void move(Call& call) {
    std::size_t target;
    if (!database_number(call, call[2], target))
        return;
    if (target == call.session.database)
        return call.reply.error("ERR source and destination objects are the same");
    if (!call.write(call[1]) || peek_in(call, target, call[1]))
        return call.reply.integer(0);
    call.db(target).add(call.db().take(call[1]));
    call.changed(call[1]);
    call.changed_in(target, call[1]);
    call.reply.integer(1);
}

void copy(Call& call) {
    std::size_t target = call.session.database;
    bool replace = false;
    for (std::size_t index = 3; index < call.count; index++) {
        if (is_word(call[index], "replace"))
            replace = true;
        else if (is_word(call[index], "db") && index + 1 < call.count) {
            if (!database_number(call, call[++index], target))
                return;
        } else
            return call.syntax_error();
    }
    if (target == call.session.database && same_octets(call[1], call[2]))
        return call.reply.error("ERR source and destination objects are the same");
    Entry* entry = call.read(call[1]);
    if (!entry)
        return call.reply.integer(0);
    Entry* old = peek_in(call, target, call[2]);
    if (old && !replace)
        return call.reply.integer(0);
    Entry* fresh = copy_value(*entry, call[2]);
    if (old)
        call.db(target).erase(old);
    call.db(target).add(fresh);
    call.changed_in(target, call[2]);
    call.reply.integer(1);
}

void dbsize(Call& call) {
    call.reply.integer(static_cast<std::int64_t>(call.db().size()));
}

void flushdb(Call& call) {
    if (!flush_option(call))
        return;
    call.db().clear();
    call.server.database_changed(call.session.database);
    call.reply.ok();
}

void flushall(Call& call) {
    if (!flush_option(call))
        return;
    for (std::size_t database = 0; database < databases_count; database++) {
        call.db(database).clear();
        call.server.database_changed(database);
    }
    call.reply.ok();
}

void swapdb(Call& call) {
    std::int64_t first, second;
    if (!call.integer_between(call[1], INT32_MIN, INT32_MAX, first, "ERR invalid first DB index") ||
        !call.integer_between(call[2], INT32_MIN, INT32_MAX, second, "ERR invalid second DB index"))
        return;
    if (first < 0 || first >= databases_count || second < 0 || second >= databases_count)
        return call.reply.error("ERR DB index is out of range");
    if (first != second) {
        call.db(static_cast<std::size_t>(first)).swap(call.db(static_cast<std::size_t>(second)));
        call.server.database_changed(static_cast<std::size_t>(first));
        call.server.database_changed(static_cast<std::size_t>(second));
    }
    call.reply.ok();
}

} // namespace exo::kv::commands
