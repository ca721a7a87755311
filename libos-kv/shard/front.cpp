// Connections come, speak and go; where each request runs. Interface: front.hpp.
#include "libos-kv/shard/front.hpp"

namespace exo::kv {

namespace {

constexpr std::size_t pending_max = 128; // requests of one connection that shards have

constexpr std::string_view crossed_text = "CROSSSLOT Keys in request don't hash to the same slot";

} // namespace

Front::Front(const Surroundings& surroundings, Array<Rings*>&& rings, void (*wake)(unsigned shard))
    : server(surroundings), router_(static_cast<unsigned>(rings.size())), rings_(std::move(rings)), wake_(wake),
      watch_(server.find_command("watch")), config_set_(server.find_subcommand(*server.find_command("config"), "set")) {
    server.config.max_memory *= router_.shards();
}

Front::~Front() {
    while (!server.sessions().empty())
        server.close(server.sessions().back());
    for (Connection* connection : connections_)
        destroy(connection);
}

Session* Front::open(std::string_view peer, std::string_view local) {
    Session* session = server.open(peer, local);
    if (!session)
        return nullptr;
    if (free_.empty()) {
        free_.push(static_cast<std::uint32_t>(connections_.size()));
        connections_.push(nullptr);
    }
    Connection* connection = make<Connection>(session, free_.back());
    free_.pop();
    connections_[connection->number] = connection;
    session->route = connection;
    return session;
}

// Its number is free when every shard that knew it has said so.
void Front::close(Session* session) {
    Connection& connection = of(*session);
    server.close(session);
    connection.session = nullptr;
    for (; !connection.pending.empty(); connection.pending.pop())
        count_of(connection.pending.front())--;
    for (unsigned shard = 0; shard < shards(); shard++)
        if (connection.known >> shard & 1)
            tell(connection, shard, MessageKind::Close);
    end_if_closed(connection);
}

void Front::end_if_closed(Connection& connection) {
    if (connection.session || connection.known != 0)
        return;
    connections_[connection.number] = nullptr;
    free_.push(connection.number);
    destroy(&connection);
}

void Front::input(Session* session, std::string_view octets) {
    Connection& connection = of(*session);
    if (!server.receive(*session, octets))
        return;
    if (session->paused && !has_much_unsent(*session)) {
        session->paused = false;
        grant(connection);
    }
    process(connection);
}

bool Front::may_go_on(const Connection& connection) const {
    const Session& session = *connection.session;
    return !session.closing && !session.broken && !connection.is_blocked && connection.outgoing.empty() &&
           connection.pending.size() < pending_max && !(connection.drains && !connection.pending.empty());
}

void Front::process(Connection& connection) {
    Session& session = *connection.session;
    RequestParser& parser = session.parser;
    while (may_go_on(connection)) {
        connection.drains = false;
        session.paused = has_much_unsent(session);
        if (session.paused)
            break;
        const std::string_view input = session.input.view().substr(session.input_taken);
        const auto outcome = parser.parse(input, session.authenticated);
        if (outcome == RequestParser::Outcome::Incomplete)
            break;
        const bool is_broken = outcome == RequestParser::Outcome::Broken;
        const Arguments& arguments = parser.arguments();
        Plan todo;
        if (!is_broken && !arguments.empty())
            todo = plan(session, arguments);
        if ((is_broken || must_drain(todo)) && !connection.pending.empty()) {
            connection.drains = true; // it is parsed again then
            (void)parser.next();
            break;
        }
        if (is_broken) {
            session.reply.error({"ERR Protocol error: ", parser.problem()});
            session.closing = true;
            break;
        }
        if (!arguments.empty())
            dispatch(connection, todo, arguments, input.substr(0, parser.octets()));
        server.bound_output(session);
        session.input_taken += parser.next();
    }
    Server::trim_input(session);
}

// Who may not run it, or says it wrong, is told so by the front's server.
Front::Plan Front::plan(const Session& session, const Arguments& arguments) {
    Plan plan;
    const Command* command = server.find_command(arguments[0]);
    if (command && command->has_children && arguments.size() > 1)
        command = server.find_subcommand(*command, arguments[1]);
    if (!command || !session.authenticated)
        return plan;
    const auto given = static_cast<int>(arguments.size());
    const int arity = command->row->arity;
    const bool is_subscriber = session.is_subscriber() && session.reply.version() == 2;
    if (is_subscriber || (arity > 0 ? given != arity : given < -arity))
        return plan;
    plan.command = command;
    if (!session.in_transaction)
        plan.route = router_.route(*command, arguments.data(), arguments.size());
    return plan;
}

// What is done or said here at once has to come behind the replies to all before it.
bool Front::must_drain(const Plan& plan) const {
    switch (plan.route.kind) {
    case Route::Kind::One:
        return plan.command == watch_;
    case Route::Kind::Split:
        return false;
    default:
        return true;
    }
}

void Front::dispatch(Connection& connection, const Plan& plan, const Arguments& arguments, std::string_view request) {
    Session& session = *connection.session;
    if (plan.route.kind != Route::Kind::Front)
        session.last_command = plan.command;
    switch (plan.route.kind) {
    case Route::Kind::Front:
        plan.command&& plan.command->is_exec ? exec(connection, arguments) : run_here(connection, arguments);
        break;
    case Route::Kind::One:
        plan.command == watch_            ? watch(connection, plan, request)
        : plan.route.merge == Merge::Scan ? ask_parts(connection, plan, arguments)
                                          : ask_one(connection, plan, request);
        break;
    case Route::Kind::Split:
        ask_parts(connection, plan, arguments);
        break;
    case Route::Kind::All:
        ask_all(connection, plan, arguments, request);
        break;
    case Route::Kind::Crossed:
        refuse(session, crossed_text);
        break;
    }
}

void Front::run_here(Connection& connection, const Arguments& arguments) {
    Session& session = *connection.session;
    const bool was_in_transaction = session.in_transaction;
    const Command* command = server.find_command(arguments[0]);
    server.answer(session, arguments);
    const bool ends_watching =
        command && (command->name == "unwatch" || command->name == "reset" || command->name == "discard");
    if (ends_watching && !session.in_transaction && (was_in_transaction || command->name != "discard"))
        forget_watched(connection);
    if (same_octets(session.name, connection.name))
        return;
    connection.name.assign(session.name);
    for (unsigned shard = 0; shard < shards(); shard++)
        if (connection.known >> shard & 1)
            tell(connection, shard, MessageKind::Name, connection.name);
}

// What the front's server says, whatever CLIENT REPLY asked for.
Text Front::reply_here(Session& session, const Arguments& arguments) {
    const ReplyMode mode = session.reply_mode;
    Text reply;
    session.reply_mode = ReplyMode::On;
    session.reply.set_out(reply);
    server.answer(session, arguments);
    session.reply_here();
    session.reply_mode = mode;
    return reply;
}

void Front::answer_here(Session& session, std::string_view reply) {
    if (!take_silence(session))
        session.output.append(reply);
}

void Front::refuse(Session& session, std::string_view why) {
    statistics.errors++;
    Text text;
    Reply(text).error(why);
    answer_here(session, text);
}

} // namespace exo::kv
