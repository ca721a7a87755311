// Two ends of TCP in one program, whose engine is one: a network with two interfaces on one wire; and streams of octets
// that their position determines.
#pragma once

#include "libos/net/tcp/listener.hpp"
#include "libos/net/tcp/state.hpp"
#include "tests/unit/net/station.hpp"

#include <doctest/doctest.h>

namespace net_test {

using namespace exo::net;

// One network with two interfaces on one wire: what the engine of one program can be both ends of. Each frame goes over
// the wire: routes lead to the other interface.
struct Lab {
    explicit Lab(const FakePort::Shape& shape = {.packets = 2048, .ring = 64}) : Lab(shape, shape) {}
    Lab(const FakePort::Shape& left_shape, const FakePort::Shape& right_shape)
        : left(wire, 2, left_shape), right(wire, 3, right_shape) {
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

inline std::uint8_t octet_at(std::size_t position, std::uint8_t salt) {
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

inline void exchange(Lab& lab, std::size_t octets, std::size_t limit_ms) {
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

} // namespace net_test
