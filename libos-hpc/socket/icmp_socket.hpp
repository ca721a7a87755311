// AF_INET, IPPROTO_ICMP: SOCK_RAW (raw(7)), which hears every message with its IP header and says what it likes, and
// SOCK_DGRAM (icmp(7)), which asks for echoes and hears their replies. What goes to one of our own addresses stays
// here.
#pragma once

#include "libos-hpc/socket/datagram_socket.hpp"
#include "libos-hpc/socket/internet.hpp"
#include "libos/net/wire/ipv4.hpp"

namespace exo::hpc {

class IcmpSocket final : public DatagramSocket {
public:
    IcmpSocket(const SocketKind& kind, std::uint32_t flags);
    ~IcmpSocket() override;

    Done bind(const SocketAddress& address) override;
    Done connect(const SocketAddress& address) override;
    Done shutdown(std::uint32_t how) override;
    Outcome<std::size_t> send(const SendRequest& request) override;
    SocketAddress local_name() override;
    Outcome<SocketAddress> peer_name() override;
    std::uint16_t ready() override;

private:
    bool is_raw() const { return kind().type == linux_abi::socket_type::raw; }
    bool is_taken(std::uint16_t identifier) const;
    Done take_identifier(std::uint16_t wanted);
    Outcome<net::Ipv4Address> target_of(const SendRequest& request) const;
    Done check_message(const SendRequest& request);
    Outcome<Ref<Datagram>> prepare(const SendRequest& request, net::Ipv4Address to);
    // Its own addresses are here: it is heard, and answered.
    void send_here(const Datagram& message, net::Ipv4Address to);
    std::optional<Outcome<std::size_t>> try_outside(const Datagram& message, net::Ipv4Address to);

    void fetch() override;
    // Gives every socket what it wants of a message. With the lock held.
    static void hear(const net::Ipv4Header& header, std::span<const std::byte> message);
    static void refused(std::uint16_t identifier, net::Ipv4Address remote, Errno error);
    bool wants(const net::Ipv4Header& header, std::span<const std::byte> message) const;
    void take(const net::Ipv4Header& header, std::span<const std::byte> message);
    // Hears what comes from others, from now on. Without a network nothing does.
    static void listen_outside();

    net::Ipv4Address bound_;       // any: every address of ours
    net::Endpoint remote_;         // any: no peer; its port is only told
    std::uint16_t identifier_ = 0; // of SOCK_DGRAM, once it has one
    bool is_bound_ = false, has_sent_ = false;
    IcmpSocket* next_ = nullptr; // of all that there are
};

} // namespace exo::hpc
