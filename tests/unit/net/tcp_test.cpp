// TCP between two stations that share this program's one engine: opening, octets both ways on good and bad wires,
// closing by halves, breaking, refusing.
#include "libos/net/tcp/listener.hpp"
#include "libos/net/tcp/state.hpp"
#include "tests/unit/net/station.hpp"

#include <doctest/doctest.h>

using namespace exo::net;
using namespace net_test;

namespace {

// One network with two interfaces on one wire: what the engine of one program can be both ends of. Each frame goes over
// the wire: routes lead to the other interface.
struct Lab {
    explicit Lab(const FakePort::Shape& shape = {.packets = 2048, .ring = 64})
        : left(wire, 2, shape), right(wire, 3, shape) {
        network.open(wire.clock(), {1, 2, 3, 4});
        one.open(network, left);
        other.open(network, right);
        // Each at a network of its own, and the other one's address beyond a gateway that is the other one.
        one.set_address({Ipv4Address::of(10, 0, 0, 2), 24, {}});
        other.set_address({Ipv4Address::of(10, 0, 0, 3), 24, {}});
        REQUIRE(network.add(one));
        REQUIRE(network.add(other));
        REQUIRE(stack.open(network));
        settle();
    }
    ~Lab() {
        stack.close();
        settle();
        CHECK(left.packets_out() == 0);
        CHECK(right.packets_out() == 0);
        CHECK(tcp_globals().views.free_count() == 2048);
    }
    void settle() {
        for (int quiet = 0; quiet < 3;) {
            const std::uint64_t before = wire.frames;
            wire.deliver();
            quiet = network.poll() || wire.frames != before ? 0 : quiet + 1;
        }
    }
    void step() {
        wire.now_ms++;
        wire.deliver();
        network.poll();
    }
    // Connects, accepts.
    void join() {
        REQUIRE(listener.open(stack, {Ipv4Address::of(10, 0, 0, 3), 80}));
        REQUIRE(client.connect(stack, {Ipv4Address::of(10, 0, 0, 3), 80}, {Ipv4Address::of(10, 0, 0, 2), 0}));
        for (int ms = 0; ms < 20'000 && !listener.is_ready(); ms++)
            step();
        auto accepted = listener.accept();
        REQUIRE(accepted);
        server = std::move(*accepted);
        for (int ms = 0; ms < 20'000 && client.is_connecting(); ms++)
            step();
        REQUIRE(client.ready() == tcp_ready::writable);
    }
    void rest(std::uint64_t ms) {
        for (; ms; ms--)
            step();
    }

    Wire wire;
    FakePort left, right;
    Network network;
    Interface one, other;
    TcpStack stack;
    TcpListener listener;
    TcpStream client, server;
};

std::uint8_t octet_at(std::size_t position, std::uint8_t salt) {
    return static_cast<std::uint8_t>((position * 2'654'435'761u >> 13) + salt);
}

// Sends and checks a stream of octets that its position determines.
struct Flow {
    TcpStream& from;
    TcpStream& to;
    std::size_t wanted;
    std::uint8_t salt;
    std::size_t sent = 0, came = 0;
    bool whole = true;

    void work() {
        std::vector<std::byte> chunk(std::min<std::size_t>(wanted - sent, 1 + sent % 9000));
        for (std::size_t i = 0; i < chunk.size(); i++)
            chunk[i] = std::byte{octet_at(sent + i, salt)};
        if (!chunk.empty())
            sent += from.write(chunk).value_or(0);
        if (sent % 3 == 0) { // by copy, or by packet
            std::byte into[5000];
            const std::size_t count = to.read(into);
            for (std::size_t i = 0; i < count; i++)
                whole = whole && into[i] == std::byte{octet_at(came + i, salt)};
            came += count;
        }
        while (Packet* const packet = to.receive()) {
            for (const std::byte octet : packet->octets())
                whole = whole && octet == std::byte{octet_at(came++, salt)};
            PacketPool::release(packet);
        }
    }
    bool done() const { return came == wanted; }
};

void exchange(Lab& lab, std::size_t octets, std::size_t limit_ms) {
    Flow there{lab.client, lab.server, octets, 1}, back{lab.server, lab.client, octets, 77};
    std::size_t ms = 0;
    for (; ms < limit_ms && !(there.done() && back.done()); ms++) {
        there.work();
        back.work();
        lab.step();
    }
    CHECK(there.came == octets);
    CHECK(back.came == octets);
    CHECK(there.whole);
    CHECK(back.whole);
    CHECK(lab.client.problem() == Problem::None);
    MESSAGE("milliseconds: " << ms << ", frames: " << lab.wire.frames);
}

} // namespace

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

TEST_CASE("tcp: and on a wire that loses, repeats and reorders") {
    for (const std::uint32_t offers : {0u, port_offer::chained_transmit}) {
        Lab lab({.packets = 2048, .ring = 64, .offers = offers});
        lab.wire.faults = {.loss = 0.05, .duplication = 0.02, .reordering = 0.02, .delay_ms = 1};
        lab.join();
        exchange(lab, 10'500'000, 40'000'000);
        lab.wire.faults = {};
        lab.client.close();
        lab.server.close();
        lab.rest(500);
    }
}

// Which of so many full segments are lost, first time and again; how long until all have arrived. Far less than the
// engine's timeout, which is 300 ms.
std::size_t ms_to_recover(std::size_t segments, std::uint32_t lost, std::uint32_t lost_again = 0) {
    Lab lab({.packets = 2048, .ring = 64, .offers = port_offer::chained_transmit});
    lab.join();
    lab.client.set_no_delay(true);
    exchange(lab, 100'000, 1'000); // the window has grown, the round trip is known
    std::size_t sent[32] = {};
    lab.wire.loses = [&](const Octets& frame) {
        if (frame.size() < 1000)
            return false;
        const std::size_t number = frame[66]; // of the segment: its first octet
        const std::size_t time = number < segments ? sent[number]++ : 2;
        return (time == 0 && (lost >> number & 1)) || (time == 1 && (lost_again >> number & 1));
    };
    std::vector<std::byte> octets(1448);
    for (std::size_t number = 0; number < segments; number++) {
        octets[0] = static_cast<std::byte>(number);
        REQUIRE(lab.client.write(octets) == octets.size());
    }
    std::size_t ms = 0;
    for (; ms < 2000 && lab.server.readable_octets() != segments * 1448; ms++)
        lab.step();
    lab.wire.loses = nullptr;
    lab.rest(300);
    CHECK(lab.client.unacknowledged_octets() == 0);
    return ms;
}

TEST_CASE("tcp: what is lost goes out again long before a timeout") {
    CHECK(ms_to_recover(10, 1 << 0) < 20);
    CHECK(ms_to_recover(3, 1 << 0) < 40);
    CHECK(ms_to_recover(10, 1 << 2 | 1 << 4 | 1 << 5) < 40);
    CHECK(ms_to_recover(10, 1 << 9) < 40);          // the last: nothing behind it tells
    CHECK(ms_to_recover(10, 1 << 8 | 1 << 9) < 60); // the last two
    CHECK(ms_to_recover(10, 1 << 3, 1 << 3) < 60);  // and lost again
    CHECK(ms_to_recover(1, 1 << 0) < 200);          // alone
}

TEST_CASE("tcp: a stream goes on in a pool that holds a small part of it") {
    for (const std::uint32_t offers : {0u, port_offer::chained_transmit}) {
        Lab lab({.packets = 300, .ring = 64, .offers = offers});
        lab.join();
        exchange(lab, 3'000'000, 60'000);
        lab.client.close();
        lab.server.close();
        lab.rest(500);
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
