// See metrics_links.hpp.
#include "libos-kv/machine/metrics_links.hpp"

#include "libos/time/clock.hpp"

namespace exo::kv {

namespace {

constexpr std::uint64_t time_ns = 10'000'000'000; // of a connection, whatever its peer does

} // namespace

net::NetStatus MetricsLinks::open(net::TcpStack& stack, std::uint16_t port) {
    return listener_.open(stack, {net::any_address, port}, links_max, true);
}

bool MetricsLinks::accept_all() {
    bool accepted = false;
    while (auto stream = listener_.accept()) {
        if (links_.size() == links_max)
            drop(0);
        Link* link = make<Link>(std::move(*stream), tsc() + ns_to_cycles(time_ns));
        links_.push(link);
        accepted = true;
    }
    return accepted;
}

bool MetricsLinks::receive(Link& link) {
    bool came = false;
    while (link.request == HttpRequest::Incomplete) {
        net::Packet* packet = link.stream.receive();
        if (!packet)
            break;
        const auto octets = packet->octets();
        // Safe: octets as characters.
        link.came.append({reinterpret_cast<const char*>(octets.data()), octets.size()});
        net::PacketPool::release(packet);
        link.request = read_http(link.came, link.response);
        came = true;
    }
    return came;
}

bool MetricsLinks::wants_page(const Link& link) {
    return link.request >= HttpRequest::Page && link.response.empty();
}

bool MetricsLinks::collect() {
    if (front_)
        return front_->collect(counts_);
    counts_ = Counts(server_);
    return true;
}

// Pages for those who asked before what they show was collected; who asks meanwhile is there the next time.
bool MetricsLinks::answer_all() {
    if (!is_collecting_)
        for (Link* link : links_) {
            link->is_counted_for = wants_page(*link);
            is_collecting_ |= link->is_counted_for;
        }
    if (!is_collecting_ || !collect())
        return false;
    is_collecting_ = false;
    for (Link* link : links_)
        if (link->is_counted_for && wants_page(*link))
            answer_http(link->request, server_, counts_, link->response);
    return true;
}

// Ended from here when all is sent; what a peer says after its request is read until it ends, too, because octets that
// nobody read would make the end a reset, which can overtake the page.
bool MetricsLinks::send(Link& link) {
    if (link.sent == link.response.size())
        return false;
    const std::string_view rest = link.response.view().substr(link.sent);
    // Safe: characters as octets.
    const auto written = link.stream.write({reinterpret_cast<const std::byte*>(rest.data()), rest.size()});
    if (!written)
        return false;
    link.sent += *written;
    if (link.sent == link.response.size()) {
        (void)link.stream.shut_send();
        link.stream.shut_receive();
    }
    return true;
}

void MetricsLinks::drop(std::size_t index) {
    destroy(links_[index]);
    links_.erase(index);
}

bool MetricsLinks::serve() {
    bool served = accept_all();
    for (Link* link : links_)
        served |= receive(*link);
    served |= answer_all();
    for (std::size_t index = 0; index < links_.size();) {
        Link& link = *links_[index];
        served |= send(link);
        const std::uint32_t ready = link.stream.ready();
        const bool has_all = !wants_page(link) && link.sent == link.response.size();
        if ((ready & net::tcp_ready::failed) != 0 || ((ready & net::tcp_ready::finished) != 0 && has_all) ||
            tsc() >= link.end)
            drop(index);
        else
            index++;
    }
    return served;
}

std::uint64_t MetricsLinks::deadline() const {
    return links_.empty() ? 0 : links_[0]->end;
}

} // namespace exo::kv
