// The DHCP client against a server made by hand: lease, renewal, refusal, silence, an address in use, bad messages.
#include "libos/net/dhcp/client.hpp"
#include "libos/net/wire/udp.hpp"
#include "tests/unit/net/station.hpp"

#include <doctest/doctest.h>

using namespace exo::net;
using namespace net_test;

namespace {

struct Server {
    explicit Server(Wire& wire) : station(wire, 1) {
        station.take_address(1);
        REQUIRE(socket.open(station.network, {any_address, dhcp_server_port}));
        socket.allow_broadcast(true);
    }
    static std::uint8_t type_of(std::span<const std::uint8_t> question) {
        for (std::size_t at = 240; at + 2 < question.size() && question[at] != 255; at += 2 + question[at + 1])
            if (question[at] == 53)
                return question[at + 2];
        return 0;
    }
    // Answers everything that has come.
    void work() {
        while (Packet* const packet = socket.receive()) {
            const Octets question = contents(packet);
            PacketPool::release(packet);
            questions++;
            last_type = type_of(question);
            last_current = {load32(reinterpret_cast<const std::byte*>(question.data()) + 12)}; // Safe: octets.
            if (silent || last_type == 4)
                continue;
            Octets answer(question.begin(), question.begin() + 240);
            answer[0] = 2;
            const std::uint8_t type = last_type == 1 ? 2 : refuse ? 6 : 5;
            std::copy_n(std::begin({std::uint8_t{10}, std::uint8_t{0}, std::uint8_t{0}, number}), 4,
                        answer.begin() + 16);
            const auto option = [&](std::uint8_t code, std::initializer_list<std::uint8_t> value) {
                answer.push_back(code);
                answer.push_back(static_cast<std::uint8_t>(value.size()));
                answer.insert(answer.end(), value);
            };
            option(53, {type});
            option(54, {10, 0, 0, 1});
            option(1, {255, 255, 255, 0});
            option(3, {10, 0, 0, 1});
            option(6, {10, 0, 0, 1});
            option(51, {0, 0, static_cast<std::uint8_t>(lease_s >> 8), static_cast<std::uint8_t>(lease_s)});
            if (spoil)
                spoil(answer);
            answer.push_back(255);
            const Ipv4Address to = last_current.is_any() ? limited_broadcast : last_current;
            Packet* const reply = filled(socket.allocate_to(to), answer);
            if (!socket.send_to(reply, {to, dhcp_client_port}))
                PacketPool::release(reply);
        }
    }
    Station station;
    UdpSocket socket;
    std::uint8_t number = 50;
    std::uint16_t lease_s = 1000;
    bool silent = false, refuse = false;
    std::function<void(Octets&)> spoil;
    int questions = 0;
    std::uint8_t last_type = 0;
    Ipv4Address last_current;
};

struct Lab {
    Wire wire;
    Server server{wire};
    Station asker{wire, 9};
    DhcpClient client;

    void pass(std::uint64_t ms) {
        for (; ms; ms--) {
            net_test::pass(wire, 1, server.station, asker);
            server.work();
            settle(wire, server.station, asker);
        }
    }
    // In longer steps: nothing in between is of interest.
    void leap(std::uint64_t s) {
        for (; s; s--) {
            wire.now_ms += 1000;
            settle(wire, server.station, asker);
            server.work();
            settle(wire, server.station, asker);
        }
    }
};

} // namespace

TEST_CASE("dhcp: a lease is got, probed, renewed at its half, and lost with its server") {
    Lab lab;
    REQUIRE(lab.client.begin(lab.asker.interface));
    lab.pass(500);
    REQUIRE(lab.client.has_lease());
    CHECK(lab.asker.interface.configuration() ==
          Ipv4Configuration{Ipv4Address::of(10, 0, 0, 50), 24, Ipv4Address::of(10, 0, 0, 1)});
    CHECK(lab.client.lease().name_server == Ipv4Address::of(10, 0, 0, 1));
    const int asked = lab.server.questions;
    lab.leap(490);
    CHECK(lab.server.questions == asked);
    lab.leap(20); // T1
    CHECK(lab.server.questions == asked + 1);
    CHECK(lab.server.last_current == Ipv4Address::of(10, 0, 0, 50)); // by unicast, from the address itself
    CHECK(lab.client.state() == DhcpState::Bound);
    lab.server.silent = true;
    lab.leap(900); // beyond T2 of the renewed lease
    CHECK(lab.client.state() == DhcpState::Rebinding);
    CHECK(lab.client.has_lease());
    lab.leap(200);
    CHECK_FALSE(lab.client.has_lease());
    CHECK(lab.asker.interface.address().is_any());
    lab.server.silent = false;
    lab.server.number = 60;
    lab.leap(30);
    CHECK(lab.asker.interface.address() == Ipv4Address::of(10, 0, 0, 60));
}

TEST_CASE("dhcp: nobody answers, and that is said") {
    Lab lab;
    lab.server.silent = true;
    REQUIRE(lab.client.begin(lab.asker.interface));
    lab.pass(6000);
    CHECK(lab.client.unanswered() == 0);
    lab.pass(12'000);
    CHECK(lab.client.unanswered() > 0);
    CHECK(lab.server.questions >= 4);
}

TEST_CASE("dhcp: an offer that somebody uses already is declined") {
    Lab lab;
    Station squatter(lab.wire, 50);
    squatter.take_address(50);
    REQUIRE(lab.client.begin(lab.asker.interface));
    for (int ms = 0; ms < 1000; ms++) {
        net_test::pass(lab.wire, 1, lab.server.station, lab.asker, squatter);
        lab.server.work();
    }
    CHECK(lab.client.conflicts() == 1);
    CHECK(lab.server.last_type == 4);
    CHECK(lab.asker.interface.address().is_any());
}

TEST_CASE("dhcp: a refusal begins anew") {
    Lab lab;
    lab.server.refuse = true;
    REQUIRE(lab.client.begin(lab.asker.interface));
    lab.pass(500);
    CHECK(lab.client.conflicts() == 1);
    lab.server.refuse = false;
    lab.pass(2000);
    CHECK(lab.client.has_lease());
}

TEST_CASE("dhcp: answers that are not what they must be are not heard") {
    const std::function<void(Octets&)> spoilers[] = {
        [](Octets& answer) { answer[0] = 1; },                                       // a question
        [](Octets& answer) { answer[5] ^= 1; },                                      // another transaction
        [](Octets& answer) { answer[28] ^= 1; },                                     // another client
        [](Octets& answer) { answer[239] = 0; },                                     // no cookie
        [](Octets& answer) { answer.insert(answer.end(), {1, 4, 255, 0}); },         // an option cut off
        [](Octets& answer) { answer.insert(answer.end(), {1, 4, 255, 0, 255, 0}); }, // a mask with a hole
        [](Octets& answer) { answer.insert(answer.end(), {51, 3, 0, 0, 1}); },       // a lease of three octets
        [](Octets& answer) { answer.insert(answer.end(), {53, 1, 9}); },             // a type nobody knows
        [](Octets& answer) { answer.insert(answer.end(), {3, 0}); },                 // a router of nothing
        [](Octets& answer) { answer.resize(200); },
    };
    for (const auto& spoil : spoilers) {
        Lab lab;
        lab.server.spoil = spoil;
        REQUIRE(lab.client.begin(lab.asker.interface));
        lab.pass(300);
        CHECK(lab.client.state() == DhcpState::Selecting);
    }
}
