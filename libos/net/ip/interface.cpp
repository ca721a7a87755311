// See interface.hpp: opening, addresses, polling, timers. Frames in: input.cpp; out: output.cpp; ARP: arp.cpp; ICMP:
// icmp.cpp.
#include "libos/net/ip/interface.hpp"

#include <algorithm>

namespace exo::net {

namespace {

// Packets that may lie in reassembly, of those the pool has.
constexpr std::size_t reassembly_packets_max = 256;

} // namespace

void Interface::open(Network& network, Port& port) {
    network_ = &network;
    port_ = &port;
    mtu_ = static_cast<std::uint16_t>(port.frame_octets_max() - ethernet_header_octets);
    identification_ = static_cast<std::uint16_t>(network.random().next());
    reassembly_.open(std::min(reassembly_packets_max, port.pool().free_count() / 2));
}

void Interface::set_mtu(std::uint16_t octets) {
    const auto largest = static_cast<std::uint16_t>(port_->frame_octets_max() - ethernet_header_octets);
    mtu_ = std::clamp(octets, ipv4_mtu_min, largest);
    neighbours_.invalidate(); // whoever keeps a template keeps the MTU with it
}

void Interface::set_address(const Ipv4Configuration& configuration, AddressClaim::Begin how, const ClaimTimes& times) {
    const std::uint64_t now = network_->clock().now();
    clear_address();
    wanted_ = configuration;
    claim_.begin(configuration.address, port_->address(), times, how, now, network_->clock(), network_->random());
    if (how != AddressClaim::Begin::Probe)
        adopt_address();
    network_->wake_at(claim_.deadline());
}

void Interface::clear_address() {
    claim_.end();
    configuration_ = {};
    neighbours_.forget_all();
}

void Interface::adopt_address() {
    configuration_ = wanted_;
    neighbours_.invalidate();
}

std::size_t Interface::poll() {
    std::array<Packet*, burst_max> burst;
    const std::size_t count = port_->receive(burst);
    for (std::size_t i = 0; i < count; i++)
        input(burst[i]);
    network_->end_burst();
    if (transmit_queued_)
        flush();
    return count;
}

std::uint64_t Interface::tick(std::uint64_t now) {
    const AddressState before = claim_.state();
    const AddressClaim::Send what = claim_.tick(now, network_->clock(), network_->random());
    if (before == AddressState::Probing && claim_.state() == AddressState::Ready && address().is_any())
        adopt_address();
    send_claim(what);
    std::uint64_t next = std::min(claim_.deadline(), reassembly_.tick(now));
    neighbours_.for_each([&](Neighbour& neighbour) { next = std::min(next, tick_neighbour(neighbour, now)); });
    return next;
}

Ipv4Address Interface::next_hop(Ipv4Address destination) const {
    if (is_broadcast(destination))
        return destination;
    if (configuration_.address.is_any() || destination.is_any() || destination.is_multicast())
        return any_address;
    if (configuration_.is_on_link(destination) || network_->has_address(destination))
        return destination;
    return configuration_.gateway;
}

Ipv4Address Interface::source_for(Ipv4Address destination) const {
    // To oneself: the same address at both ends.
    return configuration_.address.is_loopback() && network_->has_address(destination) ? destination
                                                                                      : configuration_.address;
}

} // namespace exo::net
