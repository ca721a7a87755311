// What is read from a packet, and what is not.
#include "tests/unit/flow/frames.hpp"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

FlowKey received(const Frame& frame) {
    return parse_flow_key(frame, FlowSide::Receive);
}

} // namespace

TEST_CASE("key: local is the destination of what comes and the source of what goes") {
    const Frame frame = udp_frame(peer, 5000, mine, 80);
    CHECK(received(frame) == udp_key(mine, 80));
    CHECK(parse_flow_key(frame, FlowSide::Transmit) == udp_key(peer, 5000, mine, 80));
    const Frame arp = arp_frame(1, other_mac, peer, mine);
    CHECK(received(arp) == arp_key(mine));
    CHECK(parse_flow_key(arp, FlowSide::Transmit) == arp_key(peer, mine));
}

TEST_CASE("key: protocols, options and fragments") {
    Frame tcp_packet = udp_frame(peer, 5000, mine, 80, 12);
    tcp_packet[23] = ip_protocol_tcp;
    CHECK(received(tcp_packet) == tcp_key(mine, 80));
    CHECK(received(ipv4_frame(ip_protocol_icmp, peer, mine)) == bare_key(mine, ip_protocol_icmp));
    for (const unsigned fragment : {0x2000u, 0x0001u, 0x1fffu}) {
        Frame part = udp_frame(peer, 5000, mine, 80);
        put16(part, 20, fragment);
        CHECK(received(part) == bare_key(mine, ip_protocol_udp));
    }
    Frame reserved_bit = udp_frame(peer, 5000, mine, 80);
    put16(reserved_bit, 20, 0xc000);
    CHECK(received(reserved_bit) == udp_key(mine, 80));
}

TEST_CASE("key: what is cut short or malformed tells no more than is there") {
    const Frame frame = udp_frame(peer, 5000, mine, 80);
    for (std::size_t length = 0; length <= frame.size(); ++length) {
        // An array of exactly this size, so that a read past it is noticed.
        const std::vector<std::uint8_t> cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length));
        const FlowKey wanted = length < 14   ? FlowKey{}
                               : length < 34 ? type_key(ether_type_ipv4)
                               : length < 38 ? bare_key(mine, ip_protocol_udp)
                                             : udp_key(mine, 80);
        CHECK(received(cut) == wanted);
    }
    for (const int first : {0x44, 0x40, 0x65, 0x05}) {
        Frame bad = frame;
        bad[14] = static_cast<std::uint8_t>(first);
        CHECK(received(bad) == type_key(ether_type_ipv4));
    }
    Frame long_header = frame;
    long_header.resize(14 + 59);
    long_header[14] = 0x4f;
    CHECK(received(long_header) == type_key(ether_type_ipv4));
    Frame small_total = frame;
    put16(small_total, 16, 19);
    CHECK(received(small_total) == type_key(ether_type_ipv4));
    put16(small_total, 16, 23);
    CHECK(received(small_total) == bare_key(mine, ip_protocol_udp));
    const Frame arp = arp_frame(1, other_mac, peer, mine);
    for (std::size_t length = 14; length < 42; ++length) {
        const std::vector<std::uint8_t> cut(arp.begin(), arp.begin() + static_cast<std::ptrdiff_t>(length));
        CHECK(received(cut) == type_key(ether_type_arp));
    }
    CHECK(received(ethernet(0x05ff, 46)) == FlowKey{});
    CHECK(received(ethernet(0x8100, 46)) == type_key(0x8100));
}

TEST_CASE("key: a flow of an EtherType has its broken packets too, a flow of an address has not") {
    FlowKey broken = type_key(ether_type_ipv4);
    CHECK(matches(of_type(ether_type_ipv4), broken));
    CHECK(!matches(ipv4(0), broken));
    CHECK(!matches(of_protocol(of_type(ether_type_ipv4), ip_protocol_udp), broken));
    CHECK(!matches(udp(mine, 0, 1), bare_key(mine, ip_protocol_udp)));
    CHECK(matches(udp(mine, 0, 0xffff), bare_key(mine, ip_protocol_udp)));
}
