// Thousands of connections, most of them quiet; SYNs without an end; ends that are used again.
#include "libos/net/wire/checksum.hpp"
#include "tests/unit/net/tcp_lab.hpp"

using namespace net_test;

namespace {

const Endpoint served{Ipv4Address::of(10, 0, 0, 3), 80};

struct Pair {
    TcpStream client, server;
};

// Connects one more, and accepts it.
void join(Lab& lab, Pair& pair, std::uint16_t from = 0) {
    REQUIRE(pair.client.connect(lab.stack, served, {Ipv4Address::of(10, 0, 0, 2), from}));
    for (int tries = 0; tries < 10 && !lab.listener.is_ready(); tries++)
        lab.settle();
    auto accepted = lab.listener.accept();
    REQUIRE(accepted);
    pair.server = std::move(*accepted);
}

// What a peer that does not exist sends: a segment without data.
void send_forged(Lab& lab, Endpoint from, std::uint8_t flags, std::uint32_t sequence) {
    constexpr std::size_t octets = 20;
    Packet* const packet = lab.left.pool().allocate();
    REQUIRE(packet);
    packet->offset = static_cast<std::uint16_t>(packet->offset + 34);
    packet->length = octets;
    std::byte* const at = packet->data();
    __builtin_memset(at, 0, octets);
    put_big16(at, from.port);
    put_big16(at + 2, served.port);
    put_big32(at + 4, sequence);
    at[12] = std::byte{5 << 4};
    at[13] = std::byte{flags};
    put_big16(at + 14, 1000);
    store16(at + 16, checksum_of(add_sums(sum_octets({at, octets}),
                                          pseudo_header_sum(from.address.wire, served.address.wire, 6, octets))));
    REQUIRE(lab.one.send_ipv4(packet, {.source = from.address, .destination = served.address, .protocol = 6}));
    lab.one.flush();
}

void send_syn(Lab& lab, std::uint32_t number) {
    send_forged(lab,
                {Ipv4Address::of(10, 7, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)), 9},
                0x02, number * 1000);
}

} // namespace

TEST_CASE("tcp: thousands of connections, each with its own octets, and the quiet ones cost no time") {
    constexpr std::size_t count = 4000;
    Lab lab({.packets = 2048, .ring = 256});
    REQUIRE(lab.listener.open(lab.stack, served, 1024));
    ControlBlocks& blocks = tcp_globals().blocks;
    std::vector<Pair> pairs(count);
    for (Pair& pair : pairs)
        join(lab, pair);
    CHECK(blocks.tuples.count() == 2 * count);
    lab.rest(400);
    CHECK(blocks.busy.is_empty()); // nothing is under way
    CHECK(!tcp_globals().ticks_fast);
    CHECK(lab.left.packets_out() == 0);
    CHECK(lab.right.packets_out() == 0);

    for (std::size_t i = 0; i < count; i++) {
        const std::byte octets[] = {std::byte(i), std::byte(i >> 8)};
        REQUIRE(pairs[i].client.write(octets) == 2);
        if (i % 100 == 0) {
            CHECK(blocks.busy.count() <= 2 * 101 + 2);
            lab.rest(400);
        }
    }
    lab.rest(400);
    for (std::size_t i = 0; i < count; i++) {
        std::byte octets[4];
        REQUIRE(pairs[i].server.read(octets) == 2);
        REQUIRE((octets[0] == std::byte(i) && octets[1] == std::byte(i >> 8)));
    }
    lab.rest(400);
    CHECK(blocks.busy.is_empty());

    for (std::size_t i = 0; i < count; i += 2) // every second one goes
        pairs[i].client.close();
    lab.rest(200);
    for (std::size_t i = 0; i < count; i++) {
        CHECK(((pairs[i].server.ready() & tcp_ready::finished) != 0) == (i % 2 == 0));
        if (i % 2 == 0)
            pairs[i].server.close();
    }
    lab.rest(200);
    CHECK(blocks.time_wait.count() == count / 2);
    CHECK(blocks.tuples.count() == count / 2 * 3);
    lab.rest(61'500); // twice the segments' lifetime
    CHECK(blocks.time_wait.is_empty());
    CHECK(blocks.tuples.count() == count);
    CHECK(pairs[1].client.write({reinterpret_cast<const std::byte*>("x"), 1}) == 1);
    lab.rest(10);
    CHECK(pairs[1].server.readable_octets() == 1);
}

TEST_CASE("tcp: a bound on connections, and those in TIME-WAIT give way first") {
    Lab lab({.packets = 2048, .ring = 256});
    REQUIRE(lab.listener.open(lab.stack, served, 1024));
    ControlBlocks& blocks = tcp_globals().blocks;
    constexpr std::size_t pairs_max = tcp_connections_max / 2;
    std::vector<Pair> pairs(pairs_max);
    for (Pair& pair : pairs)
        join(lab, pair);
    CHECK(blocks.tuples.count() == tcp_connections_max);
    TcpStream another;
    CHECK(another.connect(lab.stack, served).error() == Problem::Full);
    for (std::size_t i = 0; i < 2; i++)
        pairs[i].client.close();
    lab.settle();
    for (std::size_t i = 0; i < 2; i++)
        pairs[i].server.close();
    lab.settle();
    CHECK(blocks.time_wait.count() == 2);
    for (std::size_t i = 0; i < 2; i++)
        join(lab, pairs[i]);
    CHECK(blocks.time_wait.is_empty());
    CHECK(blocks.tuples.count() == tcp_connections_max);
    CHECK(pairs[pairs_max - 1].client.problem() == Problem::None);
}

TEST_CASE("tcp: SYNs without an end keep nobody out, and push nobody out") {
    Lab lab({.packets = 2048, .ring = 256});
    REQUIRE(lab.listener.open(lab.stack, served, 16));
    ControlBlocks& blocks = tcp_globals().blocks;
    Pair before, during;
    join(lab, before);
    std::uint32_t number = 0;
    for (int ms = 0; ms < 1000; ms++) { // as many in 200 ms as are let wait
        if (ms % 13 == 0)
            send_syn(lab, number++);
        lab.step();
        CHECK(blocks.half_open.count() <= 16);
    }
    CHECK(blocks.half_open.count() >= 15);
    REQUIRE(during.client.connect(lab.stack, served, {Ipv4Address::of(10, 0, 0, 2), 0}));
    for (int ms = 0; ms < 2000 && !lab.listener.is_ready(); ms++) {
        if (ms % 13 == 0)
            send_syn(lab, number++);
        lab.step();
    }
    auto accepted = lab.listener.accept();
    REQUIRE(accepted);
    CHECK(accepted->remote() == during.client.local());
    CHECK(before.client.problem() == Problem::None);
    CHECK(before.client.write({reinterpret_cast<const std::byte*>("x"), 1}) == 1);
    lab.rest(10);
    CHECK(before.server.readable_octets() == 1);
    lab.rest(30'000); // they do not wait for ever
    CHECK(blocks.half_open.is_empty());
    REQUIRE(lab.listener.is_ready() == false);
}

TEST_CASE("tcp: half-open connections that are young stay, so that a burst of peers is served in turn") {
    Lab lab;
    REQUIRE(lab.listener.open(lab.stack, served, 4));
    for (std::uint32_t number = 0; number < 8; number++)
        send_syn(lab, number);
    lab.settle();
    ControlBlocks& blocks = tcp_globals().blocks;
    CHECK(blocks.half_open.count() == 4);
    for (std::uint32_t number = 0; number < 4; number++) // the first four, not the last
        CHECK(blocks.find({served, {Ipv4Address::of(10, 7, 0, static_cast<std::uint8_t>(number)), 9}}) != nullptr);
}

TEST_CASE("tcp: the same ends again, while the old connection waits in TIME-WAIT") {
    Lab lab;
    REQUIRE(lab.listener.open(lab.stack, served, 16));
    ControlBlocks& blocks = tcp_globals().blocks;
    std::uint32_t first = 0; // sequence number of the client's SYN
    lab.wire.tap = [&](const Octets& frame) {
        const auto* const at = reinterpret_cast<const std::byte*>(frame.data());
        if (frame.size() >= 54 && frame[12] == 8 && frame[47] == 0x02 && big16(at + 34) == 5555)
            first = big32(at + 38);
    };
    for (int round = 0; round < 3; round++) {
        Pair pair;
        join(lab, pair, 5555);
        CHECK(pair.client.write({reinterpret_cast<const std::byte*>("x"), 1}) == 1);
        lab.rest(5);
        std::byte octet;
        CHECK(pair.server.read({&octet, 1}) == 1);
        pair.server.close(); // who closes first waits
        lab.rest(5);
        pair.client.close();
        lab.rest(5);
        REQUIRE(blocks.time_wait.count() == 1);
        // An old SYN that turns up late opens nothing.
        send_forged(lab, {Ipv4Address::of(10, 0, 0, 2), 5555}, 0x02, first);
        lab.rest(1);
        CHECK(blocks.half_open.is_empty());
        CHECK(blocks.time_wait.count() == 1);
    }
}

TEST_CASE("tcp: a port of one's own is not shared by chance, and by who asks for it only if both agree") {
    Lab lab;
    REQUIRE(lab.listener.open(lab.stack, served, 16));
    Pair one;
    join(lab, one, 6000);
    TcpStream other;
    CHECK(other.connect(lab.stack, {Ipv4Address::of(10, 0, 0, 3), 81}, {Ipv4Address::of(10, 0, 0, 2), 6000}).error() ==
          Problem::AddressInUse);
    TcpListener listener;
    CHECK(listener.open(lab.stack, {any_address, 6000}).error() == Problem::AddressInUse);
    CHECK(listener.open(lab.stack, {any_address, 6000}, 1, true).error() == Problem::AddressInUse);
    CHECK(listener.open(lab.stack, {any_address, 6001}));
    listener.close();
    lab.listener.close();
    CHECK(listener.open(lab.stack, served).error() == Problem::AddressInUse); // the accepted one is still there
}

TEST_CASE("tcp: quiet connections are asked by keep-alives whether their peers live") {
    Lab lab;
    REQUIRE(lab.listener.open(lab.stack, served, 16));
    Pair dead, alive;
    join(lab, dead);
    join(lab, alive);
    for (TcpStream* server : {&dead.server, &alive.server})
        server->set_keep_alive({.on = true, .idle_s = 5, .interval_s = 1, .probes = 3});
    const std::uint16_t port = dead.client.local().port;
    lab.wire.loses = [&](const Octets& frame) {
        return frame.size() >= 54 && (frame[34] << 8 | frame[35]) == port; // what comes from there
    };
    lab.rest(4500);
    CHECK(!tcp_globals().ticks_fast);
    CHECK(dead.server.problem() == Problem::None);
    lab.rest(6000);
    CHECK(dead.server.problem() == Problem::TimedOut);
    lab.rest(20'000);
    CHECK(alive.server.problem() == Problem::None);
    alive.server.set_keep_alive({.on = true, .idle_s = 700, .interval_s = 1, .probes = 3}); // longer than one round
    lab.wire.loses = [](const Octets&) { return true; };
    lab.rest(690'000);
    CHECK(alive.server.problem() == Problem::None);
    lab.rest(20'000);
    CHECK(alive.server.problem() == Problem::TimedOut);
    lab.wire.loses = nullptr;
}
