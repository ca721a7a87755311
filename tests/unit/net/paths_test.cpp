// The short ways of IPv4: headers that are kept from one packet for the next are the same as written anew, and used no
// longer than they hold; segments that come are taken by it only if the careful way would take them.
#include "tests/unit/net/station.hpp"

#include <doctest/doctest.h>

using namespace exo::net;
using namespace net_test;

namespace {

constexpr std::uint8_t experiment = 253; // RFC 3692

using Header = std::array<std::byte, path_octets + 2>; // and what lies behind it

Header written(const Ipv4Send& how, std::uint16_t total, std::uint16_t identification) {
    Header header;
    header.fill(std::byte{0xee});
    write_ethernet_header(header.data(), {2, 0, 0, 0, 0, 9}, {2, 0, 0, 0, 0, 8}, ethertype::ipv4);
    write_ipv4(header.data() + ethernet_header_octets,
               {.header_octets = ipv4_header_octets,
                .service = how.service,
                .total_octets = total,
                .identification = identification,
                .fragment = how.do_not_fragment ? ipv4_flag::do_not_fragment : std::uint16_t{0},
                .time_to_live = how.time_to_live,
                .protocol = how.protocol,
                .source = how.source,
                .destination = how.destination});
    return header;
}

const Ipv4Send usual{.source = Station::address(2), .destination = Station::address(3), .protocol = experiment};

// Two stations, and what the left one sends to the right one.
struct Pair {
    Wire wire;
    Station left{wire, 2}, right{wire, 3};
    std::vector<Octets> sent;

    Pair() {
        left.take_address(2);
        right.take_address(3);
        send(1);
        settle(wire, left, right);
        send(1); // its header is kept
        wire.tap = [this](const Octets& frame) {
            if (frame[11] == 2 && frame[12] == 8 && frame[13] == 0)
                sent.push_back(frame);
        };
    }
    ~Pair() {
        settle(wire, left, right);
        left.interface.clear_address();
        right.interface.clear_address();
        CHECK(left.port.packets_out() == 0);
        CHECK(right.port.packets_out() == 0);
    }
    Packet* payload(std::size_t octets, std::uint16_t offset = packet_headroom + path_octets) {
        Packet* const packet = left.port.pool().allocate();
        REQUIRE(packet);
        packet->offset = offset;
        return filled(packet, pattern(octets));
    }
    bool queue(Packet* packet) {
        const bool taken = left.interface.send_ipv4(packet, usual).has_value();
        if (!taken)
            PacketPool::release(packet);
        return taken;
    }
    bool send(std::size_t octets) {
        const bool taken = queue(payload(octets));
        left.interface.flush();
        return taken;
    }
};

Octets payload_of(const Octets& frame) {
    return {frame.begin() + path_octets, frame.end()};
}

} // namespace

TEST_CASE("paths: a header that is patched is the one that would be written") {
    for (const std::uint8_t service : {std::uint8_t{0}, std::uint8_t{0xb8}})
        for (const std::uint16_t first_total : std::initializer_list<std::uint16_t>{20, 40, 1500})
            for (const std::uint16_t total : std::initializer_list<std::uint16_t>{20, 21, 40, 255, 256, 1499, 1500})
                for (const std::uint16_t identification :
                     std::initializer_list<std::uint16_t>{0, 1, 0xff, 0x100, 0xff00, 0x8000, 0xffff}) {
                    Ipv4Send how = usual;
                    how.service = service;
                    Ipv4Path path;
                    path.keep(written(how, first_total, 0xabcd).data(), how, 1);
                    Header mine;
                    mine.fill(std::byte{0xee});
                    path.write(mine.data(), total, identification);
                    REQUIRE(mine == written(how, total, identification));
                }
}

TEST_CASE("paths: one is for its own way alone, and for its generation") {
    Ipv4Path path;
    CHECK_FALSE(path.is_for(usual, 1));
    path.keep(written(usual, 40, 1).data(), usual, 1);
    CHECK(path.is_for(usual, 1));
    CHECK_FALSE(path.is_for(usual, 2));
    const auto differs = [&](auto change) {
        Ipv4Send how = usual;
        change(how);
        return !path.is_for(how, 1);
    };
    CHECK(differs([](Ipv4Send& how) { how.source = Station::address(4); }));
    CHECK(differs([](Ipv4Send& how) { how.destination = Station::address(3 + Ipv4Paths::places); }));
    CHECK(differs([](Ipv4Send& how) { how.protocol = ip_protocol::tcp; }));
    CHECK(differs([](Ipv4Send& how) { how.time_to_live = 1; }));
    CHECK(differs([](Ipv4Send& how) { how.service = 1; }));
    CHECK(differs([](Ipv4Send& how) { how.do_not_fragment = true; }));
}

TEST_CASE("paths: packets to one peer differ in what is theirs alone") {
    Pair pair;
    for (const std::size_t octets : {26, 27, 100, 1480}) // unpadded
        REQUIRE(pair.send(octets));
    REQUIRE(pair.sent.size() == 4);
    std::uint16_t last = 0;
    for (const Octets& frame : pair.sent) {
        const auto header = parse_ipv4(std::as_bytes(std::span(frame)).subspan(ethernet_header_octets));
        REQUIRE(header);
        CHECK(header->source == Station::address(2));
        CHECK(header->destination == Station::address(3));
        CHECK(header->payload_octets() == frame.size() - path_octets);
        CHECK(payload_of(frame) == pattern(frame.size() - path_octets));
        if (&frame != pair.sent.data())
            CHECK(header->identification == static_cast<std::uint16_t>(last + 1));
        last = header->identification;
    }
}

TEST_CASE("paths: what is too long for one frame is cut up all the same") {
    Pair pair;
    REQUIRE(pair.send(1481));
    CHECK(pair.sent.size() == 2);
    pair.left.interface.set_mtu(576);
    REQUIRE(pair.send(557)); // the first one behind it makes the path anew
    REQUIRE(pair.send(556));
    REQUIRE(pair.send(557));
    CHECK(pair.sent.size() == 2 + 2 + 1 + 2);
}

TEST_CASE("paths: what the header does not fit before, and what lies in pieces, is copied") {
    Pair pair;
    REQUIRE(pair.queue(pair.payload(50, path_octets - 1)));
    REQUIRE(pair.queue(pair.payload(50, path_octets)));
    Packet* const first = pair.payload(50);
    first->next = pair.payload(30);
    REQUIRE(pair.queue(first));
    pair.left.interface.flush();
    REQUIRE(pair.sent.size() == 3);
    CHECK(payload_of(pair.sent[0]) == pattern(50));
    CHECK(payload_of(pair.sent[1]) == pattern(50));
    Octets both = pattern(50);
    both.append_range(pattern(30));
    CHECK(payload_of(pair.sent[2]) == both);
}

TEST_CASE("paths: a neighbour that moves is followed, and without an address nothing leaves") {
    Pair pair;
    const MacAddress rival{2, 0, 0, 0, 0, 99};
    Octets arp(60);
    auto* const octets = reinterpret_cast<std::byte*>(arp.data()); // Safe: octets.
    write_ethernet_header(octets, ethernet_broadcast, rival, ethertype::arp);
    write_arp(octets + 14, {ArpOperation::Reply, rival, Station::address(3), {}, Station::address(2)});
    pair.left.port.put(arp);
    pair.left.network.poll();
    REQUIRE(pair.send(1));
    REQUIRE(pair.sent.size() == 1);
    CHECK(std::equal(rival.begin(), rival.end(), pair.sent[0].begin()));
    pair.left.interface.clear_address();
    CHECK_FALSE(pair.send(1));
    CHECK(pair.sent.size() == 1);
}

TEST_CASE("paths: a queue that is full refuses, and takes again when there is room") {
    Pair pair;
    pair.left.port.ring_stuck = true;
    pair.left.port.ring_room = 0;
    std::size_t taken = 0;
    while (taken < 200 && pair.queue(pair.payload(1)))
        taken++;
    CHECK(taken == 64);
    CHECK(pair.left.interface.counters().transmit_full == 1);
    pair.left.port.ring_stuck = false;
    CHECK(pair.queue(pair.payload(1)));
    pair.left.interface.flush();
    CHECK(pair.sent.size() == 65);
}

TEST_CASE("ip: segments of TCP come from somebody, to this station alone, and whole") {
    Wire wire;
    Station station(wire, 5);
    station.take_address(5);
    settle(wire, station);
    struct Came {
        std::size_t count = 0, octets = 0;
    } came;
    station.network.set_tcp({.context = &came, .input = [](void* context, Interface&, Packet* packet, auto, auto) {
                                 auto& its = *static_cast<Came*>(context);
                                 its.count++;
                                 its.octets = packet->length;
                                 PacketPool::release(packet);
                             }});
    const auto segment = [](Ipv4Address source, Ipv4Address destination = Station::address(5)) {
        const Header header =
            written({.source = source, .destination = destination, .protocol = ip_protocol::tcp}, 20 + 24, 1);
        Octets frame(path_octets);
        __builtin_memcpy(frame.data(), header.data(), path_octets);
        frame.append_range(pattern(24));
        return frame;
    };
    const auto is_taken = [&](const Octets& frame) {
        const std::size_t before = came.count;
        station.port.put(frame);
        settle(wire, station);
        return came.count != before;
    };
    const Octets good = segment(Station::address(99));
    CHECK(is_taken(good));
    Octets padded = good;
    padded.resize(good.size() + 4);
    CHECK(is_taken(padded));
    CHECK(came.octets == 24);
    for (std::size_t length = 0; length < good.size(); length++)
        CHECK_FALSE(is_taken(Octets(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length))));
    for (std::size_t bit = 14 * 8; bit < 34 * 8; bit++) {
        Octets bad = good;
        bad[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        CHECK_FALSE(is_taken(bad));
    }
    for (const Ipv4Address nobody : {Ipv4Address::of(127, 0, 0, 1), Ipv4Address::of(224, 0, 0, 1), limited_broadcast})
        CHECK_FALSE(is_taken(segment(nobody)));
    CHECK_FALSE(is_taken(segment(Station::address(99), Station::address(255))));
    CHECK_FALSE(is_taken(segment(Station::address(99), Station::address(6))));
    Octets short_total = good; // shorter than its own header, and its checksum right
    auto* const at = reinterpret_cast<std::byte*>(short_total.data()); // Safe: octets.
    put_big16(at + 16, 19);
    store16(at + 24, 0);
    store16(at + 24, checksum_of(sum_20(at + 14)));
    CHECK_FALSE(is_taken(short_total));
    station.take_address(255); // its network's broadcast address is nobody's for TCP
    settle(wire, station);
    CHECK_FALSE(is_taken(segment(Station::address(99), Station::address(255))));
    station.network.set_tcp({});
    CHECK_FALSE(is_taken(good));
    CHECK(station.port.packets_out() == 0);
}
