// From a request to its reply: which command it is, whether it may run now, transactions. Those who wait for what it
// changes: waiting.cpp. Interface: server.hpp.
#include "libos-kv/command/table.hpp"
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

namespace {

// As much of an argument as an error shows: up to a NUL, 128 octets at most.
std::string_view shown(std::string_view argument, std::size_t most = 128) {
    argument = argument.substr(0, most);
    return argument.substr(0, argument.find('\0'));
}

Text upper(std::string_view name) {
    Text text(name);
    for (std::size_t index = 0; index < text.size(); index++)
        if (char& octet = text.data()[index]; octet >= 'a' && octet <= 'z')
            octet = static_cast<char>(octet - 32);
    return text;
}

} // namespace

const Command* Server::find_command(std::string_view name) const {
    return names_.find(name);
}

const Command* Server::find_subcommand(const Command& parent, std::string_view name) const {
    return names_.find(parent, name);
}

void Server::reject(Session& session, Command* command, std::initializer_list<std::string_view> pieces) {
    statistics.errors++;
    if (command && command->is_exec) {
        // An EXEC that is refused ends its transaction all the same.
        discard_transaction(session);
        Text why;
        for (const std::string_view piece : pieces)
            why.append(piece);
        const std::string_view shown_why = why.view().starts_with("ERR ") ? why.view().substr(4) : why.view();
        session.reply.error({"EXECABORT Transaction discarded because of: ", shown_why});
        command->rejected++;
        return;
    }
    session.reply.error(pieces);
    if (session.in_transaction)
        session.transaction_broken = true;
    if (command)
        command->rejected++;
}

// Why a command, or transaction, that writes cannot be recorded; null: it can.
const char* Server::write_refusal(std::uint32_t flags, const Session& session, const Arguments& arguments) {
    if (!(flags & flag::write))
        return nullptr;
    std::size_t octets = 0;
    for (const std::string_view argument : arguments)
        octets += argument.size();
    for (const KeptRequest& request : session.queue)
        octets += request.octets();
    return recorder->refusal(octets, (flags & flag::denyoom) != 0);
}

bool Server::may_run(Session& session, const Command& found, const Arguments& arguments) {
    Command& command = const_cast<Command&>(found); // counts alone
    const auto given = static_cast<int>(arguments.size());
    const int arity = command.row->arity;
    const std::uint32_t flags = command.row->flags;
    if (arity > 0 ? given != arity : given < -arity) {
        reject(session, &command, {"ERR wrong number of arguments for '", command.full_name(), "' command"});
        return false;
    }
    if (!session.authenticated && !(flags & flag::no_auth)) {
        reject(session, &command, {"NOAUTH Authentication required."});
        return false;
    }
    if (session.in_transaction && (flags & flag::no_multi)) {
        reject(session, &command, {"ERR Command not allowed inside a transaction"});
        return false;
    }
    std::uint32_t all_flags = flags;
    if (command.is_exec)
        for (const KeptRequest& request : session.queue)
            all_flags |= request.command().row->flags;
    const bool prolongs = session.in_transaction && !command.ends_transaction;
    if (!make_room() && (prolongs || (all_flags & flag::denyoom))) {
        reject(session, &command, {"OOM command not allowed when used memory > 'maxmemory'."});
        return false;
    }
    if (const char* why = recorder ? write_refusal(all_flags, session, arguments) : nullptr) {
        reject(session, &command, {why});
        return false;
    }
    if (session.is_subscriber() && session.reply.version() == 2 && !command.is_for_subscribers) {
        reject(session, &command,
               {"ERR Can't execute '", command.full_name(),
                "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"});
        return false;
    }
    return true;
}

void Server::reject_unknown(Session& session, const Arguments& arguments) {
    if (is_word(arguments[0], "host:") || is_word(arguments[0], "post")) {
        session.broken = true; // a browser that was talked into speaking to a store
        return;
    }
    Text given;
    for (std::size_t index = 1; index < arguments.size() && given.size() < 128; index++) {
        const std::string_view start = shown(arguments[index], 128 - given.size());
        given.append('\'').append(start).append("' ");
    }
    reject(session, nullptr, {"ERR unknown command '", shown(arguments[0]), "', with args beginning with: ", given});
}

void Server::execute(Session& session, const Arguments& arguments) {
    const Command* command = find_command(arguments[0]);
    session.used_ms = now_ms_;
    if (!command)
        return reject_unknown(session, arguments);
    if (command->has_children && arguments.size() > 1) {
        const Command* child = find_subcommand(*command, arguments[1]);
        if (!child)
            return reject(
                session, nullptr,
                {"ERR unknown subcommand '", shown(arguments[1]), "'. Try ", upper(command->full_name()), " HELP."});
        command = child;
    }
    if (!may_run(session, *command, arguments))
        return;
    session.last_command = command;
    if (session.in_transaction && !command->is_never_queued) {
        session.queue.push(*command, arguments.data(), arguments.size());
        session.reply.simple("QUEUED");
        return;
    }
    [[clang::always_inline]] run(session, *command, arguments.data(), arguments.size(), false);
    if (!ready_.empty())
        serve_ready();
}

// CLIENT REPLY: what ends the silence is heard, and what is pushed was never a reply.
void Server::execute_silently(Session& session, const Arguments& arguments) {
    const ReplyMode mode = session.reply_mode;
    Text unheard;
    session.reply.set_out(unheard);
    execute(session, arguments);
    session.reply_here();
    if (session.reply_mode == ReplyMode::On)
        session.output.append(unheard);
    else if (mode == ReplyMode::Skip && session.reply_mode == ReplyMode::Skip)
        session.reply_mode = ReplyMode::On;
}

// What it changes is one unit of the journal, with what the commands of an EXEC change.
void Server::run_row(Call& call) {
    if (!recorder)
        return call.command.row->run(call);
    recorder->begin_unit();
    call.command.row->run(call);
    recorder->ran(call);
    recorder->end_unit();
}

void Server::run(Session& session, const Command& command, const std::string_view* arguments, std::size_t count,
                 bool within_exec) {
    Command& counted = const_cast<Command&>(command); // counts alone
    const std::uint64_t start = measured_us_ ? measured_us_ : surroundings_.monotonic_us();
    const std::uint64_t errors = session.reply.errors();
    Call call{*this, session, session.reply, command, arguments, count, now_ms_, within_exec};
    // Safe to look at afterwards: nothing that a command does destroys its own session.
    run_row(call);
    measured_us_ = surroundings_.monotonic_us();
    const std::uint64_t took = measured_us_ - start;
    counted.calls++;
    counted.microseconds += took;
    statistics.commands++;
    session.commands++;
    if (session.reply.errors() != errors) {
        counted.failed++;
        statistics.errors++;
    }
    if (config.slow_microseconds >= 0 && took >= static_cast<std::uint64_t>(config.slow_microseconds) &&
        !(command.row->flags & flag::skip_slowlog))
        slowlog.add(now_ms_ / 1000, static_cast<std::int64_t>(took), arguments, count, session.peer, session.name,
                    config.slow_entries);
}

void Server::discard_transaction(Session& session) {
    session.queue.reset();
    session.in_transaction = session.transaction_broken = session.watched_changed = false;
    for (const WatchedKey& watched : session.watched)
        key_watch.remove(watched.database, watched.key, session);
    session.watched.reset();
}

} // namespace exo::kv
