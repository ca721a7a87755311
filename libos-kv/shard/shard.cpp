// See shard.hpp.
#include "libos-kv/shard/shard.hpp"

namespace exo::kv {

namespace {

// Of replies that wait for the journal, until a connection's further requests do, too.
constexpr std::size_t held_octets_max = 64 * 1024;

} // namespace

Shard::Shard(const Surroundings& surroundings, unsigned number, unsigned shards, std::int64_t total_memory,
             Rings& rings)
    : server(surroundings), rings_(rings), empty_bytes_(used_bytes()), shards_(shards), total_memory_(total_memory) {
    server.random = Random(surroundings.seed, number + 1);
    share_limits();
}

Shard::~Shard() {
    for (Proxy* proxy : proxies_)
        destroy(proxy); // its session goes with the server
    server.recorder = nullptr;
    destroy(recorder_);
    destroy(log_);
}

Recorder& Shard::keep(LogLine& line, std::uint64_t beginning, std::uint64_t position, RingLog::Pause pause,
                      Durability durability) {
    log_ = make<RingLog>(line, beginning, position, pause);
    recorder_ = make<Recorder>(server, *log_, durability, empty_bytes_);
    recorder_->snapshots_follow = true; // so that all take part when their store is asked for one
    server.recorder = recorder_;
    return *recorder_;
}

void Shard::set_log_pause(RingLog::Pause pause) {
    if (log_)
        log_->set_pause(pause);
}

std::int64_t Shard::turn() {
    constexpr std::int64_t never_ms = 1000;
    return recorder_ ? recorder_->turn() : never_ms;
}

// What the whole store may have is shared out; what bounds connections is the front's business.
void Shard::share_limits() {
    const std::int64_t share = total_memory_ / shards_;
    server.config.max_memory = total_memory_ == 0 || share != 0 ? share : 1;
    server.config.max_clients = INT64_MAX;
    server.config.output_limits = OutputLimits();
}

void Shard::on_output(Session& session) {
    Proxy& proxy = *static_cast<Proxy*>(session.transport); // Safe: set when the session was opened.
    proxy.shard->queue(proxy);
}

void Shard::queue(Proxy& proxy) {
    if (!proxy.queued)
        work_.push(&proxy);
    proxy.queued = true;
}

bool Shard::poll() {
    constexpr unsigned messages_max = 256; // before others on this vcore have their turn
    bool moved = tell_closed();
    moved |= tell_counts();
    MessageHeader header;
    std::string_view octets;
    for (unsigned count = 0; count < messages_max && rings_.requests.front(header, octets); count++) {
        take(header, octets);
        rings_.requests.pop(header);
        moved = true;
    }
    if (work_.empty())
        return moved;
    Array<Proxy*> work(std::move(work_));
    for (Proxy* proxy : work) {
        proxy->queued = false;
        advance(*proxy);
    }
    return true;
}

void Shard::take(const MessageHeader& header, std::string_view octets) {
    if (header.kind == MessageKind::Open)
        return open(header, octets);
    if (header.kind == MessageKind::Close)
        return close(header.connection);
    if (header.kind == MessageKind::Count) {
        owes_counts_ = true;
        (void)tell_counts();
        return;
    }
    Proxy& proxy = *proxies_[header.connection];
    if (header.kind == MessageKind::Credit) {
        proxy.has_credit = true;
        return queue(proxy);
    }
    if (!may_run(proxy) || !proxy.backlog.empty() || !(header.flags & message_flag::last))
        keep(proxy, header, octets);
    else
        run(proxy, header, octets);
}

void Shard::open(const MessageHeader& header, std::string_view octets) {
    std::uint64_t id;
    copy_bytes(&id, octets.data(), sizeof id);
    while (proxies_.size() <= header.connection)
        proxies_.push(nullptr);
    Session* session = server.open(octets.substr(sizeof id), {});
    Proxy* proxy = make<Proxy>(this, session, header.connection);
    session->id = id; // as its clients know it
    session->authenticated = true;
    session->parser.set_bulk_max(bulk_octets_max); // the front has looked
    session->transport = proxy;
    session->wake = on_output;
    proxies_[header.connection] = proxy;
}

void Shard::close(std::uint32_t connection) {
    Proxy* proxy = proxies_[connection];
    proxies_[connection] = nullptr;
    for (std::size_t index = 0; index < work_.size(); index++)
        if (work_[index] == proxy) {
            work_.erase(index);
            break;
        }
    server.close(proxy->session);
    destroy(proxy);
    closed_.push(connection);
    (void)tell_closed();
}

bool Shard::tell_closed() {
    bool told = false;
    while (!closed_.empty()) {
        MessageHeader header{MessageKind::Closed};
        header.connection = closed_.back();
        if (!rings_.replies.push(header, {}))
            break;
        closed_.pop();
        told = true;
    }
    return told;
}

bool Shard::tell_counts() {
    if (!owes_counts_ || !rings_.replies.push({.kind = MessageKind::Counts}, Counts(server).octets()))
        return false;
    owes_counts_ = false;
    return true;
}

void Shard::keep(Proxy& proxy, const MessageHeader& header, std::string_view octets) {
    Array<Kept>& backlog = proxy.backlog;
    if (backlog.empty() || (backlog.back().header.flags & message_flag::last))
        backlog.push(header, Text(octets));
    else
        backlog.back().octets.append(octets);
    backlog.back().header.flags = header.flags;
    if (may_run(proxy))
        queue(proxy);
}

// One request after the other; while replies wait for the journal, and there is room for more of them, nobody has to.
bool Shard::may_run(const Proxy& proxy) {
    const Session& session = *proxy.session;
    return !proxy.is_busy && (proxy.answers.empty() || (!session.held.empty() && session.unsent() <= held_octets_max));
}

void Shard::run(Proxy& proxy, const MessageHeader& header, std::string_view octets) {
    Session& session = *proxy.session;
    switch (header.kind) {
    case MessageKind::Name:
        session.name.assign(octets);
        return;
    case MessageKind::Begin:
        session.in_transaction = true;
        return;
    case MessageKind::Forget:
        server.discard_transaction(session);
        return;
    default:
        break;
    }
    session.database = header.database;
    session.reply.set_version(header.version);
    proxy.serial = header.serial;
    proxy.is_busy = true;
    proxy.is_known = false;
    if (header.kind == MessageKind::Config)
        configure(proxy, octets);
    else
        server.input(&session, octets);
    answer_served();
    end_request(proxy);
    if (answer(proxy) == Outcome::Full)
        queue(proxy);
}

// Those whom a request gave something are answered before the one who sent it, so that who hears of that finds them
// served.
void Shard::answer_served() {
    for (Proxy* proxy : work_)
        if (proxy->is_busy && !proxy->session->waiting) {
            end_request(*proxy);
            (void)answer(*proxy);
        }
}

// What was written since the last one is its answer, unless it waits.
void Shard::end_request(Proxy& proxy) {
    const Session& session = *proxy.session;
    if (!proxy.is_busy || session.waiting)
        return;
    const std::size_t octets = session.unsent() - proxy.answered;
    proxy.answers.push(proxy.serial, static_cast<std::uint8_t>(session.database), octets);
    proxy.answered += octets;
    proxy.is_busy = false;
}

// What was set is for all shards together.
void Shard::configure(Proxy& proxy, std::string_view octets) {
    server.config.max_memory = total_memory_;
    server.input(proxy.session, octets);
    total_memory_ = server.config.max_memory;
    share_limits();
}

Shard::Outcome Shard::say(Proxy& proxy, MessageKind kind) {
    MessageHeader header{kind};
    header.connection = proxy.connection;
    header.serial = proxy.serial;
    return rings_.replies.push(header, {}) ? Outcome::Sent : Outcome::Full;
}

Shard::Outcome Shard::answer(Proxy& proxy) {
    Session& session = *proxy.session;
    if (session.broken || session.closing) {
        proxy.answers.clear();
        proxy.answered = session.unsent();
        proxy.is_busy = false;
        return say(proxy, MessageKind::Broken);
    }
    while (!proxy.answers.empty())
        if (const Outcome outcome = send_oldest(proxy); outcome != Outcome::Sent)
            return outcome;
    if (!session.waiting)
        return Outcome::Sent;
    const Outcome told = proxy.is_known ? Outcome::Sent : say(proxy, MessageKind::Waits);
    proxy.is_known = told == Outcome::Sent;
    return proxy.is_known ? Outcome::Later : told;
}

// The next piece of the oldest answer.
Shard::Outcome Shard::send_oldest(Proxy& proxy) {
    Session& session = *proxy.session;
    Answer& answer = proxy.answers[0];
    const std::size_t most = answer.octets < message_octets_max ? answer.octets : message_octets_max;
    const std::string_view octets = session.to_send();
    if (octets.size() < most || (proxy.is_begun && !proxy.has_credit))
        return Outcome::Later;
    const bool is_last = most == answer.octets;
    MessageHeader header{MessageKind::Reply, is_last ? message_flag::last : std::uint8_t{0}, answer.database};
    header.connection = proxy.connection;
    header.serial = answer.serial;
    if (!rings_.replies.push(header, octets.substr(0, most)))
        return Outcome::Full;
    session.sent(most);
    proxy.answered -= most;
    answer.octets -= most;
    proxy.is_begun = !is_last;
    proxy.has_credit = false;
    if (is_last)
        proxy.answers.erase(0);
    return Outcome::Sent;
}

void Shard::advance(Proxy& proxy) {
    end_request(proxy);
    if (answer(proxy) == Outcome::Full)
        queue(proxy);
    while (may_run(proxy) && !proxy.backlog.empty() && (proxy.backlog[0].header.flags & message_flag::last)) {
        const Kept kept(std::move(proxy.backlog[0]));
        proxy.backlog.erase(0);
        run(proxy, kept.header, kept.octets);
    }
}

} // namespace exo::kv
