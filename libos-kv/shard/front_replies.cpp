// What shards say, and what had no room when it was to be said to them. Interface: front.hpp.
#include "libos-kv/shard/front.hpp"
#include "libos-kv/shard/merge.hpp"

namespace exo::kv {

bool Front::poll() {
    bool moved = false;
    Array<Connection*> stalled(std::move(stalled_));
    for (Connection* connection : stalled) {
        connection->is_stalled = false;
        pump(*connection);
        if (!connection->outgoing.empty()) {
            connection->is_stalled = true;
            stalled_.push(connection);
        } else if (connection->session && !connection->is_touched) {
            connection->is_touched = true;
            touched_.push(connection);
        }
        moved = true;
    }
    for (unsigned shard = 0; shard < shards(); shard++) {
        MessageHeader header;
        std::string_view octets;
        while (rings_[shard]->replies.front(header, octets)) {
            take(shard, header, octets);
            rings_[shard]->replies.pop(header);
            moved = true;
        }
    }
    if (touched_.empty())
        return moved;
    Array<Connection*> touched(std::move(touched_));
    for (Connection* connection : touched) {
        connection->is_touched = false;
        Session& session = *connection->session;
        input(&session, {});
        if (session.wake)
            session.wake(session);
    }
    return true;
}

void Front::flush() {
    for (unsigned shard = 0; unflushed_ != 0; shard++, unflushed_ >>= 1)
        if ((unflushed_ & 1) && rings_[shard]->requests.must_wake())
            wake_(shard);
}

bool Front::collect(Counts& counts) {
    if (!is_counting_) {
        counts_ = Counts(server);
        counts_.clear_memory(); // the first shard tells of this vcore's
        unasked_ = ~std::uint64_t{0} >> (64 - shards());
        uncounted_ = shards();
        is_counting_ = true;
    }
    for (unsigned shard = 0; shard < shards(); shard++) {
        const std::uint64_t bit = std::uint64_t{1} << shard;
        if (!(unasked_ & bit) || !rings_[shard]->requests.push({.kind = MessageKind::Count}, {}))
            continue;
        unasked_ &= ~bit;
        unflushed_ |= bit;
    }
    if (uncounted_ != 0)
        return false;
    counts = std::move(counts_);
    is_counting_ = false;
    return true;
}

void Front::take(unsigned shard, const MessageHeader& header, std::string_view octets) {
    if (header.kind == MessageKind::Counts) {
        counts_.add(octets);
        uncounted_--;
        return;
    }
    Connection& connection = *connections_[header.connection];
    if (header.kind == MessageKind::Closed) {
        connection.known &= ~(std::uint64_t{1} << shard);
        return end_if_closed(connection);
    }
    if (!connection.session)
        return;
    connection.session->waits_elsewhere = header.kind == MessageKind::Waits;
    if (connection.session->waits_elsewhere)
        return;
    if (!connection.is_touched)
        touched_.push(&connection);
    connection.is_touched = true;
    if (header.kind == MessageKind::Broken) {
        connection.session->broken = true;
        return;
    }
    Pending* pending = connection.pending.find(header.serial);
    if (!pending)
        return; // said before the shard broke with it
    take_piece(connection, *pending, shard, octets);
    if (!(header.flags & message_flag::last)) {
        pending->owed |= std::uint64_t{1} << shard;
        return grant(connection);
    }
    if (--pending->parts != 0)
        return;
    if (pending->blocks) {
        connection.is_blocked = false;
        if (!pending->may_wait)
            connection.session->database = header.database;
    }
    settle(connection);
}

void Front::take_piece(Connection& connection, Pending& pending, unsigned shard, std::string_view octets) {
    if (pending.is_silent)
        return;
    if (!pending.replies.empty())
        pending.replies[shard].append(octets);
    else if (&pending == &connection.pending.front() && pending.reply.empty())
        pending.reply = Text(octets);
    else
        pending.reply.append(octets);
}

// Replies that are whole leave, as far as none before them is missing.
void Front::settle(Connection& connection) {
    Session& session = *connection.session;
    while (!connection.pending.empty() && connection.pending.front().parts == 0) {
        Pending& pending = connection.pending.front();
        count_of(pending)--;
        if (!pending.is_silent) {
            if (pending.replies.empty())
                session.output.append(pending.reply);
            else if (pending.merge == Merge::Scan)
                session.output.append(merge_scan(pending.replies[pending.shard], pending.shard, shards()));
            else if (pending.merge == Merge::Newest)
                session.output.append(merge_slow_entries(pending.replies, pending.entries_max));
            else
                session.output.append(merge_replies(pending.merge, pending.replies, pending.order, server.random));
        }
        connection.pending.pop();
    }
    server.bound_output(session);
    grant(connection);
}

// The next pieces of a long reply are asked for when it is the one that is to leave next, and there is room for it.
void Front::grant(Connection& connection) {
    Session& session = *connection.session;
    if (connection.pending.empty() || connection.pending.front().owed == 0)
        return;
    session.paused = has_much_unsent(session);
    if (session.paused)
        return;
    std::uint64_t owed = std::exchange(connection.pending.front().owed, 0);
    for (unsigned shard = 0; owed != 0; shard++, owed >>= 1)
        if (owed & 1)
            tell(connection, shard, MessageKind::Credit);
}

} // namespace exo::kv
