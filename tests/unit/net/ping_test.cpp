// Echo requests of ours: answered, refused, lost, and answers that are none.
#include "libos/net/icmp/ping.hpp"
#include "tests/unit/net/station.hpp"

#include <doctest/doctest.h>

using namespace exo::net;
using namespace net_test;

namespace {

std::span<const std::byte> bytes_of(const Octets& octets) {
    return std::as_bytes(std::span(octets));
}

struct Pair {
    Wire wire;
    Station left{wire, 2, {.packets = 256}}, right{wire, 3, {.packets = 256}};
    Ping ping;

    Pair() {
        left.take_address(2);
        right.take_address(3);
        settle(wire, left, right);
        ping.open(left.network);
    }
    NetStatus ask(const Octets& data, std::uint8_t number = 3) {
        return ping.send(Station::address(number), bytes_of(data), 1000);
    }
};

// A reply to what `ping` asked, changed by `change` and its checksum made again, as it comes from a station.
Octets reply_frame(const Ping& ping, const Octets& data, std::uint8_t from,
                   const std::function<void(Octets&)>& change) {
    Octets message(8);
    message.insert(message.end(), data.begin(), data.end());
    auto* const at = reinterpret_cast<std::byte*>(message.data()); // Safe: octets.
    put_big16(at + 4, ping.identifier());
    put_big16(at + 6, ping.sequence());
    change(message);
    auto* const changed = reinterpret_cast<std::byte*>(message.data()); // Safe: octets.
    store16(changed + 2, checksum_of(sum_octets({changed, message.size()})));
    Octets frame(34 + message.size());
    auto* const octets = reinterpret_cast<std::byte*>(frame.data()); // Safe: octets.
    write_ethernet_header(octets, {0x52, 0x54, 0, 0, 0, 2}, {2, 0, 0, 0, 0, 99}, ethertype::ipv4);
    write_ipv4(octets + 14, {.header_octets = 20,
                             .total_octets = static_cast<std::uint16_t>(20 + message.size()),
                             .identification = 1,
                             .fragment = 0,
                             .protocol = ip_protocol::icmp,
                             .source = Station::address(from),
                             .destination = Station::address(2)});
    std::copy(message.begin(), message.end(), frame.begin() + 34);
    return frame;
}

} // namespace

TEST_CASE("ping: every size is answered, and nothing is kept") {
    Pair pair;
    for (const std::size_t size : {0u, 1u, 56u, 1472u, 1473u, 9000u, 65'506u, 65'507u}) {
        REQUIRE(pair.ask(pattern(size)));
        CHECK(pair.ping.state() == Ping::State::Waiting);
        pass(pair.wire, 5, pair.left, pair.right);
        CHECK(pair.ping.state() == Ping::State::Answered);
        CHECK(pair.ping.time_to_live() == 64);
        CHECK(pair.ping.round_trip() <= 5000);
    }
    CHECK(pair.ask(pattern(65'508)).error() == Problem::TooBig);
    CHECK(pair.ping.state() == Ping::State::Idle);
    CHECK(pair.left.port.packets_out() == 0);
    CHECK(pair.right.port.packets_out() == 0);
}

TEST_CASE("ping: the time limit, a station that is not there, no route, a closed one") {
    Pair pair;
    pair.wire.loses = [](const Octets& frame) { return frame[12] == 8 && frame[13] == 0; };
    REQUIRE(pair.ask(pattern(10)));
    pass(pair.wire, 999, pair.left, pair.right);
    CHECK(pair.ping.state() == Ping::State::Waiting);
    pass(pair.wire, 2, pair.left, pair.right);
    CHECK(pair.ping.state() == Ping::State::TimedOut);
    REQUIRE(pair.ping.send(Station::address(77), {}, 60'000));
    pass(pair.wire, 4000, pair.left, pair.right);
    CHECK(pair.ping.state() == Ping::State::Unreachable);
    CHECK(pair.ping.problem() == Problem::HostUnreachable);
    CHECK(pair.ask({}, 255).error() == Problem::HostUnreachable); // a broadcast
    pair.ping.close();
    CHECK(pair.ask({}).error() == Problem::Closed);
    Wire wire;
    Station alone(wire, 4);
    alone.interface.set_address({Station::address(4), 24, {}});
    Ping far;
    far.open(alone.network);
    CHECK(far.send(Ipv4Address::of(192, 168, 1, 1), {}, 1).error() == Problem::NetworkUnreachable);
}

TEST_CASE("ping: a full ring or pool is an error that keeps nothing") {
    Wire wire;
    Station small(wire, 2, {.packets = 8});
    small.take_address(2);
    Ping ping;
    ping.open(small.network);
    CHECK(ping.send(Station::address(3), bytes_of(pattern(30'000)), 1000).error() == Problem::NoRoom);
    CHECK(ping.state() == Ping::State::Idle);
    settle(wire, small);
    CHECK(small.port.packets_out() == 0);
}

TEST_CASE("ping: what is not the answer is none") {
    Pair pair;
    const Octets data = pattern(40);
    const auto answers = [&](std::uint8_t from, const std::function<void(Octets&)>& change) {
        pair.wire.loses = [](const Octets& frame) { return frame[12] == 8 && frame[13] == 0; };
        REQUIRE(pair.ask(data));
        pair.left.port.put(reply_frame(pair.ping, data, from, change));
        settle(pair.wire, pair.left);
        return pair.ping.state() == Ping::State::Answered;
    };
    CHECK(answers(3, [](Octets&) {}));
    CHECK_FALSE(answers(4, [](Octets&) {}));                                        // another station
    CHECK_FALSE(answers(3, [](Octets& message) { message[0] = icmp_type::echo; })); // a request
    CHECK_FALSE(answers(3, [](Octets& message) { message[1] = 1; }));
    CHECK_FALSE(answers(3, [](Octets& message) { message[4] ^= 1; })); // another's identifier
    CHECK_FALSE(answers(3, [](Octets& message) { message[7] ^= 1; })); // an earlier one's sequence
    CHECK_FALSE(answers(3, [](Octets& message) { message[20] ^= 1; }));
    CHECK_FALSE(answers(3, [](Octets& message) { message.pop_back(); }));
    CHECK_FALSE(answers(3, [](Octets& message) { message.push_back(0); }));
}
