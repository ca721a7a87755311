// CLIENT: who is connected, and ending that.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

namespace {

void describe(Text& text, const Session& session, std::int64_t now_ms) {
    auto put = [&](std::string_view name, std::string_view value) {
        if (!text.empty() && text.view().back() != '\n')
            text.append(' ');
        text.append(name).append('=').append(value);
    };
    auto number = [&](std::string_view name, std::int64_t value) { put(name, IntegerText(value)); };
    Text flags;
    if (session.is_subscriber())
        flags.append('P');
    if (session.in_transaction)
        flags.append('x');
    if (session.waiting || session.waits_elsewhere)
        flags.append('b');
    if (session.watched_changed)
        flags.append('d');
    if (session.closing)
        flags.append('c');
    if (session.no_evict)
        flags.append('e');
    if (flags.empty())
        flags.append('N');
    number("id", static_cast<std::int64_t>(session.id));
    put("addr", session.peer);
    put("laddr", session.local);
    number("fd", static_cast<std::int64_t>(session.id));
    put("name", session.name);
    number("age", (now_ms - session.opened_ms) / 1000);
    number("idle", (now_ms - session.used_ms) / 1000);
    put("flags", flags);
    number("db", session.database);
    number("sub", static_cast<std::int64_t>(session.channels.size()));
    number("psub", static_cast<std::int64_t>(session.patterns.size()));
    number("ssub", static_cast<std::int64_t>(session.shard_channels.size()));
    number("multi", session.in_transaction ? static_cast<std::int64_t>(session.queue.size()) : -1);
    number("qbuf", static_cast<std::int64_t>(session.input.size() + session.in_place_octets));
    number("qbuf-free", static_cast<std::int64_t>(session.input.room() - session.input.size()));
    number("argv-mem", 0);
    number("multi-mem", 0);
    number("rbs", static_cast<std::int64_t>(session.output.room()));
    number("rbp", 0);
    number("obl", static_cast<std::int64_t>(session.unsent()));
    number("oll", 0);
    number("omem", 0);
    number("tot-mem", static_cast<std::int64_t>(session.input.room() + session.output.room() + sizeof session));
    put("events", "r");
    put("cmd", session.last_command ? session.last_command->full_name() : "NULL");
    put("user", "default");
    number("redir", -1);
    number("resp", session.reply.version());
    put("lib-name", session.library_name);
    put("lib-ver", session.library_version);
    text.append('\n');
}

enum class Kind : std::uint8_t { Any, Normal, Subscriber, Other };

bool read_kind(Call& call, std::string_view word, Kind& kind) {
    if (is_word(word, "normal"))
        kind = Kind::Normal;
    else if (is_word(word, "pubsub"))
        kind = Kind::Subscriber;
    else if (is_word(word, "master") || is_word(word, "replica") || is_word(word, "slave"))
        kind = Kind::Other;
    else
        call.reply.error({"ERR Unknown client type '", word, "'"});
    return kind != Kind::Any;
}

bool is_kind(const Session& session, Kind kind) {
    return kind == Kind::Any || (kind != Kind::Other && (kind == Kind::Subscriber) == session.is_subscriber());
}

void end_session(Call& call, Session& session) {
    if (&session == &call.session) {
        session.closing = true;
        return;
    }
    session.broken = true;
    if (session.wake)
        session.wake(session);
}

struct Chosen {
    std::string_view peer, local;
    std::int64_t id = 0;
    Kind kind = Kind::Any;
    bool spare_self = true;
};

bool read_chosen(Call& call, Chosen& chosen) {
    for (std::size_t index = 2; index < call.count; index += 2) {
        const std::string_view word = call[index];
        if (index + 1 == call.count) {
            call.syntax_error();
            return false;
        }
        const std::string_view value = call[index + 1];
        if (is_word(word, "id")) {
            if (!call.integer_between(value, 1, INT64_MAX, chosen.id, "ERR client-id should be greater than 0"))
                return false;
        } else if (is_word(word, "type")) {
            if (!read_kind(call, value, chosen.kind))
                return false;
        } else if (is_word(word, "addr")) {
            chosen.peer = value;
        } else if (is_word(word, "laddr")) {
            chosen.local = value;
        } else if (is_word(word, "user")) {
            if (!same_octets(value, "default")) {
                call.reply.error({"ERR No such user '", value, "'"});
                return false;
            }
        } else if (is_word(word, "skipme") && (is_word(value, "yes") || is_word(value, "no"))) {
            chosen.spare_self = is_word(value, "yes");
        } else {
            call.syntax_error();
            return false;
        }
    }
    return true;
}

} // namespace

void client_kill(Call& call) {
    Chosen chosen;
    const bool old_form = call.count == 3;
    if (old_form) {
        chosen.peer = call[2];
        chosen.spare_self = false;
    } else if (!read_chosen(call, chosen)) {
        return;
    }
    std::int64_t ended = 0;
    for (Session* session : call.server.sessions()) {
        if ((!chosen.peer.empty() && !same_octets(session->peer, chosen.peer)) ||
            (!chosen.local.empty() && !same_octets(session->local, chosen.local)) ||
            (chosen.id && session->id != static_cast<std::uint64_t>(chosen.id)) || !is_kind(*session, chosen.kind) ||
            (old_form && chosen.peer.empty()) || (session == &call.session && chosen.spare_self) || session->broken)
            continue;
        end_session(call, *session);
        ended++;
    }
    if (!old_form)
        return call.reply.integer(ended);
    ended ? call.reply.ok() : call.reply.error("ERR No such client");
}

void client_info(Call& call) {
    Text text;
    describe(text, call.session, call.now_ms);
    call.reply.verbatim("txt", text);
}

void client_list(Call& call) {
    Kind kind = Kind::Any;
    Array<std::int64_t> ids;
    if (call.count == 4 && is_word(call[2], "type")) {
        if (!read_kind(call, call[3], kind))
            return;
    } else if (call.count > 3 && is_word(call[2], "id")) {
        for (std::size_t index = 3; index < call.count; index++) {
            std::int64_t id;
            if (!call.integer(call[index], id, "ERR Invalid client ID"))
                return;
            ids.push(id);
        }
    } else if (call.count != 2) {
        return call.syntax_error();
    }
    Text text;
    for (const Session* session : call.server.sessions()) {
        bool shown = ids.empty();
        for (const std::int64_t id : ids)
            shown |= static_cast<std::uint64_t>(id) == session->id;
        if (shown && is_kind(*session, kind))
            describe(text, *session, call.now_ms);
    }
    call.reply.verbatim("txt", text);
}

void client_reply(Call& call) {
    if (is_word(call[2], "on")) {
        call.session.reply_mode = ReplyMode::On;
        call.reply.ok();
    } else if (is_word(call[2], "off")) {
        call.session.reply_mode = ReplyMode::Off;
    } else if (is_word(call[2], "skip")) {
        if (call.session.reply_mode != ReplyMode::Off)
            call.session.reply_mode = ReplyMode::SkipNext;
    } else {
        call.syntax_error();
    }
}

void client_no_evict(Call& call) {
    if (!is_word(call[2], "on") && !is_word(call[2], "off"))
        return call.syntax_error();
    call.session.no_evict = is_word(call[2], "on");
    call.reply.ok();
}

} // namespace exo::kv::commands
