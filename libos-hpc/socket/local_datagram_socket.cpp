// Interface: local_datagram_socket.hpp.
#include "libos-hpc/socket/local_datagram_socket.hpp"

namespace exo::hpc {

LocalDatagramSocket::~LocalDatagramSocket() {
    SocketGuard guard;
    local_names().remove(*this);
    if (!peer_)
        return;
    peer_->peer_ = nullptr;
    if (is_sequenced())
        peer_->receive_shut_ = peer_->send_shut_ = true;
    peer_->tell_in();
}

void LocalDatagramSocket::join(LocalDatagramSocket& left, LocalDatagramSocket& right) {
    SocketGuard guard;
    left.peer_ = &right;
    right.peer_ = &left;
    left.is_connected_ = right.is_connected_ = true;
}

Done LocalDatagramSocket::bind(const SocketAddress& address) {
    auto path = local_name_of(address);
    if (!path)
        return fail(path.error());
    auto name = path->empty() ? Outcome<LocalName>(LocalName{}) : create_local_name(address, kind().type);
    SocketGuard guard;
    if (path->empty())
        name = local_names().unused_name(kind().type);
    if (!name)
        return fail(name.error());
    if (is_bound_)
        return fail(Errno::INVAL);
    if (auto added = local_names().add(*name, *this); !added)
        return added;
    name_ = name->address;
    is_bound_ = true;
    return {};
}

Outcome<LocalDatagramSocket*> LocalDatagramSocket::target_of(const LocalName* name) {
    if (!name && !is_connected_)
        return fail(Errno::NOTCONN);
    if (!name && peer_)
        return peer_;
    Socket* const found = local_names().find(name ? *name : peer_name_);
    if (!found)
        return fail(Errno::CONNREFUSED);
    if (found->kind().type != kind().type)
        return fail(Errno::PROTOTYPE);
    return static_cast<LocalDatagramSocket*>(found); // Safe: only these have that family and type.
}

Done LocalDatagramSocket::connect(const SocketAddress& address) {
    if (address.bytes >= sizeof(std::uint16_t) && address.family() == linux_abi::address_family::unspecified) {
        SocketGuard guard;
        is_connected_ = false;
        peer_ = nullptr;
        return {};
    }
    auto name = resolve_local_name(address, kind().type);
    if (!name)
        return fail(name.error());
    SocketGuard guard;
    if (auto target = target_of(&*name); !target)
        return fail(target.error());
    peer_name_ = *name;
    is_connected_ = true;
    return {};
}

Done LocalDatagramSocket::shutdown(std::uint32_t how) {
    if (how > linux_abi::shutdown_how::both)
        return fail(Errno::INVAL);
    SocketGuard guard;
    const bool receive = how != linux_abi::shutdown_how::send, send = how != linux_abi::shutdown_how::receive;
    receive_shut_ |= receive;
    send_shut_ |= send;
    if (peer_ && is_sequenced()) {
        peer_->receive_shut_ |= send;
        peer_->send_shut_ |= receive;
        peer_->tell_in();
    }
    tell_in();
    return {};
}

Outcome<std::size_t> LocalDatagramSocket::send(const SendRequest& request) {
    Outcome<LocalName> name{};
    if (request.to) {
        if (is_sequenced())
            return fail(Errno::ISCONN);
        name = resolve_local_name(*request.to, kind().type);
        if (!name)
            return fail(name.error());
    }
    return wait_until<std::size_t>(
        waits(request.flags) ? Wait::Yes : Wait::No, options().send_timeout_ns,
        [&]() -> std::optional<Outcome<std::size_t>> {
            if (send_shut_)
                return fail(Errno::PIPE);
            if (request.bytes > static_cast<std::size_t>(options().send_bytes) - 32)
                return fail(Errno::MSGSIZE);
            auto target = target_of(request.to ? &*name : nullptr);
            if (!target)
                return fail(target.error());
            if ((*target)->receive_shut_)
                return fail(Errno::PIPE);
            if (!(*target)->has_place())
                return std::nullopt;
            auto datagram = gather(request, name_);
            if (!datagram)
                return fail(Errno::NOBUFS);
            (*target)->deliver(std::move(datagram));
            return request.bytes;
        },
        &any_change());
}

void LocalDatagramSocket::room_made() {
    if (peer_)
        peer_->tell_out();
    else
        any_change().advance(); // whoever sends to this name
}

SocketAddress LocalDatagramSocket::local_name() {
    SocketGuard guard;
    return name_;
}

Outcome<SocketAddress> LocalDatagramSocket::peer_name() {
    SocketGuard guard;
    if (!is_connected_)
        return fail(Errno::NOTCONN);
    return peer_name_.address.bytes ? peer_name_.address : local_address({});
}

std::uint16_t LocalDatagramSocket::ready() {
    SocketGuard guard;
    return ready_bits(!peer_ || peer_->has_place());
}

} // namespace exo::hpc
