// See socket.hpp: opening, peers, closing. Sending: send.cpp.
#include "libos/net/udp/socket.hpp"

namespace exo::net {

namespace {

// Ports for whoever asks for any.
constexpr std::uint32_t free_port_first = 32'768, free_port_count = 28'232;
// At most udp_sockets_max of them are taken, so a random one is free with 96 in 100.
constexpr int free_port_attempts = 64;

} // namespace

NetStatus UdpSocket::open(Network& network, Endpoint local, bool share) {
    if (is_open())
        return std::unexpected(Problem::AlreadyConnected);
    if (!local.address.is_any() && !local.address.is_loopback() && !network.has_address(local.address))
        return std::unexpected(Problem::AddressNotHere);
    local_ = local;
    if (const NetStatus chosen = choose_port(network, share); !chosen)
        return chosen;
    if (!network.udp().insert(key(), local.address, *this))
        return std::unexpected(Problem::Full);
    network_ = &network;
    bound_ = local.address;
    identification_ = static_cast<std::uint16_t>(network.random().next());
    problem_ = Problem::None;
    return {};
}

NetStatus UdpSocket::choose_port(Network& network, bool share) {
    if (local_.port != 0 && !network.may_use(ip_protocol::udp, local_))
        return std::unexpected(Problem::PortNotHeld);
    if (local_.port != 0)
        return share || !network.udp().is_taken(local_) ? NetStatus() : std::unexpected(Problem::AddressInUse);
    for (int attempt = 0; attempt < free_port_attempts; attempt++) {
        local_.port = static_cast<std::uint16_t>(free_port_first + network.random().next32() % free_port_count);
        if (!network.udp().is_taken(local_) && network.may_use(ip_protocol::udp, local_))
            return {};
    }
    local_.port = 0;
    return std::unexpected(Problem::Full);
}

void UdpSocket::close() {
    if (!is_open())
        return;
    network_->udp().remove(key(), *this);
    while (Packet* const packet = receive())
        PacketPool::release(packet);
    network_ = nullptr;
    interface_ = nullptr;
    path_.generation = 0;
    local_ = remote_ = {};
    remote_key_ = 0;
}

NetStatus UdpSocket::connect(Endpoint remote) {
    if (!is_open())
        return std::unexpected(Problem::Closed);
    Interface* interface = nullptr;
    if (remote.port == 0 || remote.address.is_any()) {
        remote = {};
    } else {
        interface = network_->route(remote.address);
        if (!interface)
            return std::unexpected(Problem::NetworkUnreachable);
    }
    UdpTable& table = network_->udp();
    table.remove(key(), *this); // so that there is room for the other one
    remote_ = remote;
    remote_key_ = udp_key(0, remote);
    (void)table.insert(key(), bound_, *this);
    interface_ = interface;
    local_.address = bound_.is_any() && interface ? interface->source_for(remote.address) : bound_;
    problem_ = Problem::None;
    path_.generation = 0;
    return {};
}

Packet* UdpSocket::allocate_to(Ipv4Address remote) {
    Interface* const interface = network_ ? network_->route(remote) : nullptr;
    return interface ? with_room(interface->port().pool().allocate()) : nullptr;
}

std::size_t UdpSocket::payload_octets(const Packet& packet) {
    std::size_t octets = 0;
    for (const Packet* piece = &packet; piece; piece = piece->next)
        octets += piece->length;
    return octets;
}

void UdpSocket::tell(Problem problem) {
    problem_ = problem;
    if (observer_)
        observer_(observer_context_);
}

} // namespace exo::net
