// The rules of narrowing one by one, each with the claim that it stops. Random ones are in model_test.cpp.
#include "tests/unit/flow/specs.hpp"

#include "secure-bindings/flow/flow_spec.hpp"

#include <doctest/doctest.h>

using namespace exo;
using namespace exo::test;

namespace {

struct Nic : OpenBook {
    explicit Nic(std::uint32_t budget = 60) : OpenBook(64), root(book.add_nic(0, budget).value()) {}
    FlowNumber root;
};

std::string said(const Result<FlowNumber>& result) {
    return result ? "a flow" : error_name(result.error());
}

} // namespace

TEST_CASE("flows: a neighbour's claim, a part of it and a whole that holds it are refused") {
    Nic nic;
    REQUIRE(nic.book.narrow(nic.root, udp(mine, 4000, 4999)));
    CHECK(said(nic.book.narrow(nic.root, udp(mine, 4000, 4999))) == "Occupied");
    CHECK(said(nic.book.narrow(nic.root, udp(mine, 4999, 5000))) == "Occupied");
    CHECK(said(nic.book.narrow(nic.root, udp(mine, 0, 65535))) == "Occupied");
    CHECK(said(nic.book.narrow(nic.root, ipv4(mine))) == "Occupied");
    CHECK(said(nic.book.narrow(nic.root, at_local(of_type(ether_type_ipv4), mine & prefix_mask(8), 8))) == "Occupied");
    CHECK(said(nic.book.narrow(nic.root, every_packet(0))) == "Occupied");
    CHECK(said(nic.book.narrow(nic.root, udp(mine, 5000, 5000))) == "a flow");
    CHECK(said(nic.book.narrow(nic.root, tcp(mine, 4000, 4999))) == "a flow");
    CHECK(said(nic.book.narrow(nic.root, udp(yours, 4000, 4999))) == "a flow");
}

TEST_CASE("flows: a child is never wider than its parent in anything") {
    Nic nic;
    const FlowSpec spec = udp(mine & prefix_mask(24), 4000, 4999, 20);
    FlowSpec net = spec;
    net.local_prefix = 24;
    const FlowNumber parent = nic.book.narrow(nic.root, net).value();
    const auto wider = [&](auto&& change) {
        FlowSpec child = udp(mine, 4000, 4000);
        change(child);
        return said(nic.book.narrow(parent, child));
    };
    CHECK(wider([](FlowSpec& s) { s.local_address = address(10, 0, 1, 1); }) == "OutOfRange");
    CHECK(wider([](FlowSpec& s) { s.local_address = mine & prefix_mask(23), s.local_prefix = 23; }) == "OutOfRange");
    CHECK(wider([](FlowSpec& s) { s.local_port = 3999; }) == "OutOfRange");
    CHECK(wider([](FlowSpec& s) { s.local_port_end = 5000; }) == "OutOfRange");
    CHECK(wider([](FlowSpec& s) { s.protocol = ip_protocol_tcp; }) == "OutOfRange");
    CHECK(wider([](FlowSpec& s) { s = every_packet(0); }) == "OutOfRange");
    CHECK(wider([](FlowSpec& s) { s = of_type(ether_type_arp); }) == "OutOfRange");
    CHECK(wider([](FlowSpec&) {}) == "a flow");
    CHECK(said(nic.book.narrow(0, udp(mine, 1, 1))) == "OutOfRange");
    CHECK(said(nic.book.narrow(63, udp(mine, 1, 1))) == "OutOfRange");
    CHECK(said(nic.book.narrow(65535, udp(mine, 1, 1))) == "OutOfRange");
}

TEST_CASE("flows: specs without form are refused") {
    Nic nic;
    const auto bad = [&](auto&& change) {
        FlowSpec spec = udp(mine, 4000, 4000);
        change(spec);
        return said(nic.book.narrow(nic.root, spec)) == "BadArgument";
    };
    CHECK(bad([](FlowSpec& s) { s.reserved[0] = 1; }));
    CHECK(bad([](FlowSpec& s) { s.reserved[2] = 1; }));
    CHECK(bad([](FlowSpec& s) { s.reserved_end = 1; }));
    CHECK(bad([](FlowSpec& s) { s.local_prefix = 33; }));
    CHECK(bad([](FlowSpec& s) { s.local_prefix = 24; })); // the address has more bits
    CHECK(bad([](FlowSpec& s) { s.remote_address = 1; }));
    CHECK(bad([](FlowSpec& s) { s.remote_prefix = 255; }));
    CHECK(bad([](FlowSpec& s) { s.local_port_end = 3999; }));
    CHECK(bad([](FlowSpec& s) { s.remote_port = 1, s.remote_port_end = 0; }));
    CHECK(bad([](FlowSpec& s) { s.protocol = ip_protocol_icmp; })); // has no ports
    CHECK(bad([](FlowSpec& s) { s.protocol = 0; }));
    CHECK(bad([](FlowSpec& s) { s.ether_type = 0; }));
    CHECK(bad([](FlowSpec& s) { s.ether_type = 0x86dd; }));
    CHECK(bad([](FlowSpec& s) { s = of_type(0x5ff); }));
    CHECK(bad([](FlowSpec& s) { s = of_type(0x8100); }));
    CHECK(bad([](FlowSpec& s) { s = of_protocol(of_type(ether_type_arp), 1); }));
    CHECK(!bad([](FlowSpec&) {}));
}

TEST_CASE("flows: the near side first, the far side below it") {
    Nic nic;
    CHECK(said(nic.book.narrow(nic.root, at_remote(ipv4(mine), peer))) == "BadArgument");
    const FlowNumber near = nic.book.narrow(nic.root, udp(mine, 80, 80, 20)).value();
    const FlowNumber net = nic.book.narrow(near, at_remote(udp(mine, 80, 80, 5), peer & prefix_mask(16), 16)).value();
    const FlowNumber host = nic.book.narrow(net, at_remote(udp(mine, 80, 80), peer)).value();
    CHECK(nic.book.lookup(0, udp_key(mine, 80, peer)) == host);
    CHECK(nic.book.lookup(0, udp_key(mine, 80, peer + 1)) == net);
    CHECK(nic.book.lookup(0, udp_key(mine, 80, yours)) == near);
    CHECK(nic.book.lookup(0, udp_key(mine, 81, peer)) == nic.root);
    const FlowNumber wide = nic.book.narrow(nic.root, ipv4(yours, 5)).value();
    const FlowNumber from = nic.book.narrow(wide, at_remote(ipv4(yours, 4), peer)).value();
    FlowSpec both = at_remote(udp(yours, 80, 80), peer);
    CHECK(said(nic.book.narrow(from, both)) == "BadArgument");
}

TEST_CASE("flows: budgets are taken from the parent and come back") {
    Nic nic(10);
    CHECK(said(nic.book.narrow(nic.root, ipv4(mine, 10))) == "TableFull");
    CHECK(said(nic.book.narrow(nic.root, ipv4(mine, 0xffff'ffff))) == "TableFull");
    const FlowNumber child = nic.book.narrow(nic.root, ipv4(mine, 9)).value();
    CHECK(nic.book.at(nic.root).budget_left == 0);
    CHECK(said(nic.book.narrow(nic.root, ipv4(yours))) == "TableFull");
    for (std::uint16_t port = 0; port < 9; ++port) {
        CHECK(nic.book.narrow(child, udp(mine, port, port)));
    }
    CHECK(said(nic.book.narrow(child, udp(mine, 9, 9))) == "TableFull");
    CHECK(nic.book.remove(child, 3).error() == Error::Again);
    CHECK(nic.book.count() == 8);
    CHECK(said(nic.book.narrow(child, udp(mine, 9, 9))) == "WrongState");
    CHECK(nic.book.remove(child, 100));
    CHECK(nic.book.at(nic.root).budget_left == 10);
    CHECK(said(nic.book.narrow(nic.root, ipv4(yours, 9))) == "a flow");
}

TEST_CASE("flows: NICs share the records, and only that") {
    Nic nic(20);
    CHECK(nic.book.add_nic(1, 42).error() == Error::TableFull);
    const FlowNumber second = nic.book.add_nic(1, 41).value();
    CHECK(nic.book.add_nic(1, 0).error() == Error::TableFull);
    CHECK(nic.book.add_nic(16, 0).error() == Error::OutOfRange);
    const FlowNumber here = nic.book.narrow(nic.root, udp(mine, 1, 1)).value();
    const FlowNumber there = nic.book.narrow(second, udp(mine, 1, 1)).value();
    CHECK(nic.book.lookup(0, udp_key(mine, 1)) == here);
    CHECK(nic.book.lookup(1, udp_key(mine, 1)) == there);
    CHECK(nic.book.remove(second, 2));
    CHECK(nic.book.lookup(0, udp_key(mine, 1)) == here);
    CHECK(nic.book.add_nic(1, 41));
}

TEST_CASE("flows: no deeper than the bound") {
    Nic nic(40);
    FlowNumber parent = nic.root;
    for (std::uint32_t depth = 1; depth <= flow_depth_max; ++depth) {
        parent = nic.book.narrow(parent, udp(mine, 1000, static_cast<std::uint16_t>(2000 - depth), 39 - depth)).value();
    }
    CHECK(nic.book.lookup(0, udp_key(mine, 1000)) == parent);
    CHECK(said(nic.book.narrow(parent, udp(mine, 1000, 1000))) == "TableFull");
    CHECK(nic.book.remove(nic.book.at(parent).parent, 2));
    CHECK(nic.book.at(nic.book.lookup(0, udp_key(mine, 1000))).depth == flow_depth_max - 2);
}

TEST_CASE("flows: ARP and EtherTypes, broken packets, fragments") {
    Nic nic;
    const FlowNumber arp = nic.book.narrow(nic.root, at_local(of_type(ether_type_arp), mine)).value();
    const FlowNumber types = nic.book.narrow(nic.root, of_type(0x88cc)).value();
    const FlowNumber ip = nic.book.narrow(nic.root, of_type(ether_type_ipv4, 10)).value();
    const FlowNumber all_udp = nic.book.narrow(ip, udp(mine, 0, 65535, 5)).value();
    const FlowNumber port = nic.book.narrow(all_udp, udp(mine, 80, 80)).value();
    CHECK(nic.book.lookup(0, arp_key(mine)) == arp);
    CHECK(nic.book.lookup(0, arp_key(yours)) == nic.root);
    CHECK(nic.book.lookup(0, type_key(0x88cc)) == types);
    CHECK(nic.book.lookup(0, type_key(0x88cd)) == nic.root);
    CHECK(nic.book.lookup(0, type_key(ether_type_ipv4)) == ip);
    CHECK(nic.book.lookup(0, FlowKey{}) == nic.root);
    CHECK(nic.book.lookup(0, udp_key(mine, 80)) == port);
    CHECK(nic.book.lookup(0, udp_key(mine, 81)) == all_udp);
    CHECK(nic.book.lookup(0, bare_key(mine, ip_protocol_udp)) == all_udp);
    CHECK(nic.book.lookup(0, bare_key(mine, ip_protocol_icmp)) == ip);
}

TEST_CASE("flows: a thousand addresses in a few buckets are all found, so a full bucket costs time only") {
    OpenBook open(1200);
    open.memory.tables.buckets = open.memory.tables.buckets.first(2);
    open.book.open(open.memory);
    const FlowNumber root = open.book.add_nic(0, 1100).value();
    std::vector<FlowNumber> flows;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        flows.push_back(open.book.narrow(root, udp(mine + i * 0x01'0107, 7, 7)).value());
    }
    for (std::uint32_t i = 0; i < 1000; ++i) {
        REQUIRE(open.book.lookup(0, udp_key(mine + i * 0x01'0107, 7)) == flows[i]);
        REQUIRE(open.book.lookup(0, udp_key(mine + i * 0x01'0107 + 1, 7)) == root);
    }
}

TEST_CASE("flows: whatever others claim, a promised flow finds its memory") {
    // As many of the dearest claims as there are records: an address far from the others, a range within two blocks.
    OpenBook open(256);
    const FlowNumber root = open.book.add_nic(0, 254).value();
    for (std::uint32_t i = 0; i < 254; ++i) {
        REQUIRE(open.book.narrow(root, udp((i + 1) << 24 | 0x01'0101 * (i % 200 + 1), 100, 40000)));
    }
    CHECK(said(open.book.narrow(root, udp(mine, 1, 1))) == "TableFull");
    CHECK(open.book.remove(root, 300));
    CHECK(open.book.tables().free_nodes() == open.memory.tables.nodes.size() - 1);
}

TEST_CASE("flows: without nodes nothing is claimed and nothing changes") {
    OpenBook open(64);
    open.memory.tables.nodes = open.memory.tables.nodes.first(9);
    open.memory.tables.heads = open.memory.tables.heads.first(9);
    open.book.open(open.memory);
    const FlowNumber root = open.book.add_nic(0, 60).value();
    REQUIRE(open.book.narrow(root, udp(mine, 100, 40000)));
    CHECK(said(open.book.narrow(root, udp(yours, 100, 40000))) == "TableFull");
    CHECK(open.book.count() == 2);
    CHECK(open.book.at(root).budget_left == 59);
    CHECK(open.book.lookup(0, udp_key(yours, 100)) == root);
}
