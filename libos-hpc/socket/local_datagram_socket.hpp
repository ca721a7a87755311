// AF_UNIX, SOCK_DGRAM, and SOCK_SEQPACKET as socketpair(2) makes it: messages between threads of this program.
#pragma once

#include "libos-hpc/socket/datagram_socket.hpp"
#include "libos-hpc/socket/local_names.hpp"

namespace exo::hpc {

class LocalDatagramSocket final : public DatagramSocket {
public:
    LocalDatagramSocket(const SocketKind& kind, std::uint32_t flags) : DatagramSocket(kind, flags) {}
    ~LocalDatagramSocket() override;
    // socketpair(2).
    static void join(LocalDatagramSocket& left, LocalDatagramSocket& right);

    Done bind(const SocketAddress& address) override;
    Done connect(const SocketAddress& address) override;
    Done shutdown(std::uint32_t how) override;
    Outcome<std::size_t> send(const SendRequest& request) override;
    SocketAddress local_name() override;
    Outcome<SocketAddress> peer_name() override;
    std::uint16_t ready() override;

private:
    bool is_sequenced() const { return kind().type == linux_abi::socket_type::sequenced; }
    Outcome<LocalDatagramSocket*> target_of(const LocalName* name);
    bool has_place() const { return has_room() && queued() < queued_max; }
    void room_made() override;

    static constexpr std::size_t queued_max = 512; // net.unix.max_dgram_qlen

    SocketAddress name_ = local_address({});
    bool is_bound_ = false, is_connected_ = false;
    LocalDatagramSocket* peer_ = nullptr; // of a pair; null when it is gone
    LocalName peer_name_;                 // otherwise, while connected
};

} // namespace exo::hpc
