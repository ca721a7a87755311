// Interface: udp_socket.hpp.
#include "libos-hpc/socket/udp_socket.hpp"

#include "libos-hpc/socket/network.hpp"

namespace exo::hpc {
namespace {

constexpr std::size_t datagram_bytes_max = 65'507;

} // namespace

UdpSocket::~UdpSocket() {
    SocketGuard guard;
    heap_delete(outside_);
    udp_ports().release(*this);
}

Done UdpSocket::take_port(net::Endpoint wanted) {
    return local.port != 0 ? Done() : udp_ports().claim(*this, wanted);
}

Done UdpSocket::bind(const SocketAddress& address) {
    auto wanted = internet_endpoint(address);
    if (!wanted)
        return fail(wanted.error());
    SocketGuard guard;
    const net::Ipv4Address at = wanted->address;
    if (!at.is_any() && !at.is_multicast() && !at.is_limited_broadcast() && !is_own_address(at))
        return fail(Errno::ADDRNOTAVAIL);
    if (local.port != 0)
        return fail(Errno::INVAL);
    if (auto taken = take_port(*wanted); !taken)
        return taken;
    is_bound_ = true;
    bound_address_ = at;
    return at.is_loopback() || !open_network() ? Done() : open_outside();
}

Done UdpSocket::connect(const SocketAddress& address) {
    if (address.bytes < sizeof(std::uint16_t))
        return fail(Errno::INVAL);
    SocketGuard guard;
    if (address.family() == linux_abi::address_family::unspecified) {
        remote = {};
        local.address = bound_address_;
        if (!is_bound_)
            udp_ports().release(*this);
        receive_shut_ = send_shut_ = false;
        connect_outside();
        return {};
    }
    auto wanted = internet_endpoint(address);
    if (!wanted)
        return fail(wanted.error());
    if (wanted->address.is_any())
        wanted->address = loopback_address;
    if (is_broadcast_address(wanted->address) && !options().broadcast)
        return fail(Errno::ACCES);
    auto source = source_towards(wanted->address);
    if (!source)
        return fail(source.error());
    const net::Ipv4Address from = bound_address_.is_any() ? *source : bound_address_;
    if (auto taken = take_port({from, 0}); !taken)
        return taken;
    local.address = from;
    remote = *wanted;
    receive_shut_ = send_shut_ = false;
    connect_outside();
    return {};
}

Done UdpSocket::shutdown(std::uint32_t how) {
    SocketGuard guard;
    return shut(how, remote.port != 0 || !remote.address.is_any());
}

Outcome<net::Endpoint> UdpSocket::target_of(const SendRequest& request) const {
    if (!request.to) {
        if (remote.address.is_any())
            return fail(Errno::DESTADDRREQ);
        return remote;
    }
    auto to = internet_endpoint(*request.to);
    if (!to && to.error() == Errno::AFNOSUPPORT && request.to->family() == linux_abi::address_family::unspecified)
        to = *internet_endpoint(internet_address({{}, 0})); // as AF_INET, of old: and then without a port
    if (to && to->port == 0)
        return fail(Errno::INVAL);
    if (to && to->address.is_any())
        to->address = loopback_address;
    return to;
}

Outcome<std::size_t> UdpSocket::send_here(const SendRequest& request, net::Endpoint to) {
    net::Endpoint source = local;
    if (source.address.is_any())
        source.address = to.address.is_loopback() ? loopback_address : to.address;
    auto* user = udp_ports().find(to, source);
    if (!user) { // ICMP would say so to whoever has a peer
        if (!remote.address.is_any() && !request.to) {
            error_.set(Errno::CONNREFUSED);
            tell_in();
        }
        return request.bytes;
    }
    auto datagram = gather(request, internet_address(source));
    if (!datagram)
        return fail(Errno::NOBUFS);
    static_cast<UdpSocket*>(user)->deliver(std::move(datagram)); // Safe: the table of UDP holds UdpSockets alone.
    return request.bytes;
}

Outcome<std::size_t> UdpSocket::send(const SendRequest& request) {
    if (request.flags & linux_abi::message_flag::out_of_band)
        return fail(Errno::OPNOTSUPP);
    net::Endpoint target;
    {
        SocketGuard guard;
        auto to = prepare(request);
        if (!to)
            return fail(to.error());
        if (is_own_address(to->address))
            return send_here(request, *to);
        target = *to;
    }
    return send_outside(request, target);
}

// Everything that is looked at before a datagram goes out, in Linux's order.
Outcome<net::Endpoint> UdpSocket::prepare(const SendRequest& request) {
    drive_network();
    fetch();
    if (auto taken = take_port({}); !taken) // before anything else is looked at, as on Linux
        return fail(taken.error() == Errno::ADDRINUSE ? Errno::AGAIN : taken.error());
    if (request.bytes > datagram_bytes_max)
        return fail(Errno::MSGSIZE);
    auto to = target_of(request);
    if (!to)
        return fail(to.error());
    if (error_)
        return fail(error_.take_error());
    if (send_shut_)
        return fail(Errno::PIPE);
    if (is_broadcast_address(to->address) && !options().broadcast)
        return fail(Errno::ACCES);
    auto source = source_towards(to->address);
    if (!source)
        return fail(source.error());
    return to;
}

SocketAddress UdpSocket::local_name() {
    SocketGuard guard;
    return internet_address(local);
}

Outcome<SocketAddress> UdpSocket::peer_name() {
    SocketGuard guard;
    if (remote.port == 0)
        return fail(Errno::NOTCONN);
    return internet_address(remote);
}

std::uint16_t UdpSocket::ready() {
    SocketGuard guard;
    fetch();
    return ready_bits(true);
}

} // namespace exo::hpc
