// Messages that come, from others and from this program itself, and who of its sockets hears them. Interface:
// icmp_socket.hpp.
#include "libos-hpc/socket/icmp_socket.hpp"
#include "libos-hpc/socket/network.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/net/icmp/listener.hpp"
#include "libos/net/ip/chain.hpp"
#include "libos/net/wire/icmp.hpp"

namespace exo::hpc {
namespace {

IcmpSocket* first_socket = nullptr;
[[clang::no_destroy]] constinit net::IcmpListener listener;
bool hears_others = false;

constexpr std::size_t identifier_offset = 4;

std::uint8_t type_of(std::span<const std::byte> message) {
    return std::to_integer<std::uint8_t>(message[0]);
}

} // namespace

IcmpSocket::IcmpSocket(const SocketKind& kind, std::uint32_t flags) : DatagramSocket(kind, flags) {
    SocketGuard guard;
    next_ = std::exchange(first_socket, this);
}

IcmpSocket::~IcmpSocket() {
    SocketGuard guard;
    for (IcmpSocket** link = &first_socket; *link; link = &(*link)->next_)
        if (*link == this) {
            *link = next_;
            break;
        }
}

bool IcmpSocket::is_taken(std::uint16_t identifier) const {
    for (const IcmpSocket* other = first_socket; other; other = other->next_)
        if (other != this && !other->is_raw() && other->identifier_ == identifier)
            return true;
    return false;
}

bool IcmpSocket::wants(const net::Ipv4Header& header, std::span<const std::byte> message) const {
    const std::uint8_t type = type_of(message);
    if (receive_shut_ || (!bound_.is_any() && bound_ != header.destination))
        return false;
    if (!is_raw())
        return type == net::icmp_type::echo_reply && identifier_ != 0 &&
               net::big16(message.data() + identifier_offset) == identifier_;
    const std::uint32_t filtered = const_cast<IcmpSocket*>(this)->options().icmp_filter;
    return (remote_.address.is_any() || remote_.address == header.source) && !(type < 32 && (filtered >> type & 1));
}

void IcmpSocket::take(const net::Ipv4Header& header, std::span<const std::byte> message) {
    auto datagram = make<Datagram>();
    const std::size_t before = is_raw() ? net::ipv4_header_octets : 0;
    if (!datagram || !(datagram->octets = static_cast<std::byte*>(heap_allocate(before + message.size()))))
        return; // lost, as on any wire
    if (is_raw()) {
        net::Ipv4Header told = header; // without its options; whole, also if it came in fragments
        told.header_octets = net::ipv4_header_octets;
        told.total_octets = static_cast<std::uint16_t>(net::ipv4_header_octets + message.size());
        told.fragment &= net::ipv4_flag::do_not_fragment;
        net::write_ipv4(datagram->octets, told);
    }
    copy_bytes(datagram->octets + before, message.data(), message.size());
    datagram->bytes = before + message.size();
    datagram->from = internet_address({header.source, 0});
    deliver(std::move(datagram));
}

void IcmpSocket::hear(const net::Ipv4Header& header, std::span<const std::byte> message) {
    if (message.size() < net::icmp_header_octets)
        return;
    for (IcmpSocket* socket = first_socket; socket; socket = socket->next_)
        if (socket->wants(header, message))
            socket->take(header, message);
}

void IcmpSocket::refused(std::uint16_t identifier, net::Ipv4Address remote, Errno error) {
    for (IcmpSocket* socket = first_socket; socket; socket = socket->next_)
        if (socket->remote_.address == remote && (socket->is_raw() || socket->identifier_ == identifier)) {
            socket->error_.set(error);
            socket->tell_in();
        }
}

void IcmpSocket::send_here(const Datagram& message, net::Ipv4Address to) {
    net::Ipv4Header header{.header_octets = net::ipv4_header_octets,
                           .service = static_cast<std::uint8_t>(options().type_of_service),
                           .total_octets = 0,
                           .identification = 0,
                           .fragment = 0,
                           .time_to_live = static_cast<std::uint8_t>(options().time_to_live),
                           .protocol = net::ip_protocol::icmp,
                           .source = bound_.is_any() ? (to.is_loopback() ? loopback_address : to) : bound_,
                           .destination = to};
    const std::span<std::byte> octets(message.octets, message.bytes);
    hear(header, octets);
    if (octets.size() < net::icmp_header_octets || type_of(octets) != net::icmp_type::echo ||
        !net::is_good(net::sum_octets(octets)))
        return;
    octets[0] = std::byte{net::icmp_type::echo_reply};
    net::store16(octets.data() + 2, 0);
    net::store16(octets.data() + 2, net::checksum_of(net::sum_octets(octets)));
    std::swap(header.source, header.destination);
    header.time_to_live = 64;
    hear(header, octets);
}

void IcmpSocket::listen_outside() {
    ProgramNetwork* const program = open_network();
    if (!program || std::exchange(hears_others, true))
        return;
    listener.heard = [](void*, const net::IcmpMessage& message) {
        if (!first_socket)
            return;
        auto* const octets = static_cast<std::byte*>(heap_allocate(message.count));
        if (!octets)
            return;
        net::copy_from_chain(octets, message.octets, 0, message.count);
        hear(message.header, {octets, message.count});
        heap_free(octets);
    };
    listener.unreachable = [](void*, const net::Conversation& about, net::Problem problem) {
        refused(about.local.port, about.remote.address, errno_of(problem));
    };
    program->network.icmp().add(listener);
}

// One that only listens has to be heard by others, too.
void IcmpSocket::fetch() {
    if (!has_sent_ && !bound_.is_loopback())
        listen_outside();
}

std::uint16_t IcmpSocket::ready() {
    SocketGuard guard;
    fetch();
    return ready_bits(true);
}

} // namespace exo::hpc
