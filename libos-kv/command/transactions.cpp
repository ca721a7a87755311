// MULTI, EXEC, DISCARD, WATCH.
#include "libos-kv/command/handlers.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv::commands {

void multi(Call& call) {
    if (call.session.in_transaction)
        return call.reply.error("ERR MULTI calls can not be nested");
    call.session.in_transaction = true;
    call.reply.ok();
}

void discard(Call& call) {
    if (!call.session.in_transaction)
        return call.reply.error("ERR DISCARD without MULTI");
    call.server.discard_transaction(call.session);
    call.reply.ok();
}

void watch(Call& call) {
    Session& session = call.session;
    if (session.in_transaction)
        return call.reply.error("ERR WATCH inside MULTI is not allowed");
    for (std::size_t index = 1; index < call.count && !session.watched_changed; index++) {
        bool known = false;
        for (const WatchedKey& watched : session.watched)
            known |= watched.database == session.database && same_octets(watched.key, call[index]);
        if (known)
            continue;
        (void)call.peek(call[index]); // one that has expired is gone now, and not a change later
        session.watched.push(session.database, Text(call[index]));
        call.server.key_watch.add(session.database, call[index], session);
    }
    call.reply.ok();
}

void unwatch(Call& call) {
    Session& session = call.session;
    for (const WatchedKey& watched : session.watched)
        call.server.key_watch.remove(watched.database, watched.key, session);
    session.watched.reset();
    session.watched_changed = false;
    call.reply.ok();
}

void exec(Call& call) {
    Session& session = call.session;
    if (!session.in_transaction)
        return call.reply.error("ERR EXEC without MULTI");
    // A watched key that has expired has changed.
    for (const WatchedKey& watched : session.watched)
        if (Entry* entry = call.db(watched.database).find(watched.key))
            (void)call.server.expire_if_due(watched.database, entry);
    if (session.transaction_broken) {
        call.server.discard_transaction(session);
        return call.reply.error("EXECABORT Transaction discarded because of previous errors.");
    }
    if (session.watched_changed) {
        call.server.discard_transaction(session);
        return call.reply.null_array();
    }
    Array<KeptRequest> queue(std::move(session.queue));
    call.server.discard_transaction(session);
    call.reply.array(queue.size());
    for (const KeptRequest& request : queue) {
        Arguments arguments;
        const std::size_t count = request.unpack(arguments);
        call.server.run(session, request.command(), arguments.data(), count, true);
    }
}

} // namespace exo::kv::commands
