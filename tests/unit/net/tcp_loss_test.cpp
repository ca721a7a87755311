// TCP between two ends of one program where frames are lost, doubled and out of order, or packets are few.
#include "tests/unit/net/tcp_lab.hpp"

using namespace net_test;

namespace {

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

} // namespace

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

TEST_CASE("tcp: what is lost goes out again long before a timeout") {
    CHECK(ms_to_recover(10, 1 << 0) < 20);
    CHECK(ms_to_recover(3, 1 << 0) < 40);
    CHECK(ms_to_recover(10, 1 << 2 | 1 << 4 | 1 << 5) < 40);
    CHECK(ms_to_recover(10, 1 << 9) < 90);          // the last, alone: its acknowledgement may be held back
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

namespace {

// How often segments are sent again, of a thousand, and how long it takes, where nothing is lost and frames overtake
// each other.
std::size_t sent_again_in_vain(std::size_t octets, std::size_t limit_ms) {
    Lab lab({.packets = 2048, .ring = 64, .offers = port_offer::chained_transmit});
    lab.join();
    lab.wire.faults = {.reordering = 0.3, .delay_ms = 8}; // 1 to 5 ms later than others
    std::size_t segments = 0;
    lab.wire.tap = [&](const Octets& frame) { segments += frame.size() > 1000; };
    Flow flow{lab.client, lab.server, octets, 3};
    std::size_t ms = 0;
    for (; ms < limit_ms && !flow.done(); ms++) {
        flow.work();
        lab.step();
    }
    CHECK(flow.done());
    CHECK(flow.whole);
    lab.wire.tap = nullptr;
    lab.wire.faults = {};
    lab.client.close();
    lab.server.close();
    lab.rest(500);
    const std::size_t needed = octets / 1448 + 1;
    MESSAGE("milliseconds: " << ms << ", segments: " << segments << " of " << needed);
    return segments <= needed ? 0 : (segments - needed) * 1000 / needed;
}

} // namespace

TEST_CASE("tcp: segments that overtake each other are not taken for lost") {
    CHECK(sent_again_in_vain(8'000'000, 4'000) < 10);
}

TEST_CASE("tcp: a timeout that was for nothing costs no window") {
    Lab lab;
    lab.wire.faults.delay_ms = 2;
    lab.join();
    exchange(lab, 300'000, 20'000);
    const TcpFacts before = lab.client.facts();
    lab.wire.faults.delay_ms = 1500; // of a sudden
    std::vector<std::byte> octets(60'000);
    REQUIRE(lab.client.write(octets) == octets.size());
    lab.rest(1400);
    REQUIRE(lab.client.facts().segments_again > before.segments_again);
    std::size_t came = 0;
    for (int ms = 0; ms < 20'000 && lab.client.unacknowledged_octets() != 0; ms++) {
        lab.step();
        came += lab.server.read(octets);
    }
    CHECK(came == octets.size());
    CHECK(lab.client.facts().congestion_window >= before.congestion_window);
    CHECK(lab.client.facts().slow_start_until >= before.slow_start_until);
    lab.rest(5000);
}
