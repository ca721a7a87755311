// Many connections at one port: more to send than its ring, its packets or the engine's memory hold. Nobody's program
// asks again by itself; it waits to be told.
#include "tests/unit/net/tcp_lab.hpp"

#include <algorithm>
#include <memory>

using namespace net_test;

namespace {

constexpr std::size_t document_octets = 100'000;

// A client, and a server that works when it is told that it can.
struct Peer {
    TcpStream client, server;
    std::size_t wanted = 0, sent = 0, came = 0;
    bool due = false, whole = true;

    void ask(std::size_t octets) {
        wanted = octets;
        sent = came = 0;
        due = true;
    }
    void work() {
        while (due && sent < wanted) {
            std::byte chunk[1400];
            const std::size_t octets = std::min(wanted - sent, sizeof chunk);
            for (std::size_t i = 0; i < octets; i++)
                chunk[i] = std::byte{octet_at(sent + i, 3)};
            const auto taken = server.write({chunk, octets});
            due = taken.has_value();
            sent += taken.value_or(0);
        }
        due = false;
        while (Packet* const packet = client.receive()) {
            for (const std::byte octet : packet->octets())
                whole = whole && octet == std::byte{octet_at(came++, 3)};
            PacketPool::release(packet);
        }
    }
    bool done() const { return came == wanted; }
};

// The interface of the servers is polled first: what acknowledges comes before turns are taken.
struct Crowd {
    explicit Crowd(std::size_t count, std::size_t server_packets)
        : lab({.packets = server_packets, .ring = 256}, {.packets = 16'384, .ring = 256}), peers(count) {
        REQUIRE(lab.listener.open(lab.stack, {Ipv4Address::of(10, 0, 0, 2), 80}));
        for (Peer& peer : peers) {
            REQUIRE(
                peer.client.connect(lab.stack, {Ipv4Address::of(10, 0, 0, 2), 80}, {Ipv4Address::of(10, 0, 0, 3), 0}));
            for (int ms = 0; ms < 2000 && !lab.listener.is_ready(); ms++)
                lab.step();
            auto accepted = lab.listener.accept();
            REQUIRE(accepted);
            peer.server = std::move(*accepted);
            peer.server.set_no_delay(true);
            peer.server.set_observer([](void* self) { static_cast<Peer*>(self)->due = true; }, &peer);
        }
    }
    ~Crowd() {
        lab.left.ring_stuck = false;
        for (Peer& peer : peers) {
            peer.client.close();
            peer.server.close();
        }
        lab.rest(500);
    }
    // A millisecond, in which the server's ring takes so many frames; 0: as many as come.
    void step(std::size_t frames) {
        lab.wire.now_ms++;
        lab.left.ring_stuck = frames != 0;
        constexpr std::size_t turns = 8;
        for (std::size_t turn = 0; turn < turns; turn++) {
            lab.left.ring_room = frames / turns;
            lab.wire.deliver();
            lab.network.poll();
            for (Peer& peer : peers)
                peer.work();
        }
    }
    // A document to everybody; how long that takes. Those that take longer than the limit fail.
    std::size_t serve_all(std::size_t frames_a_ms, std::size_t limit_ms) {
        for (Peer& peer : peers)
            peer.ask(document_octets);
        return finish_all(frames_a_ms, limit_ms);
    }
    std::size_t finish_all(std::size_t frames_a_ms, std::size_t limit_ms) {
        std::size_t ms = 0;
        while (ms < limit_ms && !std::ranges::all_of(peers, &Peer::done)) {
            step(frames_a_ms);
            ms++;
        }
        CHECK(std::ranges::count_if(peers, &Peer::done) == static_cast<std::ptrdiff_t>(peers.size()));
        CHECK(std::ranges::all_of(peers, &Peer::whole));
        return ms;
    }

    Lab lab;
    std::vector<Peer> peers;
};

} // namespace

TEST_CASE("tcp: fifty documents through a ring that is always full take as long as the wire does") {
    constexpr std::size_t frames_a_ms = 64, segments = 50 * (document_octets / 1448 + 1);
    Crowd crowd(50, 8192);
    (void)crowd.serve_all(0, 2000); // their windows are open from now on
    for (int round = 0; round < 3; round++) {
        const std::size_t ms = crowd.serve_all(frames_a_ms, 1000);
        MESSAGE("milliseconds: " << ms << ", of which the frames alone take " << segments / frames_a_ms);
        CHECK(ms <= segments / frames_a_ms * 3 / 2);
    }
    for (const Peer& peer : crowd.peers)
        CHECK(peer.server.facts().segments_again == 0);
}

TEST_CASE("tcp: a full ring is no loss") {
    Crowd crowd(8, 8192);
    (void)crowd.serve_all(0, 2000);
    const std::uint32_t window = crowd.peers[7].server.facts().congestion_window;
    for (Peer& peer : crowd.peers)
        peer.ask(document_octets);
    crowd.lab.left.ring_stuck = true;
    crowd.lab.left.ring_room = 0;
    for (Peer& peer : crowd.peers)
        peer.work();
    REQUIRE(crowd.peers[7].server.facts().segments_out == 0); // nothing of it is on its way
    for (int ms = 0; ms < 4000; ms++) {
        crowd.lab.wire.now_ms++;
        crowd.lab.network.poll();
    }
    CHECK(crowd.peers[7].server.facts().congestion_window == window);
    CHECK(crowd.finish_all(0, 100) < 50);
}

TEST_CASE("tcp: who has little to send gets its turn at a ring that others fill") {
    Crowd crowd(3, 8192);
    (void)crowd.serve_all(0, 2000);
    for (Peer& peer : crowd.peers)
        peer.ask(&peer == &crowd.peers[0] ? 1000 : 20'000'000);
    crowd.peers[0].due = false;
    for (int ms = 0; ms < 200; ms++)
        crowd.step(16);
    REQUIRE(crowd.peers[1].came > 1'000'000);
    crowd.peers[0].due = true;
    int ms = 0;
    for (; ms < 200 && !crowd.peers[0].done(); ms++)
        crowd.step(16);
    CHECK(ms <= 20); // what the queue and the ring hold before it
    for (Peer& peer : crowd.peers)
        peer.wanted = peer.came; // enough of it
    CHECK(std::ranges::all_of(crowd.peers, &Peer::whole));
}

TEST_CASE("tcp: more documents than the port has packets for all come") {
    Crowd crowd(64, 768);
    for (int round = 0; round < 2; round++)
        MESSAGE("milliseconds: " << crowd.serve_all(0, 3000));
}

TEST_CASE("tcp: more documents than the engine has memory for all come") {
    Crowd crowd(100, 16'384); // 7,000 segments
    for (int round = 0; round < 2; round++)
        MESSAGE("milliseconds: " << crowd.serve_all(0, 3000));
}

TEST_CASE("tcp: what streams send within a batch leaves with one ring of the port") {
    Crowd crowd(8, 8192);
    const std::byte octets[] = {std::byte{1}, std::byte{2}};
    const std::uint64_t before = crowd.lab.wire.frames;
    {
        const TcpBatch batch(crowd.lab.stack);
        const TcpBatch within(crowd.lab.stack);
        for (Peer& peer : crowd.peers)
            REQUIRE(peer.server.write(octets) == 2);
        CHECK(crowd.lab.wire.frames == before);
    }
    CHECK(crowd.lab.wire.frames == before + crowd.peers.size());
    REQUIRE(crowd.peers[0].server.write(octets) == 2); // without one, at once
    CHECK(crowd.lab.wire.frames == before + crowd.peers.size() + 1);
    for (Peer& peer : crowd.peers)
        peer.wanted = 0;
    crowd.lab.rest(10);
    for (Peer& peer : crowd.peers)
        CHECK(peer.client.readable_octets() == (&peer == &crowd.peers[0] ? 4 : 2));
}
