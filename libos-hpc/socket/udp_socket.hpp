// AF_INET, SOCK_DGRAM. Datagrams to one of our own addresses are delivered here; others go to the network.
#pragma once

#include "libos-hpc/socket/datagram_socket.hpp"
#include "libos-hpc/socket/internet.hpp"
#include "libos/net/udp/socket.hpp"

namespace exo::hpc {

class UdpSocket final : public DatagramSocket, private PortUser {
public:
    UdpSocket(const SocketKind& kind, std::uint32_t flags) : DatagramSocket(kind, flags) { sharing = &options(); }
    ~UdpSocket() override;

    Done bind(const SocketAddress& address) override;
    Done connect(const SocketAddress& address) override;
    Done shutdown(std::uint32_t how) override;
    Outcome<std::size_t> send(const SendRequest& request) override;
    SocketAddress local_name() override;
    Outcome<SocketAddress> peer_name() override;
    std::uint16_t ready() override;

private:
    Done take_port(net::Endpoint wanted);
    Outcome<net::Endpoint> target_of(const SendRequest& request) const;
    Outcome<std::size_t> send_here(const SendRequest& request, net::Endpoint to);
    Outcome<net::Endpoint> prepare(const SendRequest& request);

    void fetch() override;
    Done open_outside();
    void connect_outside();
    Outcome<std::size_t> send_outside(const SendRequest& request, net::Endpoint to);
    std::optional<Outcome<std::size_t>> try_outside(const SendRequest& request, net::Endpoint to);

    net::UdpSocket* outside_ = nullptr; // once it has to do with others
    bool is_bound_ = false;             // by bind
    net::Ipv4Address bound_address_;
};

} // namespace exo::hpc
