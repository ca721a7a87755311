// Fragments in every order, twice, overlapping, without end, too many: against a datagram made whole beside them.
#include "libos/net/ip/reassembly.hpp"
#include "tests/unit/net/station.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace exo::net;
using namespace net_test;

namespace {

struct Bench {
    Bench() { reassembly.open(256); }
    ~Bench() {
        reassembly.clear();
        CHECK(port.packets_out() == 0);
        CHECK(reassembly.packets() == 0);
    }
    Reassembly::Whole add(const Octets& datagram, std::size_t begin, std::size_t size, std::uint16_t identification = 1,
                          std::uint8_t source = 9) {
        Packet* const packet = port.pool().allocate();
        REQUIRE(packet);
        const std::size_t end = std::min(begin + size, datagram.size());
        (void)filled(packet, std::span(datagram).subspan(begin, end - begin));
        const auto more = end < datagram.size() ? ipv4_flag::more_fragments : std::uint16_t{0};
        return reassembly.add(packet,
                              {.header_octets = 20,
                               .total_octets = static_cast<std::uint16_t>(20 + end - begin),
                               .identification = identification,
                               .fragment = static_cast<std::uint16_t>(begin / 8 | more),
                               .protocol = 17,
                               .source = Station::address(source),
                               .destination = Station::address(5)},
                              wire.now_ms * 1000, wire.clock());
    }
    Wire wire;
    FakePort port{wire, 5};
    Reassembly reassembly;
};

} // namespace

TEST_CASE("reassembly: any order, with repetitions, gives the datagram once") {
    std::mt19937 generator(7);
    for (int round = 0; round < 200; round++) {
        Bench bench;
        const Octets datagram = pattern(1 + generator() % 9000, static_cast<std::uint8_t>(round));
        const std::size_t piece = 8 * (1 + generator() % 180);
        std::vector<std::size_t> order;
        for (std::size_t at = 0; at < datagram.size() && order.size() < reassembly_fragments_max; at += piece)
            order.push_back(at);
        if (order.back() + piece < datagram.size())
            continue;
        const auto unique = order.size();
        std::ranges::shuffle(order, generator);
        const std::size_t last = order.back();
        order.pop_back();
        if (!order.empty()) // some come twice, before the last one
            order.insert(order.begin(), order[generator() % order.size()]);
        for (const std::size_t at : order)
            CHECK(bench.add(datagram, at, piece).first == nullptr);
        CHECK(bench.reassembly.packets() == unique - 1);
        const Reassembly::Whole whole = bench.add(datagram, last, piece);
        REQUIRE(whole.first);
        CHECK(whole.octets == datagram.size());
        CHECK(contents(whole.first) == datagram);
        PacketPool::release(whole.first);
    }
}

TEST_CASE("reassembly: fragments that overlap end their datagram") {
    const Octets datagram = pattern(64);
    for (const auto& [begin, size] :
         {std::pair<std::size_t, std::size_t>{8, 16}, {0, 24}, {16, 40}, {8, 8}, {16, 16}}) {
        Bench bench;
        CHECK(bench.add(datagram, 0, 16).first == nullptr);
        CHECK(bench.add(datagram, 24, 16).first == nullptr);
        CHECK(bench.add(datagram, begin, size).first == nullptr);
        CHECK(bench.reassembly.counters().overlaps == 1);
        CHECK(bench.reassembly.packets() == 0);
    }
}

TEST_CASE("reassembly: an end that moves, or something beyond it, ends the datagram") {
    {
        Bench bench;
        CHECK(bench.add(pattern(32), 24, 8).first == nullptr); // ends at 32
        CHECK(bench.add(pattern(48), 40, 8).first == nullptr); // ends at 48
        CHECK(bench.reassembly.counters().overlaps == 1);
    }
    {
        Bench bench;
        CHECK(bench.add(pattern(64), 40, 8).first == nullptr);
        CHECK(bench.add(pattern(32), 24, 8).first == nullptr); // but 40 to 48 came before
        CHECK(bench.reassembly.counters().overlaps == 1);
        CHECK(bench.reassembly.packets() == 0);
    }
}

TEST_CASE("reassembly: odd pieces and lengths past 65,535 are refused") {
    Bench bench;
    CHECK(bench.add(pattern(100), 0, 13).first == nullptr);
    CHECK(bench.add(pattern(100), 0, 0).first == nullptr);
    const Octets long_one = pattern(65'528 + 8);
    CHECK(bench.add(long_one, 65'528, 8).first == nullptr);
    CHECK(bench.reassembly.counters().malformed == 3);
    CHECK(bench.reassembly.packets() == 0);
}

TEST_CASE("reassembly: datagrams that never end are forgotten in time, and bounded before") {
    Bench bench;
    const Octets datagram = pattern(2000);
    for (std::uint16_t i = 0; i < 1000; i++)
        CHECK(bench.add(datagram, 0, 800, i).first == nullptr);
    CHECK(bench.reassembly.packets() == reassembly_datagrams_max);
    bench.wire.now_ms += reassembly_time_ms - 1;
    CHECK(bench.reassembly.tick(bench.wire.now_ms * 1000) != never);
    CHECK(bench.reassembly.packets() == reassembly_datagrams_max);
    bench.wire.now_ms += 1;
    CHECK(bench.reassembly.tick(bench.wire.now_ms * 1000) == never);
    CHECK(bench.reassembly.packets() == 0);
    CHECK(bench.reassembly.counters().timed_out == reassembly_datagrams_max);
    const Octets tiny = pattern(8 * 1000); // of pieces of eight octets
    for (std::size_t at = 0; at < tiny.size(); at += 8)
        CHECK(bench.add(tiny, at, 8).first == nullptr);
    CHECK(bench.reassembly.packets() <= reassembly_fragments_max);
}
