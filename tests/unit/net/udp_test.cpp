// UDP between two stations: in place, in fragments, refused, dropped, broadcast.
#include "tests/unit/net/station.hpp"

#include <doctest/doctest.h>

using namespace exo::net;
using namespace net_test;

namespace {

struct Pair {
    explicit Pair(const FakePort::Shape& shape = {}) : left(wire, 2, shape), right(wire, 3, shape) {
        left.take_address(2);
        right.take_address(3);
        settle(wire, left, right);
    }
    ~Pair() {
        // Whatever happened, every packet is back.
        settle(wire, left, right);
        CHECK(left.port.packets_out() == held_left);
        CHECK(right.port.packets_out() == held_right);
    }
    Wire wire;
    Station left, right;
    std::size_t held_left = 0, held_right = 0;
};

} // namespace

TEST_CASE("udp: a datagram goes there and back in the same buffer") {
    for (const std::uint32_t offers : {0u, port_offer::transmit_checksum}) {
        Pair pair({.offers = offers});
        UdpSocket client, server;
        REQUIRE(server.open(pair.right.network, {any_address, 7}));
        REQUIRE(client.open(pair.left.network));
        CHECK(client.local().port >= 32768);
        REQUIRE(client.connect({Station::address(3), 7}));
        CHECK(client.local().address == Station::address(2));
        for (const std::size_t size : {0u, 1u, 2u, 3u, 7u, 8u, 31u, 64u, 1471u, 1472u}) {
            const Octets sent = pattern(size);
            REQUIRE(client.send(filled(client.allocate(), sent)));
            settle(pair.wire, pair.left, pair.right);
            Packet* const packet = server.receive();
            REQUIRE(packet);
            CHECK(contents(packet) == sent);
            CHECK(UdpSocket::source(*packet) == client.local());
            REQUIRE(server.send_to(packet, UdpSocket::source(*packet)));
            settle(pair.wire, pair.left, pair.right);
            Packet* const answer = client.receive();
            REQUIRE(answer);
            CHECK(contents(answer) == sent);
            CHECK(UdpSocket::source(*answer) == Endpoint{Station::address(3), 7});
            PacketPool::release(answer);
        }
        CHECK(pair.left.interface.counters().malformed == 0);
        CHECK(pair.right.interface.counters().malformed == 0);
    }
}

TEST_CASE("udp: a datagram longer than a frame goes in fragments, up to the largest there is") {
    Pair pair;
    UdpSocket client, server;
    REQUIRE(server.open(pair.right.network, {any_address, 7}));
    REQUIRE(client.open(pair.left.network));
    REQUIRE(client.connect({Station::address(3), 7}));
    for (const std::size_t size : {std::size_t{1473}, std::size_t{8192}, udp_datagram_max}) {
        Packet* first = nullptr;
        Packet** link = &first;
        const Octets sent = pattern(size, 5);
        for (std::size_t at = 0; at < size; at += 1401) { // odd pieces
            *link = filled(client.allocate(), std::span(sent).subspan(at, std::min<std::size_t>(1401, size - at)));
            link = &(*link)->next;
        }
        REQUIRE(client.send(first));
        settle(pair.wire, pair.left, pair.right);
        Packet* const packet = server.receive();
        REQUIRE(packet);
        CHECK(UdpSocket::payload_octets(*packet) == size);
        CHECK(contents(packet) == sent);
        REQUIRE(server.send_to(packet, client.local())); // back, as it came
        settle(pair.wire, pair.left, pair.right);
        Packet* const answer = client.receive();
        REQUIRE(answer);
        CHECK(contents(answer) == sent);
        PacketPool::release(answer);
    }
}

TEST_CASE("udp: nobody at the port is told to whoever is connected to it") {
    Pair pair;
    UdpSocket client;
    REQUIRE(client.open(pair.left.network));
    REQUIRE(client.connect({Station::address(3), 9}));
    REQUIRE(client.send(filled(client.allocate(), pattern(10))));
    settle(pair.wire, pair.left, pair.right);
    CHECK(client.take_problem() == Problem::Refused);
    CHECK(client.take_problem() == Problem::None);
    CHECK(pair.right.interface.counters().icmp_errors_sent == 1);
}

TEST_CASE("udp: a host that never answers ARP is unreachable") {
    Pair pair;
    UdpSocket client;
    REQUIRE(client.open(pair.left.network));
    REQUIRE(client.connect({Station::address(77), 9}));
    REQUIRE(client.send(filled(client.allocate(), pattern(10))));
    pass(pair.wire, 3000, pair.left, pair.right);
    CHECK(client.take_problem() == Problem::HostUnreachable);
}

TEST_CASE("udp: a full ring leaves the packet with its owner, as it was") {
    Pair pair;
    UdpSocket client, server;
    REQUIRE(server.open(pair.right.network, {any_address, 7}));
    REQUIRE(client.open(pair.left.network));
    REQUIRE(client.connect({Station::address(3), 7}));
    REQUIRE(client.send(filled(client.allocate(), pattern(3))));
    settle(pair.wire, pair.left, pair.right);
    PacketPool::release(server.receive());
    pair.left.port.ring_stuck = true;
    pair.left.port.ring_room = 2;
    Packet* burst[3];
    for (Packet*& packet : burst)
        packet = filled(client.allocate(), pattern(20));
    CHECK(client.send_burst(burst) == 2);
    CHECK(contents(burst[2]) == pattern(20));
    CHECK(client.send(burst[2]).error() == Problem::NoRoom);
    CHECK(contents(burst[2]) == pattern(20));
    pair.left.port.ring_stuck = false;
    CHECK(client.send(burst[2]));
    settle(pair.wire, pair.left, pair.right);
    for (int i = 0; i < 3; i++) {
        Packet* const packet = server.receive();
        REQUIRE(packet);
        CHECK(contents(packet) == pattern(20));
        PacketPool::release(packet);
    }
    CHECK(server.receive() == nullptr);
}

TEST_CASE("udp: unread datagrams are bounded, the rest dropped and counted") {
    Pair pair;
    UdpSocket client, server;
    REQUIRE(server.open(pair.right.network, {any_address, 7}));
    server.set_queue_limit(5);
    REQUIRE(client.open(pair.left.network));
    REQUIRE(client.connect({Station::address(3), 7}));
    for (int i = 0; i < 12; i++)
        REQUIRE(client.send(filled(client.allocate(), pattern(3))));
    settle(pair.wire, pair.left, pair.right);
    CHECK(server.counters().received == 5);
    CHECK(server.counters().dropped == 7);
    CHECK(pair.right.port.packets_out() == 5);
    server.close(); // and gives back what lies there
    CHECK(pair.right.port.packets_out() == 0);
}

TEST_CASE("udp: addresses and ports are held by one socket, and a peer's own socket comes first") {
    Pair pair;
    UdpSocket server, other, from_peer, client, stranger;
    REQUIRE(server.open(pair.right.network, {any_address, 7}));
    CHECK(other.open(pair.right.network, {any_address, 7}).error() == Problem::AddressInUse);
    CHECK(other.open(pair.right.network, {Station::address(3), 7}).error() == Problem::AddressInUse);
    CHECK(other.open(pair.right.network, {Station::address(9), 8}).error() == Problem::AddressNotHere);
    REQUIRE(from_peer.open(pair.right.network, {any_address, 7}, true));
    REQUIRE(client.open(pair.left.network));
    REQUIRE(client.connect({Station::address(3), 7}));
    REQUIRE(stranger.open(pair.left.network));
    REQUIRE(from_peer.connect(client.local()));
    REQUIRE(client.send(filled(client.allocate(), pattern(1))));
    REQUIRE(stranger.send_to(filled(stranger.allocate_to(Station::address(3)), pattern(2)), {Station::address(3), 7}));
    settle(pair.wire, pair.left, pair.right);
    CHECK(from_peer.counters().received == 1);
    CHECK(server.counters().received == 1);
    UdpSocket unbound;
    CHECK(unbound.connect({Station::address(3), 7}).error() == Problem::Closed);
    Packet* const packet = client.allocate();
    CHECK(stranger.send(packet).error() == Problem::NotConnected);
    CHECK(stranger.send_to(packet, {limited_broadcast, 7}).error() == Problem::HostUnreachable);
    PacketPool::release(packet);
}

TEST_CASE("udp: a broadcast reaches a socket, and nobody answers it with an error") {
    Pair pair;
    UdpSocket client, server;
    REQUIRE(server.open(pair.right.network, {any_address, 7}));
    REQUIRE(client.open(pair.left.network));
    client.allow_broadcast(true);
    for (const Ipv4Address to : {limited_broadcast, Ipv4Address::of(10, 0, 0, 255)}) {
        REQUIRE(client.send_to(filled(client.allocate_to(to), pattern(4)), {to, 7}));
        REQUIRE(client.send_to(filled(client.allocate_to(to), pattern(4)), {to, 8}));
    }
    settle(pair.wire, pair.left, pair.right);
    CHECK(server.counters().received == 2);
    CHECK(pair.right.interface.counters().icmp_errors_sent == 0);
}
