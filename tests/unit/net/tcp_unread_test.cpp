// Connections that nobody reads, beside one that somebody does: the port's packets are for all.
#include "tests/unit/net/tcp_lab.hpp"

#include <set>

using namespace net_test;

namespace {

constexpr std::size_t unread_connections = 10;

struct Pair {
    TcpStream client, server;
};

// One more connection to the lab's listener.
void join_another(Lab& lab, Pair& pair) {
    REQUIRE(pair.client.connect(lab.stack, {Ipv4Address::of(10, 0, 0, 3), 80}, {Ipv4Address::of(10, 0, 0, 2), 0}));
    for (int ms = 0; ms < 2000 && !lab.listener.is_ready(); ms++)
        lab.step();
    auto accepted = lab.listener.accept();
    REQUIRE(accepted);
    pair.server = std::move(*accepted);
    for (int ms = 0; ms < 2000 && pair.client.is_connecting(); ms++)
        lab.step();
}

// Sends until nothing more goes: the peer's window is full and so is what may wait here. Octets of it.
std::size_t fill(Lab& lab, TcpStream& from, std::uint8_t salt) {
    std::size_t sent = 0;
    std::vector<std::byte> chunk(8000);
    for (int quiet = 0; quiet < 400; quiet++, lab.step()) {
        for (std::size_t i = 0; i < chunk.size(); i++)
            chunk[i] = std::byte{octet_at(sent + i, salt)};
        const std::size_t taken = from.write(chunk).value_or(0);
        sent += taken;
        quiet = taken ? 0 : quiet;
    }
    return sent;
}

std::size_t ms_for(Lab& lab, std::size_t octets) {
    Flow flow{lab.client, lab.server, octets, 5};
    std::size_t ms = 0;
    for (; ms < 60'000 && !flow.done(); ms++) {
        flow.work();
        lab.step();
    }
    CHECK(flow.done());
    CHECK(flow.whole);
    return ms;
}

} // namespace

TEST_CASE("tcp: ten connections full and unread, another one runs at full speed") {
    for (const std::uint32_t offers : {0u, port_offer::chained_transmit}) {
        // The receiving port has as many packets as a port has by default and keeps 256 in its ring; the sender many.
        Lab lab(FakePort::Shape{.packets = 8192, .ring = 256, .offers = offers},
                FakePort::Shape{.packets = 768, .ring = 256, .offers = offers});
        lab.join();
        const std::size_t alone_ms = ms_for(lab, 4'000'000);
        std::array<Pair, unread_connections> unread;
        std::array<std::size_t, unread_connections> sent{};
        for (Pair& pair : unread)
            join_another(lab, pair);
        for (std::size_t i = 0; i < unread.size(); i++) {
            unread[i].client.set_send_limit(64'000);
            sent[i] = fill(lab, unread[i].client, static_cast<std::uint8_t>(i));
            CHECK(unread[i].server.readable_octets() >= 250'000); // the window is full
        }
        CHECK(tcp_globals().spill.used() > 100);
        CHECK(lab.right.packets() - lab.right.packets_out() >= 768 / 8);
        const std::size_t beside_ms = ms_for(lab, 4'000'000);
        MESSAGE("milliseconds alone: " << alone_ms << ", beside ten that are unread: " << beside_ms);
        CHECK(beside_ms <= alone_ms + alone_ms / 10 + 10);
        // And what lay there is as it was sent.
        for (std::size_t i = 0; i < unread.size(); i++) {
            bool whole = true;
            std::size_t came = 0;
            for (int ms = 0; ms < 5000 && came < sent[i]; ms++, lab.step())
                while (Packet* const packet = unread[i].server.receive()) {
                    CHECK(packet->pool == &lab.right.pool());
                    for (const std::byte octet : packet->octets())
                        whole = whole && octet == std::byte{octet_at(came++, static_cast<std::uint8_t>(i))};
                    PacketPool::release(packet);
                }
            CHECK(came == sent[i]);
            CHECK(whole);
        }
        CHECK(tcp_globals().spill.used() == 0);
        lab.client.close();
        lab.server.close();
        for (Pair& pair : unread) {
            pair.client.close();
            pair.server.close();
        }
        lab.rest(500);
    }
}

TEST_CASE("tcp: connections that are broken off give back what lay unread elsewhere") {
    Lab lab(FakePort::Shape{.packets = 4096, .ring = 256}, FakePort::Shape{.packets = 200, .ring = 256});
    lab.join();
    (void)fill(lab, lab.client, 1);
    CHECK(tcp_globals().spill.used() > 0);
    lab.server.close(); // unread: RST
    lab.rest(50);
    CHECK(lab.client.problem() == Problem::Reset);
    CHECK(tcp_globals().spill.used() == 0);
    lab.client.close();
    lab.rest(50);
}

TEST_CASE("tcp: peers who acknowledge nothing do not use up the packets of those who do") {
    constexpr std::size_t count = 60, octets_each = 16'000, packets = 400;
    Lab lab(FakePort::Shape{.packets = packets, .ring = 64, .offers = port_offer::chained_transmit},
            FakePort::Shape{.packets = 4096, .ring = 256});
    lab.join();
    std::vector<Pair> mute(count);
    for (Pair& pair : mute)
        join_another(lab, pair);
    std::set<std::uint16_t> ports;
    for (const Pair& pair : mute)
        ports.insert(pair.client.local().port);
    bool cut = true;
    lab.wire.loses = [&](const Octets& frame) { // their acknowledgements
        return cut && frame.size() >= 54 && ports.contains(static_cast<std::uint16_t>(frame[36] << 8 | frame[37]));
    };
    std::vector<std::byte> octets(octets_each);
    for (std::size_t i = 0; i < count; i++) {
        for (std::size_t at = 0; at < octets_each; at++)
            octets[at] = std::byte{octet_at(at, static_cast<std::uint8_t>(i))};
        // A segment of the last one's lies in both kinds of packets.
        const std::size_t sent = i + 1 == count ? 100 : 0;
        if (sent) {
            CHECK(tcp_globals().spill.used() > 0);
            Packet* const packet = mute[i].client.allocate();
            REQUIRE(packet);
            packet->offset = static_cast<std::uint16_t>(packet->capacity - sent);
            packet->length = static_cast<std::uint16_t>(sent);
            __builtin_memcpy(packet->data(), octets.data(), sent);
            REQUIRE(mute[i].client.send(packet, true));
        }
        REQUIRE(mute[i].client.write(std::span(octets).subspan(sent)) == octets_each - sent);
        lab.rest(2);
    }
    CHECK(lab.left.pool().free_count() > packets / 8);
    exchange(lab, 100'000, 1000); // others go on
    cut = false;                  // and they come back
    for (std::size_t i = 0; i < count; i++) {
        std::size_t came = 0;
        bool whole = true;
        for (int ms = 0; ms < 20'000 && came < octets_each; ms++, lab.step()) {
            std::byte into[3000];
            const std::size_t part = mute[i].server.read(into);
            for (std::size_t at = 0; at < part; at++)
                whole = whole && into[at] == std::byte{octet_at(came++, static_cast<std::uint8_t>(i))};
        }
        CHECK(came == octets_each);
        CHECK(whole);
    }
    lab.rest(1000);
    CHECK(tcp_globals().spill.used() == 0);
    for (Pair& pair : mute) {
        pair.client.close();
        pair.server.close();
    }
    lab.rest(500);
    lab.wire.loses = nullptr;
}
