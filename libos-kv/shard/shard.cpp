// See shard.hpp.
#include "libos-kv/shard/shard.hpp"

namespace exo::kv {

Shard::Shard(const Surroundings& surroundings, unsigned shards, std::int64_t total_memory, Rings& rings)
    : server(surroundings), rings_(rings), shards_(shards), total_memory_(total_memory) {
    share_limits();
}

Shard::~Shard() {
    for (Proxy* proxy : proxies_)
        destroy(proxy); // its session goes with the server
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
    Proxy& proxy = *proxies_[header.connection];
    if (header.kind == MessageKind::Credit) {
        proxy.has_credit = true;
        return queue(proxy);
    }
    if (proxy.is_busy || !proxy.backlog.empty() || !(header.flags & message_flag::last))
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

void Shard::keep(Proxy& proxy, const MessageHeader& header, std::string_view octets) {
    Array<Kept>& backlog = proxy.backlog;
    if (backlog.empty() || (backlog.back().header.flags & message_flag::last))
        backlog.push(header, Text(octets));
    else
        backlog.back().octets.append(octets);
    backlog.back().header.flags = header.flags;
    if (!proxy.is_busy)
        queue(proxy);
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
    proxy.is_begun = proxy.has_credit = proxy.is_known = false;
    if (header.kind == MessageKind::Config)
        configure(proxy, octets);
    else
        server.input(&session, octets);
    answer_served();
    if (!answer(proxy))
        queue(proxy);
}

// Those whom a request gave something are answered before the one who sent it, so that who hears of that finds them
// served.
void Shard::answer_served() {
    for (Proxy* proxy : work_)
        if (proxy->is_busy && !proxy->session->waiting)
            (void)answer(*proxy);
}

// What was set is for all shards together.
void Shard::configure(Proxy& proxy, std::string_view octets) {
    server.config.max_memory = total_memory_;
    server.input(proxy.session, octets);
    total_memory_ = server.config.max_memory;
    share_limits();
}

bool Shard::answer(Proxy& proxy) {
    Session& session = *proxy.session;
    MessageHeader header{MessageKind::Reply, 0, static_cast<std::uint8_t>(session.database)};
    header.connection = proxy.connection;
    header.serial = proxy.serial;
    if (session.broken || session.closing) {
        header.kind = MessageKind::Broken;
        proxy.is_busy = !rings_.replies.push(header, {});
        return !proxy.is_busy;
    }
    if (session.waiting) {
        header.kind = MessageKind::Waits;
        proxy.is_known = proxy.is_known || rings_.replies.push(header, {});
        return false;
    }
    while (proxy.is_busy) {
        const std::string_view octets = session.to_send();
        const std::string_view piece = octets.substr(0, message_octets_max);
        if (proxy.is_begun && !proxy.has_credit)
            return false;
        header.flags = piece.size() == octets.size() ? message_flag::last : 0;
        if (!rings_.replies.push(header, piece))
            return false;
        session.sent(piece.size());
        proxy.is_begun = true;
        proxy.has_credit = false;
        proxy.is_busy = (header.flags & message_flag::last) == 0;
    }
    return true;
}

void Shard::advance(Proxy& proxy) {
    if (proxy.is_busy && !answer(proxy)) {
        // Only a ring that is full has nobody who says when it can go on.
        const bool waits = proxy.session->waiting ? proxy.is_known : proxy.is_begun && !proxy.has_credit;
        if (!waits)
            queue(proxy);
        return;
    }
    while (!proxy.is_busy && !proxy.backlog.empty() && (proxy.backlog[0].header.flags & message_flag::last)) {
        const Kept kept(std::move(proxy.backlog[0]));
        proxy.backlog.erase(0);
        run(proxy, kept.header, kept.octets);
    }
}

} // namespace exo::kv
