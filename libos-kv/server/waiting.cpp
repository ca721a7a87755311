// Commands that wait for a key: who does, who is served when it has something, who goes without once the time is over.
// Those who are done waiting go on with what they sent meanwhile, when no other session's input is under way any more.
// Interface: server.hpp.
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

namespace {

// Whether it is something that commands wait for.
bool may_serve(const Entry* entry) {
    return entry && (entry->type() == Type::List || entry->type() == Type::SortedSet);
}

} // namespace

void Server::key_changed(std::size_t database, std::string_view key) {
    if (const Array<Session*>* watchers = key_watch.empty() ? nullptr : key_watch.watchers(database, key))
        for (Session* session : *watchers)
            session->watched_changed = true;
    if (!key_waits.empty())
        note_ready(database, key);
}

void Server::database_changed(std::size_t database) {
    if (recorder)
        recorder->touched_databases();
    key_watch.for_each(database, [&](std::string_view, const Array<Session*>& watchers) {
        for (Session* session : watchers)
            session->watched_changed = true;
    });
    key_waits.for_each(database, [&](std::string_view key, const Array<Session*>&) { note_ready(database, key); });
}

// Keys are served in the order in which they got something.
void Server::note_ready(std::size_t database, std::string_view key) {
    if (!key_waits.watchers(database, key) || !may_serve(databases[database].find(key)))
        return;
    if (!ready_.empty() && ready_.back().database == database && same_octets(ready_.back().key, key))
        return;
    ready_.push(static_cast<unsigned>(database), Text(key));
}

void Server::wait(Call& call, const std::string_view* keys, std::size_t count, std::int64_t deadline_ms,
                  bool null_is_array) {
    Session& session = call.session;
    if (call.is_retry)
        return; // it waits already
    const bool is_silent = session.reply_mode == ReplyMode::Off || session.reply_mode == ReplyMode::Skip;
    session.waiting = make<Waiting>(KeptRequest(call.command, call.arguments, call.count), session.database,
                                    Array<Text>(), deadline_ms, null_is_array, is_silent);
    for (std::size_t index = 0; index < count; index++) {
        bool known = false;
        for (const Text& key : session.waiting->keys)
            known |= same_octets(key, keys[index]);
        if (known)
            continue;
        session.waiting->keys.push(Text(keys[index]));
        key_waits.add(session.database, keys[index], session);
    }
}

void Server::end_wait(Session& session) {
    if (!session.waiting)
        return;
    for (const Text& key : session.waiting->keys)
        key_waits.remove(session.waiting->database, key, session);
    destroy(session.waiting);
    session.waiting = nullptr;
}

void Server::give_up_wait(Session& session, std::string_view error) {
    const std::size_t before = session.output.size();
    if (!error.empty()) {
        session.reply.error(error);
        statistics.errors++;
    } else {
        session.waiting->null_is_array ? session.reply.null_array() : session.reply.null();
    }
    answered(session, before);
}

bool Server::is_overdue(const Session& session) const {
    const Waiting* waiting = session.waiting;
    return waiting && waiting->deadline_ms != 0 && waiting->deadline_ms <= now_ms_;
}

// A session that waited has its reply, which begins at `before` in its output.
void Server::answered(Session& session, std::size_t before) {
    if (session.waiting->is_silent)
        session.cut_output(before);
    end_wait(session);
    if (!session.marked)
        resumed_.push(&session);
    session.marked = true;
}

// Runs the command that waits once more. False: there was nothing for it.
bool Server::serve_session(Session& session, std::string_view key) {
    Arguments arguments;
    const KeptRequest& request = session.waiting->request;
    const std::size_t count = request.unpack(arguments);
    const std::size_t before = session.output.size();
    const std::uint64_t errors = session.reply.errors();
    Call call{*this, session, session.reply, request.command(), arguments.data(), count, now_ms_};
    call.is_retry = true;
    call.ready_key = key;
    run_row(call);
    if (session.output.size() == before)
        return false;
    if (session.reply.errors() != errors) {
        const_cast<Command&>(request.command()).failed++; // counts alone
        statistics.errors++;
    }
    answered(session, before);
    return true;
}

// Those who wait for a key are served in the order in which they came, as long as there is something.
void Server::serve_key(std::size_t database, std::string_view key) {
    std::size_t index = 0;
    while (may_serve(databases[database].find(key))) {
        const Array<Session*>* waiting = key_waits.watchers(database, key);
        if (!waiting || index >= waiting->size())
            return;
        Session& session = *(*waiting)[index];
        if (session.broken || !serve_session(session, key))
            index++; // it waits on; one that was served has left the row
    }
}

void Server::serve_ready() {
    while (!ready_.empty()) {
        // What is served may make further keys ready.
        Array<WatchedKey> ready(std::move(ready_));
        for (const WatchedKey& key : ready)
            serve_key(key.database, key.key);
    }
}

void Server::resume() {
    // What one of them does may serve others, who then come behind it: nothing is nested, however long the chain.
    for (std::size_t index = 0; index < resumed_.size(); index++) {
        Session& session = *resumed_[index];
        session.marked = false;
        bound_output(session); // it may have got much
        process(session);
        if (session.wake)
            session.wake(session);
    }
    resumed_.clear();
}

} // namespace exo::kv
