// See network.hpp.
#include "libos/net/network.hpp"

#include "libos/net/ip/interface.hpp"
#include "libos/net/udp/socket.hpp"

namespace exo::net {

namespace {

// While frames keep coming the clock is read at one poll in so many.
constexpr std::uint32_t polls_per_clock = 16;

} // namespace

void Network::open(const Clock& clock, const Seed& seed) {
    clock_ = clock;
    random_.open(seed);
    next_tick_ = 0;
}

NetStatus Network::add(Interface& interface) {
    if (interface_count_ == interfaces_max)
        return std::unexpected(Problem::Full);
    interfaces_[interface_count_++] = &interface;
    next_tick_ = 0;
    return {};
}

NetStatus Network::add_ticker(const Ticker& ticker) {
    if (ticker_count_ == tickers_max)
        return std::unexpected(Problem::Full);
    tickers_[ticker_count_++] = ticker;
    next_tick_ = 0;
    return {};
}

std::size_t Network::poll() {
    std::size_t count = 0;
    for (std::size_t i = 0; i < interface_count_; i++)
        count += interfaces_[i]->poll();
    if (count == 0 || ++polls_ % polls_per_clock == 0) {
        const std::uint64_t now = clock_.now();
        if (now >= next_tick_)
            run_timers(now);
    }
    return count;
}

void Network::run_timers(std::uint64_t now) {
    next_tick_ = never;
    for (Interface* interface : interfaces())
        wake_at(interface->tick(now));
    for (const Ticker& ticker : std::span(tickers_).first(ticker_count_))
        wake_at(ticker.tick(ticker.context, now));
    if (tcp_.tick)
        wake_at(tcp_.tick(tcp_.context, now));
    for (Interface* interface : interfaces())
        interface->flush();
}

bool Network::may_use(std::uint8_t protocol, Endpoint local) const {
    for (Interface* interface : interfaces())
        if ((local.address.is_any() || interface->address() == local.address) &&
            interface->port().carries(protocol, local.port))
            return true;
    return interfaces().empty() || local.address.is_loopback();
}

bool Network::has_address(Ipv4Address address) const {
    for (const Interface* interface : interfaces())
        if (!address.is_any() && interface->address() == address)
            return true;
    return false;
}

Interface* Network::route(Ipv4Address destination) const {
    if (interface_count_ == 1 && interfaces_[0]->configuration().is_on_link(destination) &&
        !interfaces_[0]->address().is_any())
        return interfaces_[0];
    Interface* best = nullptr;
    int best_prefix = -1;
    const bool own = has_address(destination);
    for (Interface* interface : interfaces()) {
        const Ipv4Configuration& configuration = interface->configuration();
        int prefix = -1;
        if (own && configuration.address.is_loopback())
            return interface;
        if (configuration.address == destination) // better from another interface of the same network
            prefix = 0;
        else if (configuration.is_on_link(destination) && !configuration.address.is_any())
            prefix = configuration.prefix + 1;
        else if (interface->is_broadcast(destination) || !configuration.gateway.is_any())
            prefix = 0;
        if (prefix > best_prefix) {
            best = interface;
            best_prefix = prefix;
        }
    }
    return best;
}

void Network::tell_unreachable(std::uint8_t protocol, const Conversation& about, Problem problem) {
    if (protocol == ip_protocol::tcp) {
        if (tcp_.unreachable)
            tcp_.unreachable(tcp_.context, about, problem);
    } else if (protocol == ip_protocol::udp) {
        // Only a socket with this peer: nobody else asked.
        UdpSocket* const socket = udp_.find(about.local, about.remote);
        if (socket && socket->remote() == about.remote)
            socket->tell(problem);
    } else if (protocol == ip_protocol::icmp) {
        icmp_.tell_unreachable(about, problem);
    }
}

} // namespace exo::net
