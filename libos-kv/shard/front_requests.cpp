// Requests on their way to shards. Interface: front.hpp.
#include "libos-kv/shard/front.hpp"
#include "libos-kv/shard/merge.hpp"

namespace exo::kv {

// Whether the next reply is one that CLIENT REPLY asked not to get.
bool Front::take_silence(Session& session) {
    const bool is_silent = session.reply_mode == ReplyMode::Off || session.reply_mode == ReplyMode::Skip;
    if (session.reply_mode == ReplyMode::Skip)
        session.reply_mode = ReplyMode::On;
    return is_silent;
}

std::uint32_t Front::expect(Connection& connection, Pending&& pending) {
    count_of(pending)++;
    connection.is_blocked |= pending.blocks;
    return connection.pending.push(std::move(pending));
}

void Front::ask_one(Connection& connection, const Plan& plan, std::string_view request) {
    Pending pending;
    pending.shard = static_cast<std::uint8_t>(plan.route.shard);
    pending.is_silent = take_silence(*connection.session);
    pending.blocks = pending.may_wait = (plan.command->row->flags & flag::blocking) != 0;
    const std::uint32_t serial = expect(connection, std::move(pending));
    ask(connection, plan.route.shard, MessageKind::Request, serial, request);
}

// Each shard is asked for what is its own: a part of the keys, or of the way of SCAN.
void Front::ask_parts(Connection& connection, const Plan& plan, const Arguments& arguments) {
    Array<Text> requests;
    for (unsigned shard = 0; shard < shards(); shard++)
        requests.push();
    Pending pending;
    pending.merge = plan.route.merge;
    pending.is_silent = take_silence(*connection.session);
    pending.parts = 0;
    if (plan.route.merge == Merge::Scan) {
        const auto cursor = static_cast<std::uint64_t>(parse_integer(arguments[1]).value_or(0));
        Text& request = requests[plan.route.shard];
        write_request_header(request, arguments.size());
        write_argument(request, arguments[0]);
        write_argument(request, IntegerText(static_cast<std::int64_t>(split_cursor(cursor, shards()).cursor)));
        for (std::size_t index = 2; index < arguments.size(); index++)
            write_argument(request, arguments[index]);
        pending.shard = static_cast<std::uint8_t>(plan.route.shard);
    } else {
        const std::size_t step = Router::split_step(*plan.command);
        const Array<std::uint8_t>& owners = router_.owners();
        Array<std::size_t> counts;
        for (unsigned shard = 0; shard < shards(); shard++)
            counts.push(std::size_t{0});
        for (const std::uint8_t owner : owners) {
            counts[owner] += step;
            pending.order.push(owner);
        }
        for (unsigned shard = 0; shard < shards(); shard++)
            if (counts[shard] != 0) {
                write_request_header(requests[shard], counts[shard] + 1);
                write_argument(requests[shard], arguments[0]);
            }
        for (std::size_t key = 0; key < owners.size(); key++)
            for (std::size_t index = 0; index < step; index++)
                write_argument(requests[owners[key]], arguments[1 + key * step + index]);
    }
    for (const Text& request : requests) {
        pending.parts += !request.empty();
        pending.replies.push();
    }
    const std::uint32_t serial = expect(connection, std::move(pending));
    for (unsigned shard = 0; shard < shards(); shard++)
        if (!requests[shard].empty())
            ask(connection, shard, MessageKind::Request, serial, requests[shard]);
}

// The front's server has a part in it, too, and looks first whether it is said right.
void Front::ask_all(Connection& connection, const Plan& plan, const Arguments& arguments, std::string_view request) {
    Session& session = *connection.session;
    Text here = reply_here(session, arguments);
    if (here.view().starts_with('-'))
        return answer_here(session, here);
    Pending pending;
    pending.merge = plan.route.merge;
    if (pending.merge == Merge::Newest)
        pending.entries_max =
            arguments.size() > 2 ? parse_integer(arguments[2]).value_or(0) : Slowlog::asked_by_default;
    pending.is_silent = take_silence(session);
    pending.parts = shards();
    for (unsigned shard = 0; shard < shards(); shard++)
        pending.replies.push();
    pending.replies.push(std::move(here));
    const std::uint32_t serial = expect(connection, std::move(pending));
    const MessageKind kind = plan.command == config_set_ ? MessageKind::Config : MessageKind::Request;
    for (unsigned shard = 0; shard < shards(); shard++)
        ask(connection, shard, kind, serial, request);
}

void Front::ask(Connection& connection, unsigned shard, MessageKind kind, std::uint32_t serial,
                std::string_view octets) {
    know(connection, shard);
    MessageHeader header{kind, message_flag::last, static_cast<std::uint8_t>(connection.session->database),
                         static_cast<std::uint8_t>(connection.session->reply.version())};
    header.connection = connection.number;
    header.serial = serial;
    send(connection, shard, header, octets);
}

// Nothing is answered to it.
void Front::tell(Connection& connection, unsigned shard, MessageKind kind, std::string_view octets) {
    MessageHeader header{kind, message_flag::last};
    header.connection = connection.number;
    send(connection, shard, header, octets);
}

void Front::know(Connection& connection, unsigned shard) {
    if (connection.known >> shard & 1)
        return;
    connection.known |= std::uint64_t{1} << shard;
    const Session& session = *connection.session;
    Text octets;
    copy_bytes(octets.grow(sizeof session.id), &session.id, sizeof session.id);
    octets.append(session.peer);
    tell(connection, shard, MessageKind::Open, octets);
    if (!connection.name.empty())
        tell(connection, shard, MessageKind::Name, connection.name);
}

void Front::send(Connection& connection, unsigned shard, const MessageHeader& header, std::string_view octets) {
    unflushed_ |= std::uint64_t{1} << shard;
    if (connection.outgoing.empty() && octets.size() <= message_octets_max &&
        rings_[shard]->requests.push(header, octets))
        return;
    connection.outgoing.push(shard, header, Text(octets), std::size_t{0});
    if (!connection.is_stalled)
        stalled_.push(&connection);
    connection.is_stalled = true;
}

// As much as there is room for of what had none.
void Front::pump(Connection& connection) {
    Array<Outgoing>& outgoing = connection.outgoing;
    while (connection.outgoing_sent < outgoing.size()) {
        Outgoing& next = outgoing[connection.outgoing_sent];
        const std::string_view rest = next.octets.view().substr(next.sent);
        const std::string_view piece = rest.substr(0, message_octets_max);
        MessageHeader header = next.header;
        header.flags = piece.size() == rest.size() ? message_flag::last : 0;
        unflushed_ |= std::uint64_t{1} << next.shard;
        if (!rings_[next.shard]->requests.push(header, piece))
            return;
        next.sent += piece.size();
        if (header.flags == 0)
            continue;
        next.octets.reset();
        connection.outgoing_sent++;
    }
    outgoing.reset();
    connection.outgoing_sent = 0;
}

} // namespace exo::kv
