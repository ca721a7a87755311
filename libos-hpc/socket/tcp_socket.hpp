// AF_INET, SOCK_STREAM. A connection to one of our own addresses is made here, in one step; others go to the network.
#pragma once

#include "libos-hpc/socket/internet.hpp"
#include "libos-hpc/socket/local_link.hpp"
#include "libos-hpc/socket/network_link.hpp"
#include "libos-hpc/socket/stream_socket.hpp"
#include "libos/net/tcp/listener.hpp"

namespace exo::hpc {

class TcpSocket final : public StreamSocket, private PortUser {
public:
    TcpSocket(const SocketKind& kind, std::uint32_t flags) : StreamSocket(kind, flags) { sharing = &options(); }
    ~TcpSocket() override;

    Done bind(const SocketAddress& address) override;
    Done listen(std::int32_t backlog) override;
    Done connect(const SocketAddress& address) override;
    Done shutdown(std::uint32_t how) override;
    SocketAddress local_name() override;
    std::uint16_t ready() override;
    bool has_pending() override;
    linux_abi::TcpInfo tcp_info() override;

private:
    Ref<StreamSocket> make_accepted(Ref<StreamLink> link) override;
    Ref<StreamLink> take_pending() override;
    void progress() override;
    std::optional<Outcome<std::size_t>> receive_end() override;
    std::optional<Errno> send_end(const SendRequest& request) override;

    Done begin_connect(const SocketAddress& address);
    Done choose_source(net::Ipv4Address towards);
    void reach(TcpSocket& listener);
    Done begin_outside();
    void progress_outside();
    Done listen_outside(std::int32_t backlog);
    void close_outside();
    void fail_connect(Errno error);
    void disconnect();

    NetworkLink* outside_ = nullptr;              // link_, when it leads to the network
    net::TcpListener* listens_outside_ = nullptr; // when others can reach it
    bool is_bound_ = false;                       // by bind: kept when the connection ends
    bool failed_ = false;                         // the connection could not be made, and nobody was told by connect
    bool unannounced_ = false;                    // it was made after a connect that did not wait
};

} // namespace exo::hpc
