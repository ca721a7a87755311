// Connections with others, through the network stack. Interface: tcp_socket.hpp.
#include "libos-hpc/socket/network.hpp"
#include "libos-hpc/socket/tcp_socket.hpp"

#include <algorithm>

namespace exo::hpc {

// The remote end and this one's address and port are chosen.
Done TcpSocket::begin_outside() {
    auto link = make<NetworkLink>();
    if (!link)
        return fail(Errno::NOBUFS);
    if (auto begun = link->connect(remote, local); !begun)
        return begun;
    outside_ = link.get();
    attach(link);
    state_ = State::Connecting;
    return {};
}

void TcpSocket::progress_outside() {
    outside_->refresh();
    if (outside_->broken)
        return fail_connect(outside_->error.take_error());
    if (outside_->is_connected()) {
        state_ = State::Connected;
        unannounced_ = true;
    }
}

// A listener for every address, or an interface's, is reached from outside, too, once there is a network.
Done TcpSocket::listen_outside(std::int32_t backlog) {
    if (listens_outside_ || local.address.is_loopback() || !open_network())
        return {};
    auto* const listener = heap_new<net::TcpListener>();
    if (!listener)
        return fail(Errno::NOBUFS);
    // Ports are told apart by this program's own table; what still closes in the stack is no obstacle.
    constexpr std::int32_t backlog_max = 128;
    const auto limit = static_cast<std::size_t>(std::clamp(backlog, 1, backlog_max));
    if (const auto opened = listener->open(current_network()->tcp, local, limit, true); !opened) {
        heap_delete(listener);
        return fail(errno_of(opened.error()));
    }
    listener->set_observer([](void* socket) { static_cast<TcpSocket*>(socket)->tell_in(); }, this);
    listens_outside_ = listener;
    return {};
}

void TcpSocket::close_outside() {
    outside_ = nullptr;
    heap_delete(std::exchange(listens_outside_, nullptr));
}

bool TcpSocket::has_pending() {
    return StreamSocket::has_pending() || (listens_outside_ && listens_outside_->is_ready());
}

Ref<StreamLink> TcpSocket::take_pending() {
    Ref<StreamLink> first = StreamSocket::take_pending();
    if (first || !listens_outside_)
        return first;
    auto stream = listens_outside_->accept();
    return stream ? Ref<StreamLink>(make<NetworkLink>(std::move(*stream))) : first;
}

} // namespace exo::hpc
