// Names, listening, and what TCP's ends and errors are called. Connecting: tcp_connect.cpp. Interface: tcp_socket.hpp.
#include "libos-hpc/socket/tcp_socket.hpp"

namespace exo::hpc {

TcpSocket::~TcpSocket() {
    SocketGuard guard;
    disconnect();
    tcp_ports().release(*this);
}

Done TcpSocket::bind(const SocketAddress& address) {
    auto wanted = internet_endpoint(address);
    if (!wanted)
        return fail(wanted.error());
    SocketGuard guard;
    if (!wanted->address.is_any() && !is_own_address(wanted->address))
        return fail(Errno::ADDRNOTAVAIL);
    if (local.port != 0 || state_ != State::Fresh)
        return fail(Errno::INVAL);
    auto done = tcp_ports().claim(*this, *wanted);
    is_bound_ = done.has_value();
    return done;
}

Done TcpSocket::listen(std::int32_t backlog) {
    SocketGuard guard;
    if (state_ != State::Fresh && state_ != State::Listening)
        return fail(Errno::INVAL);
    if (local.port == 0) {
        if (auto claimed = tcp_ports().claim(*this, {}); !claimed)
            return claimed;
    }
    if (auto allowed = tcp_ports().may_listen(*this); !allowed)
        return allowed;
    if (auto outside = listen_outside(backlog); !outside)
        return outside;
    listens = true;
    begin_listening(backlog);
    return {};
}

Ref<StreamSocket> TcpSocket::make_accepted(Ref<StreamLink> link) {
    auto made = make<TcpSocket>(kind(), 0u);
    if (!made)
        return Ref<StreamSocket>();
    made->local = *internet_endpoint(link->local);
    made->remote = *internet_endpoint(link->peer);
    if (auto added = tcp_ports().add(*made); !added)
        return Ref<StreamSocket>();
    return made;
}

SocketAddress TcpSocket::local_name() {
    SocketGuard guard;
    return internet_address(local);
}

Done TcpSocket::shutdown(std::uint32_t how) {
    if (how > linux_abi::shutdown_how::both)
        return fail(Errno::INVAL);
    SocketGuard guard;
    drive_network();
    progress();
    if (state_ == State::Listening) {
        if (how != linux_abi::shutdown_how::send)
            disconnect();
        return {};
    }
    if (!link_ || link_->broken)
        return fail(Errno::NOTCONN);
    if (how != linux_abi::shutdown_how::send)
        link_->refuse();
    if (how != linux_abi::shutdown_how::receive)
        link_->finish();
    tell_in();
    return {};
}

std::optional<Outcome<std::size_t>> TcpSocket::receive_end() {
    if (state_ == State::Connecting)
        return std::nullopt;
    if (failed_)
        return error_ ? fail(error_.take_error()) : Outcome<std::size_t>(0);
    if (!link_)
        return fail(Errno::NOTCONN);
    if (link_->at_end)
        return 0;
    if (link_->error)
        return fail(link_->error.take_error());
    if (link_->receive_shut)
        return 0;
    return std::nullopt;
}

std::optional<Errno> TcpSocket::send_end(const SendRequest&) {
    if (state_ == State::Connecting)
        return std::nullopt;
    if (!link_)
        return error_ ? error_.take_error() : Errno::PIPE;
    if (link_->error)
        return link_->error.take_error();
    return link_->send_shut ? std::optional(Errno::PIPE) : std::nullopt;
}

std::uint16_t TcpSocket::ready() {
    using namespace linux_abi::poll_event;
    SocketGuard guard;
    progress();
    if (state_ == State::Listening)
        return has_pending() ? in : 0;
    if (state_ == State::Connecting)
        return 0;
    if (!link_)
        return static_cast<std::uint16_t>(out | hang_up | (failed_ ? in | read_hang_up : 0) | (error_ ? error : 0));
    link_->refresh();
    const bool both_shut = link_->receive_shut && link_->send_shut;
    unsigned bits = both_shut || link_->broken ? hang_up : 0;
    if (link_->receive_shut)
        bits |= in | read_hang_up;
    if (link_->readable())
        bits |= in;
    if (link_->send_shut || link_->is_writable())
        bits |= out;
    if (link_->error)
        bits |= error;
    return static_cast<std::uint16_t>(bits);
}

linux_abi::TcpInfo TcpSocket::tcp_info() {
    namespace tcp_info = linux_abi::tcp_info;
    SocketGuard guard;
    drive_network();
    linux_abi::TcpInfo info{};
    if (link_) {
        link_->refresh();
        info = link_->info();
    }
    if (state_ == State::Listening)
        info.state = tcp_info::listening;
    else if (state_ == State::Connecting)
        info.state = tcp_info::syn_sent;
    else if (!link_ || link_->broken || (link_->send_shut && link_->at_end))
        info.state = tcp_info::closed;
    else if (link_->send_shut)
        info.state = tcp_info::fin_wait_2;
    else
        info.state = link_->at_end ? tcp_info::close_wait : tcp_info::established;
    return info;
}

} // namespace exo::hpc
