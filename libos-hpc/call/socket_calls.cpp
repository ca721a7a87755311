// Making sockets and connecting them (socket(2), bind(2), listen(2), accept(2), connect(2), shutdown(2),
// socketpair(2)), and their names. Moving octets: message_calls.cpp; options: socket_option_calls.cpp.
#include "libos-hpc/call/calls.hpp"

#include "libos-hpc/call/socket_file.hpp"
#include "libos-hpc/socket/icmp_socket.hpp"
#include "libos-hpc/socket/local_datagram_socket.hpp"
#include "libos-hpc/socket/local_socket.hpp"
#include "libos-hpc/socket/tcp_socket.hpp"
#include "libos-hpc/socket/udp_socket.hpp"
#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo::hpc::call {
namespace {

constexpr std::uint32_t kept_flags = socket_type::non_block;
constexpr std::uint32_t type_flags = socket_type::non_block | socket_type::close_on_exec;

Outcome<Ref<File>> made(Ref<File> socket) {
    if (!socket)
        return fail(Errno::NOMEM);
    return socket;
}

// Of AF_INET: a type, and a protocol that is its own, or 0. Errors: PROTONOSUPPORT, SOCKTNOSUPPORT, INVAL, PERM.
Outcome<Ref<File>> make_internet(SocketKind kind, std::uint32_t flags) {
    if (kind.protocol < 0 || kind.protocol >= internet_protocol::maximum)
        return fail(Errno::INVAL);
    const bool is_stream = kind.type == socket_type::stream;
    const bool is_icmp = kind.protocol == internet_protocol::icmp && !is_stream;
    if (is_icmp && (kind.type == socket_type::raw || kind.type == socket_type::datagram))
        return made(make<IcmpSocket>(kind, flags));
    if (!is_stream && kind.type != socket_type::datagram)
        return fail(kind.type == socket_type::raw ? Errno::PROTONOSUPPORT : Errno::SOCKTNOSUPPORT);
    const std::int32_t own = is_stream ? internet_protocol::tcp : internet_protocol::udp;
    if (kind.protocol != internet_protocol::ip && kind.protocol != own)
        return fail(Errno::PROTONOSUPPORT);
    kind.protocol = own;
    return made(is_stream ? Ref<File>(make<TcpSocket>(kind, flags)) : Ref<File>(make<UdpSocket>(kind, flags)));
}

bool is_local_protocol(const SocketKind& kind) {
    return kind.protocol == 0 || kind.protocol == address_family::local;
}

Outcome<Ref<File>> make_local(const SocketKind& kind, std::uint32_t flags) {
    if (!is_local_protocol(kind))
        return fail(Errno::PROTONOSUPPORT);
    if (kind.type == socket_type::stream)
        return made(make<LocalSocket>(kind, flags));
    if (kind.type == socket_type::datagram || kind.type == socket_type::raw)
        return made(make<LocalDatagramSocket>(SocketKind{kind.family, socket_type::datagram, kind.protocol}, flags));
    return fail(Errno::SOCKTNOSUPPORT);
}

// Puts two sockets into the table, or neither.
Answer add_pair(const Ref<File>& left, const Ref<File>& right, bool close_on_exec, User<std::int32_t> where) {
    auto first = descriptors().add(left, close_on_exec);
    if (!first)
        return answer(first.error());
    auto second = descriptors().add(right, close_on_exec);
    if (second && where.store(*first) && where.at(1).store(*second))
        return 0;
    (void)descriptors().remove(*first);
    if (!second)
        return answer(second.error());
    (void)descriptors().remove(*second);
    return answer(Errno::FAULT);
}

template <typename Kind>
Answer make_pair(const SocketKind& kind, std::uint32_t type, User<std::int32_t> where) {
    auto left = make<Kind>(kind, type & kept_flags), right = make<Kind>(kind, type & kept_flags);
    if (!left || !right)
        return answer(Errno::NOMEM);
    if constexpr (__is_same(Kind, LocalSocket)) {
        if (auto joined = LocalSocket::join(*left, *right); !joined)
            return answer(joined);
    } else {
        Kind::join(*left, *right);
    }
    return add_pair(left, right, type & socket_type::close_on_exec, where);
}

} // namespace

Outcome<SocketFile> socket_of(int fd) {
    auto file = file_of(fd);
    if (!file)
        return fail(file.error());
    if (!(*file)->socket())
        return fail(Errno::NOTSOCK);
    return SocketFile(*file);
}

Outcome<SocketAddress> load_address(std::uint64_t address, std::uint32_t bytes) {
    SocketAddress result;
    if (bytes > sizeof result.octets)
        return fail(Errno::INVAL);
    if (bytes && !copy_from_user(result.octets, address, bytes))
        return fail(Errno::FAULT);
    result.bytes = bytes;
    return result;
}

Done store_address(const SocketAddress& from, std::uint64_t address, User<std::int32_t> bytes) {
    std::int32_t room;
    if (!bytes.load(room))
        return fail(Errno::FAULT);
    if (room < 0)
        return fail(Errno::INVAL);
    const std::size_t told = std::min<std::size_t>(from.bytes, static_cast<std::uint32_t>(room));
    if ((told && !copy_to_user(address, from.octets, told)) || !bytes.store(static_cast<std::int32_t>(from.bytes)))
        return fail(Errno::FAULT);
    return {};
}

Answer socket(std::uint32_t family, std::uint32_t type, std::int32_t protocol) {
    if (type & ~(socket_type::mask | type_flags))
        return answer(Errno::INVAL);
    if (family >= address_families_max)
        return answer(Errno::AFNOSUPPORT);
    const SocketKind kind{static_cast<std::uint16_t>(family), type & socket_type::mask, protocol};
    if (kind.type > socket_type::packet)
        return answer(Errno::INVAL);
    Outcome<Ref<File>> file = fail(Errno::AFNOSUPPORT);
    if (family == address_family::internet)
        file = make_internet(kind, type & kept_flags);
    else if (family == address_family::local)
        file = make_local(kind, type & kept_flags);
    if (!file)
        return answer(file.error());
    return answer(descriptors().add(*file, type & socket_type::close_on_exec));
}

Answer socketpair(std::uint32_t family, std::uint32_t type, std::int32_t protocol, User<std::int32_t> where) {
    if (type & ~(socket_type::mask | type_flags))
        return answer(Errno::INVAL);
    const SocketKind kind{static_cast<std::uint16_t>(family), type & socket_type::mask, protocol};
    if (family == address_family::internet)
        return answer(Errno::OPNOTSUPP);
    if (family != address_family::local)
        return answer(Errno::AFNOSUPPORT);
    if (!is_local_protocol(kind))
        return answer(Errno::PROTONOSUPPORT);
    switch (kind.type) {
    case socket_type::stream:
        return make_pair<LocalSocket>(kind, type, where);
    case socket_type::datagram:
    case socket_type::sequenced:
        return make_pair<LocalDatagramSocket>(kind, type, where);
    default:
        return answer(Errno::SOCKTNOSUPPORT);
    }
}

Answer bind(int fd, std::uint64_t address, std::uint32_t bytes) {
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    auto name = load_address(address, bytes);
    return name ? answer((*socket)->bind(*name)) : answer(name.error());
}

Answer listen(int fd, std::int32_t backlog) {
    auto socket = socket_of(fd);
    return socket ? answer((*socket)->listen(backlog)) : answer(socket.error());
}

Answer accept4(int fd, std::uint64_t address, User<std::int32_t> bytes, std::uint32_t flags) {
    if (flags & ~type_flags)
        return answer(Errno::INVAL);
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    auto accepted = (*socket)->accept();
    if (!accepted)
        return (*socket)->options().receive_timeout_ns ? answer(accepted.error())
                                                       : answer_or_restart(Outcome<int>(fail(accepted.error())));
    (*accepted)->set_flags((*accepted)->flags() | (flags & kept_flags));
    if (address) {
        auto peer = (*accepted)->peer_name();
        if (auto stored = store_address(peer ? *peer : SocketAddress{}, address, bytes); !stored)
            return answer(stored);
    }
    return answer(descriptors().add(*accepted, flags & socket_type::close_on_exec));
}

Answer accept(int fd, std::uint64_t address, User<std::int32_t> bytes) {
    return accept4(fd, address, bytes, 0);
}

Answer connect(int fd, std::uint64_t address, std::uint32_t bytes) {
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    auto name = load_address(address, bytes);
    if (!name)
        return answer(name.error());
    auto done = (*socket)->connect(*name);
    return (*socket)->options().send_timeout_ns ? answer(done) : answer_or_restart(done);
}

Answer shutdown(int fd, std::uint32_t how) {
    auto socket = socket_of(fd);
    return socket ? answer((*socket)->shutdown(how)) : answer(socket.error());
}

Answer getsockname(int fd, std::uint64_t address, User<std::int32_t> bytes) {
    auto socket = socket_of(fd);
    return socket ? answer(store_address((*socket)->local_name(), address, bytes)) : answer(socket.error());
}

Answer getpeername(int fd, std::uint64_t address, User<std::int32_t> bytes) {
    auto socket = socket_of(fd);
    if (!socket)
        return answer(socket.error());
    auto peer = (*socket)->peer_name();
    return peer ? answer(store_address(*peer, address, bytes)) : answer(peer.error());
}

} // namespace exo::hpc::call
