// TCP between two stations that share this program's one engine: opening, octets both ways on good and bad wires,
// closing by halves, breaking, refusing.
#include "tests/unit/net/tcp_lab.hpp"

using namespace exo::net;
using namespace net_test;

TEST_CASE("tcp: octets arrive whole and in order both ways, whatever the port offers") {
    for (const std::uint32_t offers : {0u, port_offer::transmit_checksum, port_offer::chained_transmit,
                                       port_offer::chained_transmit | port_offer::transmit_checksum}) {
        Lab lab({.packets = 2048, .ring = 64, .offers = offers});
        lab.join();
        exchange(lab, 1'000'000, 60'000);
        lab.client.close();
        lab.server.close();
        lab.rest(500);
        CHECK(lab.one.counters().malformed + lab.other.counters().malformed == 0);
    }
}

TEST_CASE("tcp: each half closes by itself") {
    Lab lab;
    lab.join();
    const std::byte text[] = {std::byte{'a'}, std::byte{'b'}, std::byte{'c'}};
    REQUIRE(lab.client.write(text) == 3);
    REQUIRE(lab.client.shut_send());
    CHECK(lab.client.write(text).error() == Problem::Closed);
    lab.settle();
    CHECK(lab.server.ready() == (tcp_ready::readable | tcp_ready::writable));
    std::byte into[8];
    CHECK(lab.server.peek(into) == 3);
    CHECK(lab.server.read({into, 2}) == 2);
    CHECK(lab.server.read(into) == 1);
    CHECK(into[0] == std::byte{'c'});
    CHECK(lab.server.ready() == (tcp_ready::finished | tcp_ready::writable));
    for (int i = 0; i < 1000; i++) // and the other half goes on
        REQUIRE(lab.server.write(text) == 3);
    lab.rest(100);
    CHECK(lab.client.readable_octets() == 3000);
    REQUIRE(lab.server.shut_send());
    lab.rest(100);
    CHECK(lab.client.ready() == tcp_ready::readable);
    std::vector<std::byte> all(4000);
    CHECK(lab.client.read(all) == 3000);
    CHECK(lab.client.ready() == tcp_ready::finished);
    CHECK(lab.client.problem() == Problem::None);
    CHECK(lab.server.problem() == Problem::None);
    lab.rest(70'000); // the waiting after the end (RFC 9293 3.6.1) ends
    CHECK(lab.client.problem() == Problem::None);
}

TEST_CASE("tcp: what was written before closing still arrives") {
    Lab lab;
    lab.join();
    lab.wire.faults.delay_ms = 20;
    std::vector<std::byte> text(100'000, std::byte{'x'});
    REQUIRE(lab.client.write(text) == text.size());
    lab.client.close();
    std::size_t came = 0;
    for (int ms = 0; ms < 10'000 && !(lab.server.ready() & tcp_ready::finished); ms++) {
        lab.step();
        std::byte into[10'000];
        came += lab.server.read(into);
    }
    CHECK(came == text.size());
    CHECK(lab.server.problem() == Problem::None);
}

TEST_CASE("tcp: refused, reset, unread, silent: each is told apart") {
    Lab lab;
    lab.join();
    TcpStream nobody;
    REQUIRE(nobody.connect(lab.stack, {Ipv4Address::of(10, 0, 0, 3), 81}));
    lab.settle();
    CHECK(nobody.ready() == tcp_ready::failed);
    CHECK(nobody.problem() == Problem::Refused);

    TcpStream silent; // nobody answers ARP
    REQUIRE(silent.connect(lab.stack, {Ipv4Address::of(10, 0, 0, 99), 80}));
    lab.rest(4000);
    CHECK(silent.problem() == Problem::HostUnreachable);
    TcpStream nowhere;
    CHECK(nowhere.connect(lab.stack, {Ipv4Address::of(192, 168, 0, 99), 80}).error() == Problem::NetworkUnreachable);

    const std::byte text[] = {std::byte{1}};
    REQUIRE(lab.client.write(text) == 1);
    lab.settle();
    lab.server.close(); // with an octet unread
    lab.settle();
    CHECK(lab.client.problem() == Problem::Reset);
    CHECK(lab.client.write(text).error() == Problem::Reset);
}

TEST_CASE("tcp: a peer that falls silent times out") {
    Lab lab;
    lab.join();
    lab.wire.faults.loss = 1;
    const std::byte text[] = {std::byte{1}};
    REQUIRE(lab.client.write(text) == 1);
    std::uint64_t ms = 0;
    for (; ms < 2'000'000 && lab.client.problem() == Problem::None; ms++)
        lab.step();
    CHECK(lab.client.problem() == Problem::TimedOut);
    lab.wire.faults.loss = 0;
}

TEST_CASE("tcp: the window closes on a reader that does not read, and opens again") {
    Lab lab;
    lab.join();
    std::vector<std::byte> text(2'000'000);
    for (std::size_t i = 0; i < text.size(); i++)
        text[i] = std::byte{octet_at(i, 9)};
    std::size_t sent = 0;
    for (int ms = 0; ms < 5000; ms++) {
        sent += lab.client.write(std::span(text).subspan(sent)).value_or(0);
        lab.step();
    }
    CHECK(sent < text.size());
    CHECK((lab.client.ready() & tcp_ready::writable) == 0);
    CHECK(lab.right.packets_out() < 700);
    std::size_t came = 0;
    bool whole = true;
    for (int ms = 0; ms < 60'000 && came < text.size(); ms++) {
        sent += lab.client.write(std::span(text).subspan(sent)).value_or(0);
        std::byte into[3000];
        const std::size_t count = lab.server.read(into);
        for (std::size_t i = 0; i < count; i++)
            whole = whole && into[i] == text[came + i];
        came += count;
        lab.step();
    }
    CHECK(came == text.size());
    CHECK(whole);
}

TEST_CASE("tcp: a packet is sent from where it lies, and is back once it is acknowledged") {
    Lab lab({.packets = 2048, .ring = 64, .offers = port_offer::chained_transmit});
    lab.join();
    Packet* const packet = lab.client.allocate();
    REQUIRE(packet);
    const Octets octets = pattern(1000);
    (void)filled(packet, octets);
    REQUIRE(lab.client.send(packet));
    CHECK(lab.client.unacknowledged_octets() == 1000);
    lab.rest(200);
    CHECK(lab.client.unacknowledged_octets() == 0);
    Packet* const came = lab.server.receive();
    REQUIRE(came);
    CHECK(contents(came) == octets);
    REQUIRE(lab.server.send(came)); // and goes back in the buffer it came in
    lab.rest(200);
    Packet* const again = lab.client.receive();
    REQUIRE(again);
    CHECK(contents(again) == octets);
    PacketPool::release(again);
}

TEST_CASE("tcp: segments that come in one burst are acknowledged by one, at once") {
    Lab lab({.packets = 2048, .ring = 64, .offers = port_offer::chained_transmit});
    lab.join();
    lab.client.set_no_delay(true);
    exchange(lab, 100'000, 1'000); // the window has grown
    lab.rest(200);
    for (const std::size_t segments : {2u, 3u, 9u, 20u}) {
        std::size_t acknowledgements = 0;
        lab.wire.loses = [&](const Octets& frame) {
            acknowledgements += frame.size() < 100;
            return false;
        };
        const std::vector<std::byte> octets(segments * lab.client.facts().segment_octets);
        REQUIRE(lab.client.write(octets) == octets.size());
        lab.settle(); // no time passes: nothing that is held back would go
        lab.wire.loses = nullptr;
        CHECK(acknowledgements == 1);
        CHECK(lab.client.unacknowledged_octets() == 0);
        std::vector<std::byte> into(octets.size());
        CHECK(lab.server.read(into) == into.size());
        lab.rest(200);
    }
}

TEST_CASE("tcp: one whole acknowledgement of a large window opens the sender's as far") {
    Lab lab({.packets = 2048, .ring = 256, .offers = port_offer::chained_transmit});
    lab.join();
    for (int round = 0; round < 4; round++) { // three segments, six, twelve, ...
        const std::uint32_t before = lab.client.facts().congestion_window;
        std::vector<std::byte> octets(before);
        REQUIRE(lab.client.write(octets) == octets.size());
        lab.rest(200);
        CHECK(lab.client.unacknowledged_octets() == 0);
        CHECK(lab.client.facts().congestion_window >= 2 * before - lab.client.facts().segment_octets);
        CHECK(lab.server.read(octets) == octets.size());
    }
}

TEST_CASE("tcp: a listener's backlog and addresses are bounded") {
    Lab lab;
    REQUIRE(lab.listener.open(lab.stack, {any_address, 80}, 2));
    TcpListener second;
    CHECK(second.open(lab.stack, {any_address, 80}).error() == Problem::AddressInUse);
    CHECK(second.open(lab.stack, {Ipv4Address::of(1, 2, 3, 4), 81}).error() == Problem::AddressNotHere);
    TcpStream clients[4];
    for (TcpStream& client : clients)
        REQUIRE(client.connect(lab.stack, {Ipv4Address::of(10, 0, 0, 3), 80}));
    lab.settle();
    int open = 0;
    for (TcpStream& client : clients)
        open += !client.is_connecting();
    CHECK(open == 2);
    auto first = lab.listener.accept();
    REQUIRE(first);
    clients[1].abort(); // before anybody accepted it
    lab.rest(3000);     // the others' SYNs come again
    int accepted = 0;
    while (lab.listener.accept())
        accepted++;
    CHECK(accepted == 2);
    lab.listener.close();
    lab.rest(10);
    CHECK(lab.listener.accept() == std::nullopt);
}
