// What may leave by a flow: each attack is the allowed frame with one thing changed.
#include "tests/unit/flow/frames.hpp"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;
using enum TransmitVerdict;

namespace {

const FlowSpec my_port = udp(mine, 4000, 4003);
const FlowSpec my_address = ipv4(mine);
const FlowSpec my_arp = at_local(of_type(ether_type_arp), mine);

} // namespace

TEST_CASE("transmit: the owner's own frames leave") {
    CHECK(verdict(my_port, udp_frame(mine, 4000, peer, 53)) == Allowed);
    CHECK(verdict(my_port, udp_frame(mine, 4003, yours, 9)) == Allowed);
    CHECK(verdict(my_address, ipv4_frame(ip_protocol_icmp, mine, peer)) == Allowed);
    CHECK(verdict(my_arp, arp_frame(1, nic_mac, mine, peer)) == Allowed);
    CHECK(verdict(my_arp, arp_frame(2, nic_mac, mine, peer)) == Allowed);
    CHECK(verdict(of_type(0x88cc), ethernet(0x88cc, 46)) == Allowed);
    CHECK(verdict(every_packet(0), udp_frame(yours, 1, peer, 2)) == Allowed);
}

TEST_CASE("transmit: a spoofed hardware address stays here") {
    Frame frame = udp_frame(mine, 4000, peer, 53);
    std::copy(other_mac.begin(), other_mac.end(), frame.begin() + 6);
    CHECK(verdict(my_port, frame) == WrongSource);
    CHECK(verdict(every_packet(0), frame) == WrongSource);
    for (std::size_t at = 6; at < 12; ++at) {
        Frame one_off = udp_frame(mine, 4000, peer, 53);
        one_off[at] ^= 1;
        CHECK(verdict(my_port, one_off) == WrongSource);
    }
}

TEST_CASE("transmit: a spoofed address, port, protocol or EtherType stays here") {
    CHECK(verdict(my_port, udp_frame(yours, 4000, peer, 53)) == OutsideFlow);
    CHECK(verdict(my_port, udp_frame(0, 4000, peer, 53)) == OutsideFlow);
    CHECK(verdict(my_port, udp_frame(mine, 3999, peer, 53)) == OutsideFlow);
    CHECK(verdict(my_port, udp_frame(mine, 4004, peer, 53)) == OutsideFlow);
    // The port is that of the source, whatever the destination's is.
    CHECK(verdict(my_port, udp_frame(mine, 53, peer, 4000)) == OutsideFlow);
    CHECK(verdict(my_port, udp_frame(peer, 4000, mine, 4000)) == OutsideFlow);
    Frame as_tcp = udp_frame(mine, 4000, peer, 53);
    as_tcp[23] = ip_protocol_tcp;
    CHECK(verdict(my_port, as_tcp) == OutsideFlow);
    CHECK(verdict(my_port, ipv4_frame(ip_protocol_icmp, mine, peer)) == OutsideFlow);
    CHECK(verdict(my_port, ethernet(0x86dd, 60)) == OutsideFlow);
    CHECK(verdict(my_port, ethernet(0x0040, 64)) == OutsideFlow); // a length, not an EtherType
    CHECK(verdict(my_port, arp_frame(1, nic_mac, mine, peer)) == OutsideFlow);
    CHECK(verdict(my_arp, udp_frame(mine, 4000, peer, 53)) == OutsideFlow);
}

TEST_CASE("transmit: a flow with a far side reaches that side only") {
    const FlowSpec spec = to_ports(at_remote(my_port, peer), 53, 53);
    CHECK(verdict(spec, udp_frame(mine, 4000, peer, 53)) == Allowed);
    CHECK(verdict(spec, udp_frame(mine, 4000, peer + 1, 53)) == OutsideFlow);
    CHECK(verdict(spec, udp_frame(mine, 4000, peer, 54)) == OutsideFlow);
    const FlowSpec net = at_remote(my_address, peer & prefix_mask(24), 24);
    CHECK(verdict(net, udp_frame(mine, 1, peer + 40, 53)) == Allowed);
    CHECK(verdict(net, udp_frame(mine, 1, peer + 256, 53)) == OutsideFlow);
}

TEST_CASE("transmit: VLAN tags are refused, and what they would hide with them") {
    for (const unsigned tag : {0x8100, 0x88a8, 0x9100}) {
        Frame frame = udp_frame(yours, 4000, peer, 53);
        frame.insert(frame.begin() + 12, {static_cast<std::uint8_t>(tag >> 8), static_cast<std::uint8_t>(tag), 0, 0});
        CHECK(verdict(my_port, frame) == VlanTag);
        CHECK(verdict(every_packet(0), frame) == VlanTag);
    }
}

TEST_CASE("transmit: ARP tells the truth or stays here") {
    CHECK(verdict(my_arp, arp_frame(2, nic_mac, yours, peer)) == OutsideFlow);
    CHECK(verdict(my_arp, arp_frame(1, nic_mac, yours, mine)) == OutsideFlow);
    CHECK(verdict(my_arp, arp_frame(2, other_mac, mine, peer)) == WrongSource);
    CHECK(verdict(my_arp, arp_frame(1, other_mac, mine, mine)) == WrongSource);
    CHECK(verdict(of_type(ether_type_arp), arp_frame(2, other_mac, yours, peer)) == WrongSource);
    // A probe may ask for what the flow has, nothing else, and may not answer.
    CHECK(verdict(my_arp, arp_frame(1, nic_mac, 0, mine)) == Allowed);
    CHECK(verdict(my_arp, arp_frame(1, nic_mac, 0, yours)) == OutsideFlow);
    CHECK(verdict(my_arp, arp_frame(2, nic_mac, 0, mine)) == OutsideFlow);
    CHECK(verdict(my_arp, arp_frame(3, nic_mac, mine, peer)) == Malformed);
    for (const std::size_t at : {14, 15, 16, 17, 18, 19}) {
        Frame frame = arp_frame(1, nic_mac, mine, peer);
        frame[at] ^= 0x10;
        CHECK(verdict(my_arp, frame) == Malformed);
        CHECK(verdict(of_type(ether_type_arp), frame) == Malformed);
    }
    Frame cut = arp_frame(1, nic_mac, mine, peer);
    cut.resize(14 + 27);
    CHECK(verdict(of_type(ether_type_arp), cut) == Malformed);
}

TEST_CASE("transmit: fragments need a flow without ports") {
    const FlowSpec all_udp = of_protocol(my_address, ip_protocol_udp);
    for (const unsigned fragment : {0x2000u, 0x0001u, 0x1fffu, 0x2001u}) {
        Frame frame = udp_frame(mine, 4000, peer, 53);
        put16(frame, 20, fragment);
        CHECK(verdict(my_port, frame) == OutsideFlow);
        CHECK(verdict(all_udp, frame) == Allowed);
        CHECK(verdict(at_local(all_udp, yours), frame) == OutsideFlow);
    }
    Frame whole = udp_frame(mine, 4000, peer, 53);
    put16(whole, 20, 0x4000); // Don't Fragment is none
    CHECK(verdict(my_port, whole) == Allowed);
}

TEST_CASE("transmit: options neither move the ports nor the destination") {
    // The port that counts is behind the options; where it would be without them lies an allowed one.
    Frame moved = udp_frame(mine, 9999, peer, 53, 8);
    std::fill_n(moved.begin() + 34, 8, std::uint8_t{1});
    CHECK(verdict(my_address, moved) == Allowed);
    put16(moved, 34, 4000);
    CHECK(verdict(my_port, moved) != Allowed);
    Frame behind = udp_frame(mine, 4000, peer, 53, 40);
    std::fill_n(behind.begin() + 34, 40, std::uint8_t{1});
    CHECK(verdict(my_port, behind) == Allowed);
    for (const std::uint8_t route : {std::uint8_t{131}, std::uint8_t{137}}) {
        for (const std::size_t at : {34, 35, 41, 73}) {
            Frame routed = behind;
            routed[at] = route;
            CHECK(verdict(my_port, routed) == SourceRoute);
            CHECK(verdict(every_packet(0), routed) == SourceRoute);
        }
    }
    for (const int length : {0, 1, 41, 255}) {
        Frame wrong = behind;
        wrong[34] = 7;
        wrong[35] = static_cast<std::uint8_t>(length);
        CHECK(verdict(my_port, wrong) == Malformed);
    }
    Frame hidden = behind;
    hidden[34] = 7;
    hidden[35] = 40; // a route within another option is not one
    hidden[40] = 131;
    CHECK(verdict(my_port, hidden) == Allowed);
    Frame ended = behind;
    ended[34] = 0; // neither is what follows the end
    ended[40] = 131;
    CHECK(verdict(my_port, ended) == Allowed);
    Frame last = behind;
    last[73] = 7; // an option without its length
    CHECK(verdict(my_port, last) == Malformed);
}

TEST_CASE("transmit: headers that lie about their form") {
    const auto with = [](std::size_t at, std::uint8_t value) {
        Frame frame = udp_frame(mine, 4000, peer, 53);
        frame[at] = value;
        return frame;
    };
    CHECK(verdict(my_address, with(14, 0x65)) == Malformed); // version 6
    CHECK(verdict(my_address, with(14, 0x44)) == Malformed); // a header of 16 octets
    CHECK(verdict(every_packet(0), with(14, 0x40)) == Malformed);
    CHECK(verdict(my_address, with(16, 1)) == Malformed); // longer than the frame
    CHECK(verdict(my_address, with(17, 61)) == Malformed);
    CHECK(verdict(my_address, with(17, 19)) == Malformed); // shorter than its header
    CHECK(verdict(my_address, with(17, 23)) == Malformed); // no room for the ports
    CHECK(verdict(my_address, with(17, 24)) == Allowed);
    Frame cut = udp_frame(mine, 4000, peer, 53);
    for (std::size_t length = 0; length < 38; ++length) {
        Frame shorter(cut.begin(), cut.begin() + static_cast<std::ptrdiff_t>(length));
        CHECK(verdict(every_packet(0), shorter) == (length < 14 ? BadLength : Malformed));
    }
}

TEST_CASE("transmit: lengths") {
    const Frame frame = udp_frame(mine, 4000, peer, 53);
    CHECK(verdict(my_port, frame, frame.size()) == Allowed);
    CHECK(verdict(my_port, frame, frame.size() - 1) == BadLength);
    // A copy that is not what the contract says is no ground for a verdict.
    CHECK(check_transmit(my_port, std::span(frame).first(40), frame.size(), 1514, nic_mac) == BadLength);
    CHECK(check_transmit(my_port, frame, 40, 1514, nic_mac) == BadLength);
    Frame long_frame = frame;
    long_frame.resize(1514);
    CHECK(verdict(my_port, long_frame) == Allowed);
}

TEST_CASE("transmit: every verdict has a status, and only the allowed one is Sent") {
    for (const TransmitVerdict one : {BadLength, WrongSource, VlanTag, Malformed, SourceRoute, OutsideFlow}) {
        CHECK(sent_status(one) != SentStatus::Sent);
    }
    CHECK(sent_status(Allowed) == SentStatus::Sent);
}

TEST_CASE("transmit: a checksum is never written over what was checked") {
    const Frame frame = udp_frame(mine, 4000, peer, 53, 4);
    const auto fits = [](const Frame& of, std::size_t start, std::size_t offset) {
        return checksum_request_fits(std::span(of).first(std::min(of.size(), flow_header_octets)), of.size(), start,
                                     offset);
    };
    CHECK(fits(frame, 38, 6)); // UDP's own
    CHECK(fits(frame, 38, frame.size() - 40));
    CHECK(!fits(frame, 38, frame.size() - 39));
    CHECK(!fits(frame, 0xffff, 0xffff));
    // The address, the ports, the EtherType, the options: each would be another after the device wrote.
    for (std::size_t field = 0; field < 42; ++field) {
        for (std::size_t start = 0; start <= field; ++start) {
            CHECK(!fits(frame, start, field - start));
        }
    }
    CHECK(fits(ipv4_frame(ip_protocol_icmp, mine, peer), 34, 2));
    CHECK(!fits(ipv4_frame(ip_protocol_icmp, mine, peer), 14, 10));
    CHECK(!fits(arp_frame(1, nic_mac, mine, peer), 14, 14));
    CHECK(fits(ethernet(0x88cc, 46), 14, 2));
    CHECK(!fits(ethernet(0x88cc, 46), 10, 4));
}
