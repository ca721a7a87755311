// See metrics_links.hpp.
#include "libos-kv/machine/metrics_links.hpp"

#include "libos-kv/metrics/http.hpp"
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
    while (link.response.empty()) {
        net::Packet* packet = link.stream.receive();
        if (!packet)
            break;
        const auto octets = packet->octets();
        // Safe: octets as characters.
        link.came.append({reinterpret_cast<const char*>(octets.data()), octets.size()});
        net::PacketPool::release(packet);
        answer_http(server_, link.came, link.response);
        came = true;
    }
    return came;
}

bool MetricsLinks::send(Link& link) {
    if (link.sent == link.response.size())
        return false;
    const std::string_view rest = link.response.view().substr(link.sent);
    // Safe: characters as octets.
    const auto written = link.stream.write({reinterpret_cast<const std::byte*>(rest.data()), rest.size()});
    if (!written)
        return false;
    link.sent += *written;
    return true;
}

// Ended from here when all is sent; what a peer says after its request is read until it ends, too, because octets that
// nobody read would make the end a reset, which can overtake the page.
bool MetricsLinks::work(Link& link) {
    bool worked = receive(link);
    worked |= send(link);
    if (!link.response.empty() && link.sent == link.response.size() && !link.has_ended) {
        link.has_ended = true;
        (void)link.stream.shut_send();
        link.stream.shut_receive();
    }
    return worked;
}

void MetricsLinks::drop(std::size_t index) {
    destroy(links_[index]);
    links_.erase(index);
}

bool MetricsLinks::serve() {
    bool served = accept_all();
    for (std::size_t index = 0; index < links_.size();) {
        Link& link = *links_[index];
        served |= work(link);
        const std::uint32_t ready = link.stream.ready();
        const bool has_all = link.sent == link.response.size();
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
