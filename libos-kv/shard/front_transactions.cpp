// Transactions are queued here and sent as a whole, when EXEC comes, to the shard that has all their keys. What a
// connection watches is watched there. Interface: front.hpp.
#include "libos-kv/shard/front.hpp"
#include "libos-kv/shard/merge.hpp"

namespace exo::kv {

namespace {

constexpr std::string_view crossed_text = "CROSSSLOT Keys in request don't hash to the same slot";

// Where a transaction runs.
struct Place {
    bool is_some_shard = false; // else it is the front
    unsigned shard = 0;
    bool is_crossed = false; // it has keys of several
    std::string_view apart;  // a command in it that no shard can run
    std::string_view of_all; // a command in it that all shards have a part in

    void have(unsigned owner) {
        is_crossed |= is_some_shard && shard != owner;
        is_some_shard = true;
        shard = owner;
    }
};

void add_to(Place& place, Router& router, const KeptRequest& request) {
    Arguments arguments;
    const std::size_t count = request.unpack(arguments);
    const Command& command = request.command();
    const Route route = router.route(command, arguments.data(), count);
    switch (route.kind) {
    case Route::Kind::One:
        if (route.merge == Merge::None)
            place.have(route.shard);
        else
            place.of_all = command.row->name;
        break;
    case Route::Kind::Split:
    case Route::Kind::Crossed:
        place.is_crossed = true;
        break;
    case Route::Kind::All:
        place.of_all = command.row->name;
        break;
    case Route::Kind::Front: // what should have keys and has none is an error anywhere
        if (!runs_anywhere(command) && command.row->key_specs[0] == '\0')
            place.apart = command.row->name;
        break;
    }
}

// Why it cannot run; empty: it can.
Text problem_of(const Place& place) {
    const std::string_view name = !place.of_all.empty() || !place.is_some_shard ? place.of_all : place.apart;
    if (place.is_crossed)
        return Text(crossed_text);
    Text text;
    if (!name.empty())
        text.append("EXECABORT Transaction discarded because of: '")
            .append(name)
            .append("' cannot be in one when the store runs on several vcores");
    return text;
}

} // namespace

void Front::exec(Connection& connection, const Arguments& arguments) {
    Session& session = *connection.session;
    Place place;
    if (connection.is_watching)
        place.have(connection.watched_shard);
    for (const KeptRequest& request : session.queue)
        add_to(place, router_, request);
    const bool can_run = session.in_transaction && !session.transaction_broken;
    if (const Text problem = problem_of(place); can_run && !problem.empty()) {
        server.discard_transaction(session);
        forget_watched(connection);
        return refuse(session, problem);
    }
    if (!can_run || !place.is_some_shard) {
        const bool ends_watching = session.in_transaction;
        server.answer(session, arguments);
        if (ends_watching)
            forget_watched(connection);
        return;
    }
    know(connection, place.shard);
    tell(connection, place.shard, MessageKind::Begin);
    Array<KeptRequest> queue(std::move(session.queue));
    server.discard_transaction(session);
    connection.is_watching = false; // the shard's EXEC ends it
    for (const KeptRequest& request : queue) {
        Arguments words;
        const std::size_t count = request.unpack(words);
        Text octets;
        write_request_header(octets, count);
        for (const std::string_view word : words)
            write_argument(octets, word);
        Pending queued;
        queued.shard = static_cast<std::uint8_t>(place.shard);
        queued.is_silent = true; // it was said here that it is
        const std::uint32_t serial = expect(connection, std::move(queued));
        ask(connection, place.shard, MessageKind::Request, serial, octets);
    }
    Pending pending;
    pending.shard = static_cast<std::uint8_t>(place.shard);
    pending.is_silent = take_silence(session);
    pending.blocks = true; // it may select another database
    const std::uint32_t serial = expect(connection, std::move(pending));
    ask(connection, place.shard, MessageKind::Request, serial, "*1\r\n$4\r\nEXEC\r\n");
}

void Front::watch(Connection& connection, const Plan& plan, std::string_view request) {
    if (connection.is_watching && connection.watched_shard != plan.route.shard)
        return refuse(*connection.session, crossed_text);
    connection.is_watching = true;
    connection.watched_shard = static_cast<std::uint8_t>(plan.route.shard);
    ask_one(connection, plan, request);
}

void Front::forget_watched(Connection& connection) {
    if (connection.is_watching)
        tell(connection, connection.watched_shard, MessageKind::Forget);
    connection.is_watching = false;
}

} // namespace exo::kv
