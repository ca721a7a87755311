// Names, and what goes out. What comes: icmp_heard.cpp. Interface: icmp_socket.hpp.
#include "libos-hpc/socket/icmp_socket.hpp"

#include "libos-hpc/random/random.hpp"
#include "libos-hpc/socket/network.hpp"
#include "libos-hpc/socket/packets.hpp"
#include "libos/net/icmp/send.hpp"
#include "libos/net/wire/icmp.hpp"

namespace exo::hpc {
namespace {

constexpr std::size_t message_bytes_max = net::icmp_header_octets + net::icmp_data_max;

} // namespace

// One that nobody has, unless a certain one is wanted. Errors: ADDRINUSE.
Done IcmpSocket::take_identifier(std::uint16_t wanted) {
    if (is_raw() || identifier_ != 0)
        return {};
    if (wanted != 0) { // which others may have, too
        identifier_ = wanted;
        return {};
    }
    std::uint16_t random = 0;
    fill_random({reinterpret_cast<std::byte*>(&random), sizeof random}); // Safe: any octets are a number.
    for (unsigned i = 0; i <= 0xffff && identifier_ == 0; ++i) {
        const auto tried = static_cast<std::uint16_t>(random + i);
        if (tried != 0 && !is_taken(tried))
            identifier_ = tried;
    }
    return identifier_ != 0 ? Done() : fail(Errno::ADDRINUSE);
}

Done IcmpSocket::bind(const SocketAddress& address) {
    auto wanted = internet_endpoint(address);
    if (!wanted)
        return fail(wanted.error());
    SocketGuard guard;
    const net::Ipv4Address at = wanted->address;
    if (!at.is_any() && !is_broadcast_address(at) && !at.is_multicast() && !is_own_address(at))
        return fail(Errno::ADDRNOTAVAIL);
    if (!is_raw() && is_bound_)
        return fail(Errno::INVAL);
    if (auto taken = take_identifier(wanted->port); !taken)
        return taken;
    bound_ = at;
    is_bound_ = true;
    return {};
}

Done IcmpSocket::connect(const SocketAddress& address) {
    if (address.bytes < sizeof(std::uint16_t))
        return fail(Errno::INVAL);
    SocketGuard guard;
    if (address.family() == linux_abi::address_family::unspecified) {
        remote_ = {};
        receive_shut_ = send_shut_ = false;
        return {};
    }
    auto wanted = internet_endpoint(address);
    if (!wanted)
        return fail(wanted.error());
    if (wanted->address.is_any())
        wanted->address = loopback_address;
    if (is_broadcast_address(wanted->address) && !options().broadcast)
        return fail(Errno::ACCES);
    if (auto source = source_towards(wanted->address); !source)
        return fail(source.error());
    if (auto taken = take_identifier(0); !taken)
        return fail(Errno::AGAIN);
    remote_ = *wanted;
    receive_shut_ = send_shut_ = false;
    return {};
}

Done IcmpSocket::shutdown(std::uint32_t how) {
    SocketGuard guard;
    return shut(how, !remote_.address.is_any());
}

Outcome<net::Ipv4Address> IcmpSocket::target_of(const SendRequest& request) const {
    if (!request.to) {
        if (remote_.address.is_any())
            return fail(Errno::DESTADDRREQ);
        return remote_.address;
    }
    auto to = internet_endpoint(*request.to);
    if (!to)
        return fail(to.error());
    return to->address.is_any() ? loopback_address : to->address;
}

// Of SOCK_DGRAM: only echo requests. Errors: MSGSIZE, FAULT (too short, as Linux has it), INVAL.
Done IcmpSocket::check_message(const SendRequest& request) {
    if (request.bytes > message_bytes_max)
        return fail(Errno::MSGSIZE);
    if (is_raw())
        return {};
    if (request.bytes < net::icmp_header_octets)
        return fail(Errno::FAULT);
    std::byte type_and_code[2] = {};
    std::size_t have = 0;
    for (const linux_abi::IoVector& piece : request.pieces)
        for (std::size_t i = 0; i < piece.length && have < sizeof type_and_code; ++i)
            type_and_code[have++] = piece.base[i];
    const bool is_request = type_and_code[0] == std::byte{net::icmp_type::echo} && type_and_code[1] == std::byte{0};
    return is_request ? Done() : fail(Errno::INVAL);
}

// The message as it goes out.
Outcome<Ref<Datagram>> IcmpSocket::prepare(const SendRequest& request, net::Ipv4Address to) {
    if (auto taken = take_identifier(0); !taken)
        return fail(Errno::AGAIN);
    if (error_)
        return fail(error_.take_error());
    if (send_shut_)
        return fail(Errno::PIPE);
    if (is_broadcast_address(to) && !options().broadcast)
        return fail(Errno::ACCES);
    if (auto source = source_towards(to); !source)
        return fail(source.error());
    auto message = gather(request, SocketAddress());
    if (!message)
        return fail(Errno::NOBUFS);
    if (!is_raw()) {
        net::put_big16(message->octets + 4, identifier_);
        net::store16(message->octets + 2, 0);
        net::store16(message->octets + 2, net::checksum_of(net::sum_octets({message->octets, message->bytes})));
    }
    return message;
}

Outcome<std::size_t> IcmpSocket::send(const SendRequest& request) {
    if (request.flags & linux_abi::message_flag::out_of_band)
        return fail(Errno::OPNOTSUPP);
    net::Ipv4Address target;
    Ref<Datagram> message;
    {
        SocketGuard guard;
        drive_network();
        if (auto checked = check_message(request); !checked)
            return fail(checked.error());
        auto to = target_of(request);
        if (!to)
            return fail(to.error());
        auto prepared = prepare(request, *to);
        if (!prepared)
            return fail(prepared.error());
        has_sent_ = true;
        if (is_own_address(*to)) {
            send_here(**prepared, *to);
            return request.bytes;
        }
        listen_outside();
        target = *to;
        message = *prepared;
    }
    return wait_until<std::size_t>(waits(request.flags) ? Wait::Yes : Wait::No, options().send_timeout_ns,
                                   [&] { return try_outside(*message, target); });
}

// No value: no packet, or no place in the ring, is left now.
std::optional<Outcome<std::size_t>> IcmpSocket::try_outside(const Datagram& message, net::Ipv4Address to) {
    net::Network& network = current_network()->network;
    net::Packet* const packet = net::allocate_icmp(network, to);
    if (!packet)
        return std::nullopt;
    const linux_abi::IoVector piece{message.octets, message.bytes};
    const net::NetStatus sent = fill_chain(*packet, {&piece, 1})
                                    ? net::send_icmp(network, packet,
                                                     {.destination = to,
                                                      .source = bound_.is_loopback() ? net::any_address : bound_,
                                                      .time_to_live = static_cast<std::uint8_t>(options().time_to_live),
                                                      .service = static_cast<std::uint8_t>(options().type_of_service),
                                                      .broadcast = options().broadcast,
                                                      .make_checksum = false})
                                    : net::NetStatus(std::unexpected(net::Problem::NoRoom));
    if (sent)
        return message.bytes;
    net::PacketPool::release(packet);
    if (sent.error() == net::Problem::NoRoom)
        return std::nullopt;
    return fail(errno_of(sent.error()));
}

SocketAddress IcmpSocket::local_name() {
    SocketGuard guard;
    const std::uint16_t number = is_raw() ? static_cast<std::uint16_t>(kind().protocol) : identifier_;
    return internet_address({bound_, number});
}

Outcome<SocketAddress> IcmpSocket::peer_name() {
    SocketGuard guard;
    if (remote_.port == 0)
        return fail(Errno::NOTCONN);
    return internet_address(remote_);
}

} // namespace exo::hpc
