// What a session gets without having asked for it now, and how much may wait for one that does not take it. Interface:
// server.hpp.
#include "libos-kv/server/recorder.hpp"
#include "libos-kv/server/server.hpp"

namespace exo::kv {

// Much, since there are clients that send all their requests before they read a reply, and would wait for ever; little
// when memory runs low.
std::size_t Server::unsent_max() const {
    constexpr std::size_t least = unsent_max_least, greatest = 64u << 20;
    const std::size_t memory = surroundings_.memory_bytes;
    const std::size_t most = config.max_memory > 0 ? static_cast<std::size_t>(config.max_memory) : memory;
    if (most != 0 && used_bytes() > most / 16 * 15)
        return least;
    const std::size_t share = memory / 16;
    return memory == 0 || share > greatest ? greatest : share < least ? least : share;
}

void Server::push(Session& session, std::initializer_list<std::string_view> pieces) {
    if (session.closing || session.broken)
        return;
    Reply reply(session.output); // whatever CLIENT REPLY says
    reply.set_version(session.reply.version());
    reply.push(pieces.size());
    for (const std::string_view piece : pieces)
        reply.bulk(piece);
    judge(session);
    bound_output(session);
    if (session.wake)
        session.wake(session);
}

void Server::bound_output(Session& session) {
    const OutputLimit& limit =
        config.output_limits.of(session.is_subscriber() ? OutputKind::Subscriber : OutputKind::Normal);
    const auto waiting = static_cast<std::int64_t>(session.unsent());
    const bool over_soft = limit.soft != 0 && waiting >= limit.soft;
    if (!over_soft)
        session.over_limit_since_ms = 0;
    else if (session.over_limit_since_ms == 0)
        session.over_limit_since_ms = now_ms_;
    const bool too_long = over_soft && now_ms_ - session.over_limit_since_ms > limit.soft_s * 1000;
    if (too_long || (limit.hard != 0 && waiting >= limit.hard))
        session.broken = true;
}

// As time passes: too much may have waited for too long, and there may be room again.
void Server::look_at_output(Session& session) {
    if (session.broken)
        return;
    if (session.over_limit_since_ms != 0)
        bound_output(session);
    const bool may_go_on = session.paused && !has_much_unsent(session);
    if ((session.broken || may_go_on) && session.wake)
        session.wake(session);
}

// What it gets tells of what the store is like now: of all that is not durable yet.
void Server::judge(Session& session) {
    if (!session.is_durable)
        return;
    const bool held = !session.held.empty();
    session.judge(recorder->awaited());
    if (!held && !session.held.empty())
        holding_.push(&session);
}

std::size_t Server::release_durable() {
    const std::size_t before = holding_.size();
    std::size_t left = 0;
    for (std::size_t index = 0; index < before; index++) {
        Session& session = *holding_[index];
        std::size_t durable = 0;
        while (durable < session.held.size() && recorder->log().is_durable(session.held[durable].ticket))
            durable++;
        for (std::size_t released = 0; released < durable; released++)
            session.held.erase(0);
        if (durable && session.wake)
            session.wake(session);
        if (!session.held.empty())
            holding_[left++] = &session;
    }
    holding_.set_size(left);
    return before - left;
}

void Server::medium_failed() {
    for (Session* session : holding_) {
        session->cut_output(session->held[0].from);
        session->judged = session->output.size();
        session->held.clear();
        session->broken = true;
        if (session->wake)
            session->wake(*session);
    }
    holding_.clear();
}

} // namespace exo::kv
