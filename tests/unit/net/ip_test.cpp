// ARP, address conflicts, ICMP echo, and frames that are wrong, as a station meets them on the wire.
#include "libos/net/wire/icmp.hpp"
#include "tests/unit/net/station.hpp"

#include <doctest/doctest.h>

using namespace exo::net;
using namespace net_test;

namespace {

std::byte* octets_of(Octets& frame) {
    return reinterpret_cast<std::byte*>(frame.data()); // Safe: octets.
}

Octets arp_frame(const MacAddress& from, const ArpMessage& message) {
    Octets frame(60);
    write_ethernet_header(octets_of(frame), ethernet_broadcast, from, ethertype::arp);
    write_arp(octets_of(frame) + 14, message);
    return frame;
}

// An IPv4 frame for station NUMBER; the payload's own checksum is the caller's.
Octets ipv4_frame(std::uint8_t number, Ipv4Header header, const Octets& payload) {
    Octets frame(34 + payload.size());
    write_ethernet_header(octets_of(frame), {0x52, 0x54, 0, 0, 0, number}, {2, 0, 0, 0, 0, 99}, ethertype::ipv4);
    header.header_octets = 20;
    header.total_octets = static_cast<std::uint16_t>(20 + payload.size());
    write_ipv4(octets_of(frame) + 14, header);
    std::copy(payload.begin(), payload.end(), frame.begin() + 34);
    return frame;
}

Octets echo(std::size_t size) {
    Octets message = pattern(8 + size);
    message[0] = icmp_type::echo;
    message[1] = message[2] = message[3] = 0;
    store16(octets_of(message) + 2, checksum_of(sum_octets({octets_of(message), message.size()})));
    return message;
}

const MacAddress rival{2, 0, 0, 0, 0, 99};

} // namespace

TEST_CASE("arp: an address that is in use is never taken, one that is free is") {
    Wire wire;
    Station holder(wire, 5), other(wire, 6);
    holder.take_address(5);
    settle(wire, holder, other);
    other.interface.set_address({Station::address(5), 24, {}}, AddressClaim::Begin::Probe);
    pass(wire, 300, holder, other);
    CHECK(other.interface.address_state() == AddressState::InUse);
    CHECK(other.interface.rival() == holder.port.address());
    CHECK(other.interface.address().is_any());
    CHECK(holder.interface.address_state() == AddressState::Ready);
    other.interface.set_address({Station::address(6), 24, {}}, AddressClaim::Begin::Probe);
    pass(wire, 100, holder, other);
    CHECK(other.interface.address().is_any()); // not before the probes are over
    pass(wire, 200, holder, other);
    CHECK(other.interface.address() == Station::address(6));
}

TEST_CASE("arp: an address that is used meanwhile answers at once and is given up to whoever has it") {
    Wire wire;
    Station holder(wire, 5), other(wire, 6), peer(wire, 7);
    holder.take_address(5);
    peer.take_address(7);
    settle(wire, holder, other, peer);
    other.interface.set_address({Station::address(6), 24, {}}, AddressClaim::Begin::Meanwhile);
    CHECK(other.interface.address() == Station::address(6));
    UdpSocket client, server;
    REQUIRE(server.open(other.network, {any_address, 7}));
    REQUIRE(client.open(peer.network));
    REQUIRE(client.connect({Station::address(6), 7}));
    REQUIRE(client.send(filled(client.allocate(), pattern(3))));
    settle(wire, holder, other, peer);
    CHECK(other.interface.address_state() == AddressState::Probing);
    Packet* const came = server.receive();
    REQUIRE(came);
    PacketPool::release(came);
    pass(wire, 300, holder, other, peer);
    CHECK(other.interface.address_state() == AddressState::Ready);

    std::uint64_t told = 0;
    REQUIRE(other.network.add_ticker({&told, [](void* count, std::uint64_t) {
                                          ++*static_cast<std::uint64_t*>(count);
                                          return never;
                                      }}));
    other.interface.set_address({Station::address(5), 24, {}}, AddressClaim::Begin::Meanwhile);
    CHECK(other.interface.address() == Station::address(5));
    const std::uint64_t before = told;
    settle(wire, holder, other, peer);
    CHECK(other.interface.address_state() == AddressState::InUse);
    CHECK(other.interface.address().is_any());
    CHECK(told > before); // without time passing
    pass(wire, 12'000, holder, other, peer);
    CHECK(holder.interface.address_state() == AddressState::Ready); // it was not disturbed
    CHECK(holder.interface.address() == Station::address(5));
}

TEST_CASE("arp: two that probe for one address at once both let it be") {
    Wire wire;
    Station one(wire, 5), other(wire, 6);
    for (Station* station : {&one, &other})
        station->interface.set_address({Station::address(9), 24, {}}, AddressClaim::Begin::Probe);
    pass(wire, 300, one, other);
    CHECK(one.interface.address_state() == AddressState::InUse);
    CHECK(other.interface.address_state() == AddressState::InUse);
}

TEST_CASE("arp: an address is defended once, then given up; later conflicts are defended again") {
    Wire wire;
    Station station(wire, 5);
    station.take_address(5);
    pass(wire, 5000, station);
    const auto claim = [&] {
        station.port.put(
            arp_frame(rival, {ArpOperation::Request, rival, Station::address(5), {}, Station::address(5)}));
        const std::uint64_t before = wire.frames;
        settle(wire, station);
        return wire.frames - before;
    };
    CHECK(claim() == 1);
    pass(wire, 11'000, station);
    CHECK(claim() == 1);
    CHECK(station.interface.address_state() == AddressState::Ready);
    pass(wire, 1000, station);
    CHECK(claim() == 0);
    CHECK(station.interface.address_state() == AddressState::Lost);
    CHECK(station.interface.rival() == rival);
    CHECK(station.interface.address().is_any());
}

TEST_CASE("arp: a neighbour that moves is followed at once") {
    Wire wire;
    Station left(wire, 2), right(wire, 3);
    left.take_address(2);
    right.take_address(3);
    UdpSocket client;
    REQUIRE(client.open(left.network));
    REQUIRE(client.connect({Station::address(3), 7}));
    REQUIRE(client.send(filled(client.allocate(), pattern(3))));
    settle(wire, left, right);
    left.port.put(arp_frame(rival, {ArpOperation::Reply, rival, Station::address(3), {}, Station::address(2)}));
    settle(wire, left, right);
    Octets last;
    wire.tap = [&](const Octets& frame) { last = frame; };
    REQUIRE(client.send(filled(client.allocate(), pattern(3))));
    CHECK(std::equal(rival.begin(), rival.end(), last.begin()));
}

TEST_CASE("arp: only a table's worth of neighbours and of waiting frames is kept") {
    Wire wire;
    Station left(wire, 2, {.packets = 1024});
    left.interface.set_address({Ipv4Address::of(10, 0, 0, 2), 8, {}});
    UdpSocket client;
    REQUIRE(client.open(left.network));
    for (unsigned i = 0; i < 2000; i++) { // none of them exists
        const Endpoint to{Ipv4Address::of(10, 1, i / 250, 1 + i % 250), 7};
        Packet* const packet = filled(client.allocate_to(to.address), pattern(3));
        REQUIRE(packet);
        if (!client.send_to(packet, to))
            PacketPool::release(packet);
        CHECK(left.port.packets_out() <= neighbour_sets * neighbour_ways);
    }
    pass(wire, 4000, left);
    CHECK(left.port.packets_out() == 0);
    const Endpoint to{Ipv4Address::of(10, 9, 9, 9), 7};
    std::size_t kept = 0;
    for (int i = 0; i < 100; i++) {
        Packet* const packet = filled(client.allocate_to(to.address), pattern(3));
        if (client.send_to(packet, to))
            kept++;
        else
            PacketPool::release(packet);
    }
    CHECK(kept == neighbour_waiting_max);
    left.interface.clear_address();
    CHECK(left.port.packets_out() == 0);
}

TEST_CASE("icmp: echoes of every size come back whole") {
    Wire wire;
    Station station(wire, 5, {.packets = 256}), peer(wire, 99);
    station.take_address(5);
    peer.take_address(99);
    settle(wire, station, peer);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{56}, std::size_t{1472}, std::size_t{1473}, std::size_t{65'507}}) {
        std::vector<Octets> frames;
        wire.tap = [&](const Octets& frame) {
            if (frame[12] == 8 && frame[13] == 0)
                frames.push_back(frame);
        };
        const Octets message = echo(size);
        for (std::size_t at = 0; at < message.size(); at += 1480) {
            const std::size_t part = std::min<std::size_t>(1480, message.size() - at);
            const auto more = at + part < message.size() ? ipv4_flag::more_fragments : std::uint16_t{0};
            station.port.put(ipv4_frame(5,
                                        {.header_octets = 20,
                                         .total_octets = 0,
                                         .identification = 77,
                                         .fragment = static_cast<std::uint16_t>(at / 8 | more),
                                         .protocol = ip_protocol::icmp,
                                         .source = Station::address(99),
                                         .destination = Station::address(5)},
                                        Octets(message.begin() + static_cast<std::ptrdiff_t>(at),
                                               message.begin() + static_cast<std::ptrdiff_t>(at + part))));
        }
        settle(wire, station, peer);
        Octets answer;
        for (Octets& frame : frames) {
            const auto header = parse_ipv4({octets_of(frame) + 14, frame.size() - 14});
            REQUIRE(header);
            answer.insert(answer.end(), frame.begin() + 34, frame.begin() + 14 + header->total_octets);
        }
        REQUIRE(answer.size() == message.size());
        CHECK(answer[0] == icmp_type::echo_reply);
        CHECK(is_good(sum_octets({octets_of(answer), answer.size()})));
        CHECK(std::equal(answer.begin() + 4, answer.end(), message.begin() + 4));
    }
    CHECK(station.interface.counters().echo_replies == 6);
    CHECK(station.port.packets_out() == 0);
}

TEST_CASE("ip: a frame cut off, lengthened or changed anywhere is refused or harmless") {
    Wire wire;
    Station station(wire, 5);
    station.take_address(5);
    settle(wire, station);
    UdpSocket socket;
    REQUIRE(socket.open(station.network, {any_address, 7}));
    Octets datagram(8 + 20);
    write_udp(octets_of(datagram), {.source_port = 1000, .destination_port = 7, .octets = 28});
    const Sum pseudo = pseudo_header_sum(Station::address(99).wire, Station::address(5).wire, ip_protocol::udp, 28);
    store16(octets_of(datagram) + 6, udp_checksum_of(add_sums(sum_octets({octets_of(datagram), 28}), pseudo)));
    const Octets good = ipv4_frame(5,
                                   {.header_octets = 20,
                                    .total_octets = 0,
                                    .identification = 1,
                                    .fragment = 0,
                                    .protocol = ip_protocol::udp,
                                    .source = Station::address(99),
                                    .destination = Station::address(5)},
                                   datagram);
    station.port.put(good);
    settle(wire, station);
    CHECK(socket.counters().received == 1);
    for (std::size_t length = 0; length < good.size(); length++)
        station.port.put(Octets(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length)));
    settle(wire, station);
    CHECK(socket.counters().received == 1);
    for (std::size_t bit = 14 * 8; bit < good.size() * 8; bit++) { // one bit of what checksums cover
        Octets bad = good;
        bad[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        station.port.put(bad);
        settle(wire, station);
    }
    CHECK(socket.counters().received == 1);
    socket.close();
    CHECK(station.port.packets_out() == 0);
}

TEST_CASE("icmp: an error about what was never sent reaches nobody, and errors are not answered") {
    Wire wire;
    Station station(wire, 5);
    station.take_address(5);
    UdpSocket socket;
    REQUIRE(socket.open(station.network, {any_address, 7}));
    REQUIRE(socket.connect({Station::address(99), 9}));
    settle(wire, station);
    const auto error_about = [&](std::uint16_t local, std::uint16_t remote) {
        Octets message(8 + 28);
        message[0] = icmp_type::unreachable;
        message[1] = icmp_unreachable::port;
        write_ipv4(octets_of(message) + 8, {.header_octets = 20,
                                            .total_octets = 28,
                                            .identification = 0,
                                            .fragment = 0,
                                            .protocol = ip_protocol::udp,
                                            .source = Station::address(5),
                                            .destination = Station::address(99)});
        write_udp(octets_of(message) + 28, {.source_port = local, .destination_port = remote, .octets = 8});
        store16(octets_of(message) + 2, checksum_of(sum_octets({octets_of(message), message.size()})));
        station.port.put(ipv4_frame(5,
                                    {.header_octets = 20,
                                     .total_octets = 0,
                                     .identification = 1,
                                     .fragment = 0,
                                     .protocol = ip_protocol::icmp,
                                     .source = Station::address(99),
                                     .destination = Station::address(5)},
                                    message));
        settle(wire, station);
    };
    error_about(8, 9);
    error_about(7, 10);
    CHECK(socket.take_problem() == Problem::None);
    error_about(7, 9);
    CHECK(socket.take_problem() == Problem::Refused);
    CHECK(station.interface.counters().icmp_errors_sent == 0);
    for (int i = 0; i < 500; i++) { // datagrams to nobody: refused, but not without end
        Octets datagram(8);
        write_udp(octets_of(datagram), {.source_port = 1, .destination_port = 2, .octets = 8});
        station.port.put(ipv4_frame(5,
                                    {.header_octets = 20,
                                     .total_octets = 0,
                                     .identification = 1,
                                     .fragment = 0,
                                     .protocol = ip_protocol::udp,
                                     .source = Station::address(99),
                                     .destination = Station::address(5)},
                                    datagram));
    }
    settle(wire, station);
    CHECK(station.interface.counters().icmp_errors_sent <= 51);
    CHECK(station.interface.counters().icmp_errors_sent >= 50);
}
