// AF_UNIX, SOCK_STREAM (unix(7)), between threads of this program.
#pragma once

#include "libos-hpc/socket/local_link.hpp"
#include "libos-hpc/socket/local_names.hpp"
#include "libos-hpc/socket/stream_socket.hpp"

namespace exo::hpc {

class LocalSocket final : public StreamSocket {
public:
    LocalSocket(const SocketKind& kind, std::uint32_t flags) : StreamSocket(kind, flags) {}
    ~LocalSocket() override;
    // socketpair(2).
    static Done join(LocalSocket& left, LocalSocket& right);

    Done bind(const SocketAddress& address) override;
    Done listen(std::int32_t backlog) override;
    Done connect(const SocketAddress& address) override;
    Done shutdown(std::uint32_t how) override;
    SocketAddress local_name() override;
    std::uint16_t ready() override;

private:
    Ref<StreamSocket> make_accepted(Ref<StreamLink> link) override;
    std::optional<Outcome<std::size_t>> receive_end() override;
    std::optional<Errno> send_end(const SendRequest& request) override;
    std::optional<Outcome<int>> try_connect(const LocalName& name);

    SocketAddress name_ = local_address({});
    bool is_bound_ = false;
};

} // namespace exo::hpc
