// See tcp_links.hpp.
#include "libos-kv/machine/tcp_links.hpp"

#include "libos/net/ip/interface.hpp"
#include "libos/trace/trace.hpp"

namespace exo::kv {

namespace {

constexpr std::size_t backlog = 1024; // a crowd that comes at once is not made to ask again
// Octets that one whose command waits for a key may send ahead; nothing more of them is read.
constexpr std::size_t sent_ahead_max = 1u << 20;
// Octets of one connection that may be on their way: while there is plenty of packets and segments, while more than a
// quarter of them is free, and when there are fewer. Else some readers who take nothing would hold all, and nobody else
// would get a reply.
constexpr std::size_t on_their_way_plenty = 256 * 1024, on_their_way_some = 16 * 1024, on_their_way_least = 1024;

std::size_t on_their_way_max(std::size_t free, std::size_t all) {
    return free > all / 2 ? on_their_way_plenty : free > all / 4 ? on_their_way_some : on_their_way_least;
}

struct EndpointText {
    char text[net::address_text_max + 8];
    std::size_t size = 0;

    explicit EndpointText(const net::Endpoint& endpoint) {
        net::format_address(endpoint.address, std::span<char, net::address_text_max>(text, net::address_text_max));
        while (text[size])
            size++;
        text[size++] = ':';
        size += format_unsigned(endpoint.port, text + size);
    }
    std::string_view view() const { return {text, size}; }
};

// CONFIG's tcp-keepalive, as Redis has it: a peer that is silent for so many seconds is asked three times, for as long
// again, whether it is there. 0: never.
net::TcpKeepAlive keep_alive(std::int64_t seconds) {
    constexpr std::uint32_t probes = 3;
    const auto idle_s = static_cast<std::uint32_t>(seconds);
    return {.on = idle_s != 0, .idle_s = idle_s, .interval_s = idle_s / probes ? idle_s / probes : 1, .probes = probes};
}

// Whether what it sends has to wait for what it has sent.
bool holds_back(const Server&, const Session& session) {
    return session.waiting != nullptr;
}
bool holds_back(const Front&, const Session& session) {
    return Front::holds_back(session);
}

// Whether replies show values where they lie. Those of other vcores come through rings, as copies.
constexpr bool shows_values(const Server&) {
    return true;
}
constexpr bool shows_values(const Front&) {
    return false;
}
// From here on a value costs fewer instructions to be lent than to be copied (docs/decisions/0020).
constexpr std::size_t shown_octets_min = 2048;
constexpr std::size_t loans_max = 2048;

void let_go(void* holder) {
    static_cast<SharedText*>(holder)->let_go(); // Safe: `put` gives no others.
}

} // namespace

template <typename Host>
net::NetStatus TcpLinks<Host>::open(net::TcpStack& stack, std::uint16_t port) {
    stack_ = &stack;
    if (shows_values(server_) && !loans_.open(loans_max, let_go))
        return std::unexpected(net::Problem::Full);
    return listener_.open(stack, {net::any_address, port}, backlog, true);
}

template <typename Host>
void TcpLinks<Host>::on_ready(void* context) {
    Link& link = *static_cast<Link*>(context); // Safe: given with this function.
    link.links->queue(link);
}

template <typename Host>
void TcpLinks<Host>::on_output(Session& session) {
    Link& link = *static_cast<Link*>(session.transport); // Safe: set when the session was opened.
    link.links->queue(link);
}

template <typename Host>
void TcpLinks<Host>::queue(Link& link) {
    if (link.queued)
        return;
    link.queued = true;
    link.place = ready_.size();
    ready_.push(&link);
}

template <typename Host>
void TcpLinks<Host>::accept_all() {
    while (auto stream = listener_.accept()) {
        Session* session = server_.open(EndpointText(stream->remote()).view(), EndpointText(stream->local()).view());
        if (!session) {
            // Safe: characters as octets.
            (void)stream->write({reinterpret_cast<const std::byte*>(Server::refusal.data()), Server::refusal.size()});
            continue; // closed with the stream
        }
        Link* link = make<Link>(this, std::move(*stream), session);
        session->transport = link;
        session->wake = on_output;
        if (shows_values(server_))
            session->show_values(shown_octets_min);
        link->stream.set_no_delay(true);
        link->stream.set_keep_alive(keep_alive(server_.config.keep_alive_s));
        link->stream.set_observer(on_ready, link);
        trace_mark("accepted", session->id);
        queue(*link);
    }
}

// Whether more of what it sends is to be read now.
template <typename Host>
bool TcpLinks<Host>::may_receive(const Link& link) const {
    const Session& session = *link.session;
    return !session.broken && !session.closing && !server_.has_much_unsent(session) &&
           !(holds_back(server_, session) && session.input.size() >= sent_ahead_max);
}

template <typename Host>
void TcpLinks<Host>::receive(Link& link) {
    const Session& session = *link.session;
    if (session.paused)
        server_.input(link.session, {});
    while (may_receive(link)) {
        net::Packet* packet = link.stream.receive();
        if (!packet)
            break;
        const auto octets = packet->octets();
        server_.input(link.session,
                      {reinterpret_cast<const char*>(octets.data()), octets.size()}); // Safe: octets as characters.
        net::PacketPool::release(packet);
    }
}

template <typename Host>
std::size_t TcpLinks<Host>::send_room(const Link& link) const {
    std::size_t most = on_their_way_max(net::TcpStack::free_segments(), net::TcpStack::segments_max);
    for (net::Interface* interface : stack_->network().interfaces()) {
        const net::PacketPool& pool = interface->port().pool();
        const std::size_t here = on_their_way_max(pool.free_count(), pool.count());
        most = here < most ? here : most;
    }
    const std::size_t used = link.stream.unacknowledged_octets();
    return used < most ? most - used : 0;
}

// The stream says when what is on its way has arrived and when more has come, but not when packets are free again.
template <typename Host>
bool TcpLinks<Host>::is_unfinished(const Link& link) const {
    const Session& session = *link.session;
    if (!session.to_send().empty() && link.stream.unacknowledged_octets() == 0)
        return true;
    return may_receive(link) && (session.paused || link.stream.readable_octets() != 0);
}

template <typename Host>
net::NetResult<std::size_t> TcpLinks<Host>::put(Link& link, std::string_view octets) {
    SharedText* value = link.session->value_to_send();
    const bool more = !link.session->shown.empty();
    const auto part = [&](std::size_t most) {
        // Safe: characters as octets.
        return std::as_bytes(std::span(octets.data(), octets.size() < most ? octets.size() : most));
    };
    if (!value)
        return link.stream.write(part(octets.size()), more);
    const std::size_t room = link.stream.send_room();
    const auto lent = part(room < net::TcpLoans::octets_max ? room : net::TcpLoans::octets_max);
    if (lent.empty())
        return std::unexpected(net::Problem::NoRoom);
    net::Packet* loan = loans_.lend(lent, value);
    if (!loan)
        return link.stream.write(lent, more); // all are out
    value->hold();
    if (const auto sent = link.stream.send(loan, more); !sent) {
        net::PacketPool::release(loan);
        return std::unexpected(sent.error());
    }
    return lent.size();
}

template <typename Host>
bool TcpLinks<Host>::send(Link& link) {
    Session& session = *link.session;
    bool waits = false; // for what follows
    while (!session.broken) {
        const std::string_view all = session.to_send();
        const std::string_view octets = all.empty() ? all : all.substr(0, send_room(link));
        if (octets.empty())
            break;
        const bool follows = !session.shown.empty();
        const auto written = put(link, octets);
        if (!written && written.error() == net::Problem::NoRoom)
            break;
        if (!written)
            session.broken = true;
        else
            session.sent(*written);
        if (written)
            server_.statistics.sent_octets += *written;
        waits = follows;
    }
    if (waits && !session.broken)
        link.stream.flush();
    if (session.broken || link.stream.has_ended() || (session.closing && session.unsent() == 0)) {
        drop(&link);
        return false;
    }
    return true;
}

template <typename Host>
void TcpLinks<Host>::drop(Link* link) {
    trace_mark("gone", link->session->id);
    link->stream.set_observer(nullptr, nullptr);
    if (link->session->broken)
        link->stream.abort();
    else if (link->session->closing)
        while (net::Packet* packet = link->stream.receive()) // unread octets would make its end a reset
            net::PacketPool::release(packet);
    server_.close(link->session);
    if (link->queued)
        ready_[link->place] = nullptr;
    destroy(link);
}

template <typename Host>
bool TcpLinks<Host>::serve() {
    loans_.reclaim();
    accept_all();
    if (ready_.empty())
        return false;
    Array<Link*> ready(std::move(ready_));
    const TraceSpan span("requests", ready.size());
    const net::TcpBatch batch(*stack_);
    for (Link* link : ready)
        if (link)
            link->queued = false;
    for (Link* link : ready) {
        if (!link)
            continue;
        receive(*link);
        if (send(*link) && is_unfinished(*link))
            queue(*link);
    }
    return true;
}

template class TcpLinks<Server>;
template class TcpLinks<Front>;

} // namespace exo::kv
