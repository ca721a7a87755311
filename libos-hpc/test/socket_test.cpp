// Sockets inside one program: queues, ports, streams, datagrams, and epoll's levels and edges over them.
#include "libos-hpc/file/epoll_file.hpp"
#include "libos-hpc/socket/byte_queue.hpp"
#include "libos-hpc/socket/local_socket.hpp"
#include "libos-hpc/socket/tcp_socket.hpp"
#include "libos-hpc/socket/udp_socket.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

using namespace exo::hpc;
namespace abi = exo::linux_abi;
namespace poll_event = abi::poll_event;

namespace {

constexpr std::uint32_t non_block = abi::open_flag::non_block;
constexpr SocketKind tcp_kind{abi::address_family::internet, abi::socket_type::stream, 6};
constexpr SocketKind udp_kind{abi::address_family::internet, abi::socket_type::datagram, 17};
constexpr SocketKind local_kind{abi::address_family::local, abi::socket_type::stream, 0};

SocketAddress at_port(std::uint16_t port) {
    return internet_address({loopback_address, port});
}
std::uint16_t port_of(Socket& socket) {
    return internet_endpoint(socket.local_name())->port;
}

Outcome<std::size_t> send(Socket& socket, std::string_view text, const SocketAddress* to = nullptr) {
    const abi::IoVector piece{reinterpret_cast<std::byte*>(const_cast<char*>(text.data())), text.size()};
    return socket.send({.pieces = {&piece, 1}, .bytes = text.size(), .to = to});
}
std::string receive(Socket& socket, std::size_t room = 64) {
    std::vector<std::byte> buffer(room);
    auto got = socket.read(buffer);
    return got ? std::string(reinterpret_cast<char*>(buffer.data()), *got)
               : "errno " + std::to_string(static_cast<int>(got.error()));
}

struct Connection {
    Ref<TcpSocket> listener = make<TcpSocket>(tcp_kind, non_block), client = make<TcpSocket>(tcp_kind, non_block);
    Ref<Socket> server;

    Connection() {
        REQUIRE(listener->bind(at_port(0)));
        REQUIRE(listener->listen(4));
        CHECK(client->connect(at_port(port_of(*listener))).error() == Errno::INPROGRESS);
        auto accepted = listener->accept();
        REQUIRE(accepted);
        server = *accepted;
        server->set_flags(server->flags() | non_block);
    }
};

} // namespace

TEST_CASE("a byte queue keeps order while it wraps and grows") {
    ByteQueue queue;
    unsigned char next_in = 0, next_out = 0;
    bool in_order = true;
    for (std::size_t round = 1; round < 400; ++round) {
        std::vector<std::byte> block(round * 7 % 611 + 1);
        for (std::byte& octet : block)
            octet = static_cast<std::byte>(next_in++);
        REQUIRE(queue.push(block) == block.size());
        std::vector<std::byte> out(round * 5 % 500), peeked(out.size());
        const std::size_t there = queue.peek(peeked);
        REQUIRE(queue.pop(out) == there);
        for (std::size_t i = 0; i < there; ++i) {
            in_order = in_order && out[i] == static_cast<std::byte>(next_out) && peeked[i] == out[i];
            ++next_out;
        }
    }
    CHECK(in_order);
    std::byte last{};
    CHECK(queue.size() > 4096);
    CHECK(queue.peek({&last, 1}, queue.size() - 1) == 1);
    CHECK(last == static_cast<std::byte>(next_in - 1));
    CHECK(queue.peek({&last, 1}, queue.size()) == 0);
}

TEST_CASE("ports: who may share") {
    PortTable tcp(PortRule::Tcp), udp(PortRule::Udp);
    SocketOptions plain, reuse;
    reuse.reuse_address = true;
    PortUser a, b, c;
    a.sharing = &reuse, b.sharing = &plain, c.sharing = &reuse;
    const exo::net::Endpoint wanted{loopback_address, 80}, any{{}, 80};
    REQUIRE(tcp.claim(a, wanted));
    CHECK(tcp.claim(b, wanted).error() == Errno::ADDRINUSE);
    CHECK(tcp.claim(b, any).error() == Errno::ADDRINUSE);
    CHECK(tcp.claim(c, any));
    CHECK(tcp.may_listen(a));
    a.listens = true;
    CHECK(tcp.may_listen(c).error() == Errno::ADDRINUSE);
    CHECK(tcp.find_listener(wanted) == &a);
    tcp.release(c);
    CHECK(tcp.claim(c, wanted).error() == Errno::ADDRINUSE);
    tcp.release(a);
    CHECK(!tcp.find_listener(wanted));

    a = {}, a.sharing = &plain;
    REQUIRE(udp.claim(a, any));
    CHECK(udp.find(wanted, {}) == &a);
    a.remote = {loopback_address, 9};
    CHECK(!udp.find(wanted, {loopback_address, 8}));
    CHECK(udp.find(wanted, {loopback_address, 9}) == &a);
    REQUIRE(udp.claim(b, {}));
    CHECK(b.local.port >= 32768);
}

TEST_CASE("a TCP connection, its halves and its end") {
    Connection tcp;
    CHECK(tcp.client->connect(at_port(1)));
    CHECK(tcp.client->connect(at_port(1)).error() == Errno::ISCONN);
    CHECK(send(*tcp.client, "question") == 8u);
    CHECK(tcp.client->shutdown(abi::shutdown_how::send));
    CHECK(receive(*tcp.server, 5) == "quest");
    CHECK(receive(*tcp.server) == "ion");
    CHECK(receive(*tcp.server) == "");
    CHECK(tcp.server->ready() == (poll_event::in | poll_event::out | poll_event::read_hang_up));
    CHECK(send(*tcp.client, "x").error() == Errno::PIPE);
    CHECK(send(*tcp.server, "answer") == 6u);
    tcp.server = Ref<Socket>();
    CHECK(receive(*tcp.client) == "answer");
    CHECK(receive(*tcp.client) == "");
}

TEST_CASE("a TCP connection is reset when octets were lost") {
    Connection tcp;
    CHECK(send(*tcp.client, "unread") == 6u);
    tcp.server = Ref<Socket>();
    CHECK((tcp.client->ready() & (poll_event::error | poll_event::hang_up)) ==
          (poll_event::error | poll_event::hang_up));
    CHECK(receive(*tcp.client) == "errno 104");
    CHECK(receive(*tcp.client) == "");
    CHECK(send(*tcp.client, "x").error() == Errno::PIPE);
}

TEST_CASE("nobody listens") {
    auto client = make<TcpSocket>(tcp_kind, 0u);
    CHECK(client->connect(at_port(1)).error() == Errno::CONNREFUSED);
    CHECK(client->connect(internet_address({exo::net::Ipv4Address::of(192, 0, 2, 1), 80})).error() ==
          Errno::NETUNREACH);
    CHECK(client->take_error() == 0);
}

TEST_CASE("a full backlog makes connecting wait") {
    auto listener = make<TcpSocket>(tcp_kind, non_block);
    REQUIRE(listener->bind(at_port(0)));
    REQUIRE(listener->listen(0));
    auto first = make<TcpSocket>(tcp_kind, non_block), second = make<TcpSocket>(tcp_kind, non_block);
    CHECK(first->connect(listener->local_name()).error() == Errno::INPROGRESS);
    CHECK(second->connect(listener->local_name()).error() == Errno::INPROGRESS);
    CHECK((first->ready() & poll_event::out) != 0);
    CHECK(second->ready() == 0);
    CHECK(listener->accept());
    CHECK((second->ready() & poll_event::out) != 0);
    listener = Ref<TcpSocket>();
    CHECK(receive(*second) == "errno 104");
}

TEST_CASE("a full window, and room again") {
    Connection tcp;
    const std::string block(10'000, 'x');
    std::size_t filled = 0;
    for (auto sent = send(*tcp.client, block); sent; sent = send(*tcp.client, block))
        filled += *sent;
    CHECK((tcp.client->ready() & poll_event::out) == 0);
    const Edges before = tcp.client->edges();
    CHECK(receive(*tcp.server, filled) == std::string(filled, 'x'));
    CHECK((tcp.client->ready() & poll_event::out) != 0);
    CHECK(tcp.client->edges().out != before.out);
}

TEST_CASE("datagrams are whole, dropped when there is no room, and refused by nobody") {
    auto one = make<UdpSocket>(udp_kind, non_block), two = make<UdpSocket>(udp_kind, non_block);
    REQUIRE(two->bind(at_port(0)));
    const SocketAddress to = two->local_name();
    CHECK(send(*one, "whole", &to) == 5u);
    CHECK(receive(*two, 2) == "wh");
    CHECK(receive(*two) == "errno 11");
    CHECK(send(*one, "x").error() == Errno::DESTADDRREQ);
    two->options().set_receive_bytes(0);
    for (int i = 0; i < 100; ++i)
        CHECK(send(*one, "0123456789", &to) == 10u);
    std::size_t kept = 0;
    while (receive(*two) == "0123456789")
        ++kept;
    CHECK(kept > 0);
    CHECK(kept < 100);
    REQUIRE(one->connect(to));
    two = Ref<UdpSocket>();
    CHECK(send(*one, "x") == 1u);
    CHECK(one->ready() == (poll_event::out | poll_event::error));
    CHECK(one->take_error() == static_cast<int>(Errno::CONNREFUSED));
}

TEST_CASE("epoll tells levels, edges, and once; files leave when they end") {
    auto left = make<LocalSocket>(local_kind, non_block), right = make<LocalSocket>(local_kind, non_block);
    REQUIRE(LocalSocket::join(*left, *right));
    auto epoll = make<EpollFile>();
    abi::EpollEvent found[4];
    REQUIRE(epoll->add(3, left, {poll_event::in, 33}));
    CHECK(epoll->add(3, left, {poll_event::in, 33}).error() == Errno::EXIST);
    CHECK(epoll->collect(found) == 0);
    CHECK(send(*right, "ab") == 2u);
    CHECK(epoll->collect(found) == 1);
    CHECK(std::uint64_t{found[0].data} == 33);
    CHECK(epoll->collect(found) == 1);
    REQUIRE(epoll->modify(3, *left, {poll_event::in | abi::epoll_flag::edge, 34}));
    CHECK(epoll->collect(found) == 1);
    CHECK(epoll->collect(found) == 0);
    CHECK(receive(*left, 1) == "a");
    CHECK(epoll->collect(found) == 0);
    CHECK(send(*right, "c") == 1u);
    CHECK(epoll->collect(found) == 1);
    REQUIRE(epoll->modify(3, *left, {poll_event::in | abi::epoll_flag::one_shot, 35}));
    CHECK(epoll->collect(found) == 1);
    CHECK(send(*right, "d") == 1u);
    CHECK(epoll->collect(found) == 0);
    auto outer = make<EpollFile>();
    REQUIRE(outer->add(4, epoll, {poll_event::in, 1}));
    CHECK(epoll->add(5, outer, {poll_event::in, 1}).error() == Errno::LOOP);
    left = Ref<LocalSocket>();
    CHECK(epoll->ready() == 0);
    CHECK(epoll->collect(found) == 0);
}
