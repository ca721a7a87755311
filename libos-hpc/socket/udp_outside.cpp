// Datagrams from and to others, through the network stack. Interface: udp_socket.hpp.
#include "libos-hpc/socket/network.hpp"
#include "libos-hpc/socket/packets.hpp"
#include "libos-hpc/socket/udp_socket.hpp"
#include "libos/memory/bytes.hpp"

namespace exo::hpc {
namespace {

Ref<Datagram> copy_of(const net::Packet& packet) {
    auto datagram = make<Datagram>();
    const std::size_t bytes = net::UdpSocket::payload_octets(packet);
    if (!datagram || (bytes && !(datagram->octets = static_cast<std::byte*>(heap_allocate(bytes)))))
        return Ref<Datagram>();
    datagram->from = internet_address(net::UdpSocket::source(packet));
    for (const net::Packet* piece = &packet; piece; piece = piece->next) {
        copy_bytes(datagram->octets + datagram->bytes, piece->data(), piece->length);
        datagram->bytes += piece->length;
    }
    return datagram;
}

} // namespace

// It has a port. Errors: as net::UdpSocket::open.
Done UdpSocket::open_outside() {
    if (outside_)
        return {};
    auto* const socket = heap_new<net::UdpSocket>();
    if (!socket)
        return fail(Errno::NOBUFS);
    if (const auto opened = socket->open(current_network()->network, {bound_address_, local.port}, true); !opened) {
        heap_delete(socket);
        return fail(errno_of(opened.error()));
    }
    // What has come is copied at once: the packets are for all.
    socket->set_observer(
        [](void* owner) {
            static_cast<UdpSocket*>(owner)->fetch();
            static_cast<UdpSocket*>(owner)->tell_in();
        },
        this);
    outside_ = socket;
    return {};
}

// The peer has changed.
void UdpSocket::connect_outside() {
    const bool is_other = remote.port != 0 && !is_own_address(remote.address);
    if (is_other && !open_outside())
        return; // the first datagram will say so
    if (outside_)
        (void)outside_->connect(is_other ? remote : net::Endpoint{});
}

// Copies what has come into the queue that all datagrams share; what has no room there is lost, as on Linux.
void UdpSocket::fetch() {
    if (!outside_)
        return;
    if (const net::Problem problem = outside_->take_problem(); problem != net::Problem::None)
        error_.set(errno_of(problem));
    while (net::Packet* const packet = outside_->receive()) {
        if (has_room() && (remote.port == 0 || net::UdpSocket::source(*packet) == remote)) {
            if (Ref<Datagram> datagram = copy_of(*packet))
                deliver(std::move(datagram));
        }
        net::PacketPool::release(packet);
    }
}

// No value: no packet, or no place in the ring, is left now.
std::optional<Outcome<std::size_t>> UdpSocket::try_outside(const SendRequest& request, net::Endpoint to) {
    if (auto opened = open_outside(); !opened)
        return fail(opened.error());
    outside_->allow_broadcast(options().broadcast);
    outside_->set_time_to_live(static_cast<std::uint8_t>(options().time_to_live));
    net::Packet* const packet = outside_->allocate_to(to.address);
    if (!packet)
        return std::nullopt;
    const bool is_filled = fill_chain(*packet, request.pieces);
    const net::NetStatus sent =
        is_filled ? outside_->send_to(packet, to) : net::NetStatus(std::unexpected(net::Problem::NoRoom));
    if (sent)
        return request.bytes;
    net::PacketPool::release(packet);
    if (sent.error() == net::Problem::NoRoom)
        return std::nullopt;
    return fail(errno_of(sent.error()));
}

Outcome<std::size_t> UdpSocket::send_outside(const SendRequest& request, net::Endpoint to) {
    return wait_until<std::size_t>(waits(request.flags) ? Wait::Yes : Wait::No, options().send_timeout_ns,
                                   [&] { return try_outside(request, to); });
}

} // namespace exo::hpc
