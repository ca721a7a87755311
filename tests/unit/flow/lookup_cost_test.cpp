// What a lookup costs, in instructions: built like the kernel, without sanitizers, and stepped through one by one.
#include "secure-bindings/flow/flow_spec.hpp"
#include "tests/unit/flow/specs.hpp"
#include "tests/unit/flow/step_counter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

using namespace exo;
using namespace exo::test;

namespace {

struct Cost {
    std::uint64_t least = ~0ull;
    std::uint64_t most = 0;
};

// The cost of finding each of some flows, by the key of each.
template <typename KeyOf>
Cost cost_of(const FlowBook& book, const std::vector<FlowNumber>& flows, KeyOf&& key_of) {
    Cost cost;
    for (std::size_t i = 0; i < flows.size(); ++i) {
        const FlowKey key = key_of(i);
        FlowNumber found = no_flow;
        const std::uint64_t steps = count_steps([&] { found = book.lookup(0, key); });
        REQUIRE(found == flows[i]);
        cost.least = std::min(cost.least, steps);
        cost.most = std::max(cost.most, steps);
    }
    return cost;
}

} // namespace

TEST_CASE("a counted call: so many instructions, each time") {
    const auto nothing = [] {};
    const auto five = [] { asm volatile("nop; nop; nop; nop; nop"); };
    CHECK(count_steps(five) == count_steps(nothing) + 5);
}

TEST_CASE("a lookup is at most 60 instructions, whether there is one flow or are a thousand") {
    std::uint64_t first = 0;
    for (const std::size_t count : {1, 10, 100, 1000}) {
        OpenBook open(1200);
        const FlowNumber root = open.book.add_nic(0, 1100).value();
        std::vector<FlowNumber> flows;
        const auto port = [](std::size_t i) { return static_cast<std::uint16_t>(1024 + 37 * i); };
        for (std::size_t i = 0; i < count; ++i) {
            flows.push_back(open.book.narrow(root, udp(mine, port(i), port(i))).value());
        }
        const Cost cost = cost_of(open.book, flows, [&](std::size_t i) { return udp_key(mine, port(i)); });
        MESSAGE(count << " ports: " << cost.least << " to " << cost.most);
        CHECK(cost.most <= 60);
        first = count == 1 ? cost.most : first;
        CHECK(cost.most <= first + 2);
    }
}

TEST_CASE("addresses, ranges and protocols cost no more than ports") {
    for (const std::size_t count : {1, 10, 100, 1000}) {
        OpenBook open(2300);
        const FlowNumber root = open.book.add_nic(0, 2200).value();
        std::vector<FlowNumber> flows, icmp;
        const auto local = [](std::size_t i) { return mine + static_cast<std::uint32_t>(i * 0x0101'0107u); };
        for (std::size_t i = 0; i < count; ++i) {
            flows.push_back(open.book.narrow(root, tcp(local(i), 1000, 29999)).value());
            icmp.push_back(open.book.narrow(root, of_protocol(ipv4(local(i)), ip_protocol_icmp)).value());
        }
        const Cost cost = cost_of(open.book, flows, [&](std::size_t i) { return tcp_key(local(i), 1000); });
        const Cost bare = cost_of(open.book, icmp, [&](std::size_t i) { return bare_key(local(i), ip_protocol_icmp); });
        MESSAGE(count << " addresses: " << cost.least << " to " << cost.most << ", without ports " << bare.least
                      << " to " << bare.most);
        CHECK(cost.most <= 60);
        CHECK(bare.most <= 60);
    }
}

TEST_CASE("a thousand random addresses: no worse than a bucket's slots") {
    OpenBook open(1200, 0xd134'2543'de82'ef95);
    const FlowNumber root = open.book.add_nic(0, 1100).value();
    std::mt19937 random(3);
    std::vector<std::uint32_t> local(1000);
    std::vector<FlowNumber> flows;
    for (std::uint32_t& one : local) {
        one = static_cast<std::uint32_t>(random());
        flows.push_back(open.book.narrow(root, udp(one, 80, 80)).value());
    }
    const Cost cost = cost_of(open.book, flows, [&](std::size_t i) { return udp_key(local[i], 80); });
    MESSAGE("random addresses: " << cost.least << " to " << cost.most);
    CHECK(cost.least <= 60);
    CHECK(cost.most <= 60 + 7 * 4); // the last of eight slots
}

TEST_CASE("flows of one peer each cost the far side's tables once more, flat as well") {
    for (const std::size_t count : {1, 10, 100, 1000}) {
        OpenBook open(1200);
        const FlowNumber root = open.book.add_nic(0, 1100).value();
        const FlowNumber port = open.book.narrow(root, udp(mine, 80, 80, 1050)).value();
        std::vector<FlowNumber> flows;
        const auto far = [](std::size_t i) { return peer + static_cast<std::uint32_t>(i * 0x0101'0107u); };
        for (std::size_t i = 0; i < count; ++i) {
            const FlowSpec spec = to_ports(at_remote(udp(mine, 80, 80), far(i)), 5000, 5000);
            flows.push_back(open.book.narrow(port, spec).value());
        }
        const Cost cost = cost_of(open.book, flows, [&](std::size_t i) { return udp_key(mine, 80, far(i)); });
        MESSAGE(count << " peers: " << cost.least << " to " << cost.most);
        CHECK(cost.most <= 140);
    }
}

TEST_CASE("a packet that nobody claims is found out as fast, though others claim nested prefixes") {
    OpenBook open(200);
    const FlowNumber root = open.book.add_nic(0, 150).value();
    // As many prefixes around one address as there are lengths, none of which has the packet.
    for (std::uint8_t prefix = 1; prefix <= 32; ++prefix) {
        const std::uint32_t base = mine & prefix_mask(prefix);
        REQUIRE(open.book.narrow(
            root,
            on_ports(of_protocol(at_local(of_type(ether_type_ipv4), base, prefix), ip_protocol_udp), prefix, prefix)));
    }
    const FlowKey elsewhere = udp_key(address(200, 0, 0, 1), 80), there = udp_key(mine, 80);
    FlowNumber found = no_flow;
    const std::uint64_t steps_elsewhere = count_steps([&] { found = open.book.lookup(0, elsewhere); });
    CHECK(found == root);
    const std::uint64_t steps_there = count_steps([&] { found = open.book.lookup(0, there); });
    CHECK(found == root);
    MESSAGE("elsewhere " << steps_elsewhere << ", where all the prefixes are " << steps_there);
    CHECK(steps_elsewhere <= 120); // a whole bucket, four nodes, the EtherTypes
    CHECK(steps_there <= 900);     // 32 places, bounded whatever is claimed
}

TEST_CASE("reading a key") {
    std::uint8_t frame[flow_header_octets] = {};
    frame[12] = 0x08;
    frame[14] = 0x45;
    frame[17] = 60;
    frame[23] = ip_protocol_udp;
    FlowKey key;
    const std::uint64_t steps = count_steps([&] { key = parse_flow_key(frame, FlowSide::Receive); });
    CHECK(key.kind == FlowKind::Udp);
    MESSAGE("UDP: " << steps);
    CHECK(steps <= 110);
}
