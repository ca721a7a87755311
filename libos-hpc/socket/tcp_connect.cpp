// Connecting, as connect(2) has it: at once or by and by, told once. Interface: tcp_socket.hpp.
#include "libos-hpc/socket/tcp_socket.hpp"

namespace exo::hpc {

void TcpSocket::disconnect() {
    close_outside();
    drop_pending();
    drop_link(options().linger.on && options().linger.seconds == 0);
    state_ = State::Fresh;
    listens = failed_ = unannounced_ = false;
    remote = {};
    if (!is_bound_)
        tcp_ports().release(*this);
}

void TcpSocket::fail_connect(Errno error) {
    disconnect();
    error_.set(error);
    failed_ = true;
    tell_in();
}

// Binds to a port, and to the address that packets to that destination come from.
Done TcpSocket::choose_source(net::Ipv4Address towards) {
    net::Ipv4Address source = local.address;
    if (source.is_any()) {
        auto found = source_towards(towards);
        if (!found)
            return fail(found.error());
        source = *found;
    }
    if (local.port == 0)
        return tcp_ports().claim(*this, {source, 0});
    local.address = source;
    return {};
}

// With this side's link and the listener's made, the connection exists: nothing is left to be said between them.
void TcpSocket::reach(TcpSocket& listener) {
    const std::size_t room = static_cast<std::size_t>(tcp_receive_bytes_default) * 2;
    auto ours = make<LocalLink>(LinkManner::Tcp, room);
    auto theirs = make<LocalLink>(LinkManner::Tcp, room);
    if (!ours || !theirs)
        return fail_connect(Errno::NOBUFS);
    LocalLink::join(ours, theirs);
    ours->local = theirs->peer = internet_address(local);
    ours->peer = theirs->local = internet_address(remote);
    if (!listener.add_pending(theirs))
        return fail_connect(Errno::NOBUFS);
    attach(ours);
    unannounced_ = true;
    tell_out();
}

void TcpSocket::progress() {
    if (state_ != State::Connecting)
        return;
    if (outside_)
        return progress_outside();
    auto* user = tcp_ports().find_listener(remote);
    if (!user)
        return fail_connect(Errno::CONNREFUSED);
    auto& listener = *static_cast<TcpSocket*>(user); // Safe: the table of TCP holds TcpSockets alone.
    if (listener.has_room_for_pending())
        reach(listener);
}

Done TcpSocket::begin_connect(const SocketAddress& address) {
    auto wanted = internet_endpoint(address);
    if (!wanted)
        return fail(wanted.error());
    if (wanted->address.is_any())
        wanted->address = loopback_address;
    if (wanted->address.is_limited_broadcast() || wanted->address.is_multicast())
        return fail(Errno::NETUNREACH);
    const bool had_port = local.port != 0;
    const net::Endpoint before = local;
    if (auto chosen = choose_source(wanted->address); !chosen)
        return chosen;
    remote = *wanted;
    state_ = State::Connecting;
    if (is_own_address(wanted->address))
        return {};
    auto begun = begin_outside();
    if (!begun) {
        if (had_port)
            local = before;
        disconnect();
    }
    return begun;
}

Done TcpSocket::connect(const SocketAddress& address) {
    if (address.bytes < sizeof(std::uint16_t))
        return fail(Errno::INVAL);
    {
        SocketGuard guard;
        drive_network();
        if (address.family() == linux_abi::address_family::unspecified) {
            disconnect();
            return {};
        }
        const bool was_connecting = state_ == State::Connecting;
        progress();
        if (failed_) {
            failed_ = false;
            return fail(error_ ? error_.take_error() : Errno::CONNABORTED);
        }
        if (state_ == State::Connected && std::exchange(unannounced_, false))
            return {};
        if (state_ == State::Connected || state_ == State::Listening)
            return fail(Errno::ISCONN);
        if (was_connecting && non_blocking())
            return fail(Errno::ALREADY);
        if (!was_connecting) {
            if (auto begun = begin_connect(address); !begun)
                return begun;
            progress();
            if (non_blocking())
                return fail(Errno::INPROGRESS);
        }
    }
    auto made = wait_until<int>(
        Wait::Yes, options().send_timeout_ns,
        [&]() -> std::optional<Outcome<int>> {
            progress();
            if (std::exchange(failed_, false))
                return fail(error_ ? error_.take_error() : Errno::CONNABORTED);
            if (state_ == State::Connecting)
                return std::nullopt;
            unannounced_ = false;
            return 0;
        },
        &any_change());
    if (!made)
        return fail(made.error() == Errno::AGAIN ? Errno::INPROGRESS : made.error());
    return {};
}

} // namespace exo::hpc
