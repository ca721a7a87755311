// Shares of the wire: octets, not frames; nobody waits for somebody who has nothing.
#include "secure-bindings/flow/fair_queue.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

using namespace exo;

namespace {

constexpr std::uint32_t quantum = 1514;

struct Wire {
    explicit Wire(std::size_t count) : members(count), octets(count) { queue.open(members, quantum); }
    // Sends one frame of whoever's turn it is.
    MemberNumber send(std::uint32_t length) {
        const MemberNumber member = queue.turn();
        REQUIRE(member != no_member);
        octets[member] += length;
        queue.sent(length);
        return member;
    }
    std::vector<FairMember> members;
    std::vector<std::uint64_t> octets;
    FairQueue queue;
};

} // namespace

TEST_CASE("fair: small frames and large ones have the same octets") {
    Wire wire(3);
    for (MemberNumber member = 0; member < 3; ++member) {
        wire.queue.wake(member);
    }
    const std::array<std::uint32_t, 3> length = {60, 1514, 700};
    for (int i = 0; i < 100'000; ++i) {
        const MemberNumber member = wire.queue.turn();
        REQUIRE(wire.send(length[member]) == member);
        const auto [least, most] = std::minmax({wire.octets[0], wire.octets[1], wire.octets[2]});
        REQUIRE(most - least <= quantum + 1514);
    }
}

TEST_CASE("fair: frames of random lengths, members that come and go: whoever stays has his share") {
    std::mt19937 random(7);
    Wire wire(8);
    wire.queue.wake(0);
    wire.queue.wake(1);
    for (int i = 0; i < 200'000; ++i) {
        const MemberNumber other = static_cast<MemberNumber>(2 + random() % 6);
        random() % 2 != 0 ? wire.queue.wake(other) : wire.queue.rest(other);
        wire.send(static_cast<std::uint32_t>(60 + random() % 1455));
        const std::uint64_t one = wire.octets[0], two = wire.octets[1];
        REQUIRE((one > two ? one - two : two - one) <= quantum + 1514);
    }
    // To leave and come back wins nothing.
    for (std::size_t other = 2; other < 8; ++other) {
        CHECK(wire.octets[other] <= wire.octets[0] + quantum + 1514);
    }
}

TEST_CASE("fair: who has nothing costs nothing, and who rests in his turn passes it on") {
    Wire wire(1000);
    CHECK(wire.queue.turn() == no_member);
    CHECK(wire.queue.empty());
    wire.queue.sent(100); // nobody's
    wire.queue.wake(500);
    for (int i = 0; i < 100; ++i) {
        CHECK(wire.send(1514) == 500);
    }
    wire.queue.wake(700);
    wire.queue.wake(700);
    wire.queue.rest(wire.queue.turn());
    CHECK(wire.queue.turn() == 700);
    wire.queue.rest(700);
    wire.queue.rest(700);
    CHECK(wire.queue.turn() == no_member);
}

TEST_CASE("fair: debt stays with who rests, credit does not") {
    Wire wire(2);
    wire.queue.wake(0);
    wire.queue.wake(1);
    CHECK(wire.send(1000) == 0);
    CHECK(wire.send(1000) == 0); // overdrawn by 486
    CHECK(wire.queue.credit(0) == -486);
    wire.queue.rest(0);
    CHECK(wire.queue.credit(0) == -486);
    CHECK(wire.send(60) == 1);
    wire.queue.rest(1);
    CHECK(wire.queue.credit(1) == 0);
    wire.queue.reset(0);
    CHECK(wire.queue.credit(0) == 0);
}

TEST_CASE("fair: a frame longer than the quantum is counted as one quantum, so that every turn has credit") {
    Wire wire(2);
    wire.queue.wake(0);
    wire.queue.wake(1);
    for (int i = 0; i < 10; ++i) {
        wire.send(1'000'000);
        CHECK(wire.members[wire.queue.turn()].credit > 0);
    }
    CHECK(wire.octets[0] == wire.octets[1]);
}
