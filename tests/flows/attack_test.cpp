// Attacks by the owner of a flow: frames that are not its own to send, rings that lie, claims on a neighbour's packets,
// floods, and death in the middle. After each one the neighbour's frames still arrive, and only there.
#include "tests/flows/shared_nics.hpp"

#include <cstring>

using namespace exo;
using namespace flows;

namespace {

// Two NICs; on the second one an attacker and a neighbour, on the first one a peer that sees every frame.
struct Wire {
    SharedNic a{0}, b{1};
    OwnedRing peer{a.root(), 40};
    Handle attackers = narrow(b.root(), udp(address_b, 2000, 2009, 8)).value();
    Handle neighbours = narrow(b.root(), udp(address_b, 3000, 3009, 8)).value();
    OwnedRing attacker{attackers, 41}, neighbour{neighbours, 42};
    Datagram to_neighbour{.source_mac = mac_of(a), .target_port = 3000, .payload = "for the neighbour"};

    // What the attacker may send.
    Datagram own() const {
        return {.source_mac = mac_of(b),
                .target_mac = mac_of(a),
                .source = address_b,
                .target = address_a,
                .source_port = 2000,
                .target_port = 1000};
    }
    // The neighbour sends and receives, and gets nothing else.
    void check_neighbour() {
        Datagram sent{.source_mac = mac_of(b), .source = address_b, .target = address_a, .source_port = 3001};
        CHECK(neighbour.send(sent.frame()) == SentStatus::Sent);
        CHECK(peer.receive() == sent.frame());
        CHECK(peer.send(to_neighbour.frame()) == SentStatus::Sent);
        CHECK(neighbour.receive() == to_neighbour.frame());
        CHECK(neighbour.queue().received() == 0);
        CHECK(neighbour.queue().page().faults == 0);
    }
    void refused(const std::string& frame, SentStatus status = SentStatus::OutsideFlow) {
        CHECK(attacker.send(frame) == status);
        CHECK(peer.receive(3'000).empty());
    }
};

FlowRing& hostile_page(OwnedRing& ring) {
    return const_cast<FlowRing&>(ring.queue().page());
}

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "frames outside the flow are not sent") {
    Wire wire;
    Datagram frame = wire.own();
    REQUIRE(wire.attacker.send(frame.frame()) == SentStatus::Sent);
    REQUIRE(wire.peer.receive() == frame.frame());
    frame.source_mac = std::string(6, '\x02'); // somebody else's MAC
    wire.refused(frame.frame());
    frame = wire.own();
    frame.source = address_b + 1;
    wire.refused(frame.frame());
    frame = wire.own();
    frame.source_port = 3000; // the neighbour's
    wire.refused(frame.frame());
    frame = wire.own();
    std::string other = frame.frame();
    other[12] = '\x86', other[13] = '\xdd'; // another EtherType
    wire.refused(other);
    wire.refused(arp_request(wire.b, address_b, address_a));
    other = frame.frame();
    other[23] = 6; // TCP
    wire.refused(other);
    other = frame.frame();
    other[20] = '\x20'; // a fragment has no ports to check
    wire.refused(other);
    other = frame.frame();
    other.insert(12, std::string("\x81\0\0\1", 4)); // behind a VLAN tag
    wire.refused(other, SentStatus::BadFrame);
    wire.refused(frame.frame().substr(0, 13), SentStatus::BadFrame);
    frame.payload = std::string(1600, 'x');
    wire.refused(frame.frame(), SentStatus::BadFrame);
    CHECK(wire.attacker.queue().page().refused == 10);
    wire.check_neighbour();
}

TEST_CASE_FIXTURE(lab::Fresh, "a checksum request cannot change what was checked") {
    Wire wire;
    FlowTransmit request{};
    request.flags = transmit_flag::checksum;
    request.checksum_start = 20;
    request.checksum_offset = 6; // the source address
    CHECK(wire.attacker.send(wire.own().frame(), request) == SentStatus::BadChecksum);
    request.checksum_start = 34;
    request.checksum_offset = 0; // the source port
    CHECK(wire.attacker.send(wire.own().frame(), request) == SentStatus::BadChecksum);
    request.checksum_offset = 2000;
    CHECK(wire.attacker.send(wire.own().frame(), request) == SentStatus::BadChecksum);
    CHECK(wire.peer.receive(3'000).empty());
    wire.check_neighbour();
}

TEST_CASE_FIXTURE(lab::Fresh, "descriptors outside the owner's memory name nothing") {
    Wire wire;
    net::FlowQueue& queue = wire.attacker.queue();
    const std::uint32_t buffers = wire.attacker.spec().buffers;
    auto fate = [&](const FlowTransmit& piece) {
        queue.give(piece);
        queue.publish_given();
        CHECK_OK(sys::submit(wire.attackers, submit_flag::send));
        REQUIRE(queue.sent() >= 1);
        SentStatus status{};
        while (queue.sent())
            status = queue.take_sent();
        return status;
    };
    CHECK(fate({buffers, 0, 60, 0, 0, 0, 0}) == SentStatus::BadBuffer);
    CHECK(fate({~0u, 0, 60, 0, 0, 0, 0}) == SentStatus::BadBuffer);
    CHECK(fate({0, 4090, 60, 0, 0, 0, 0}) == SentStatus::BadBuffer);
    CHECK(fate({0, 0, 65535, 0, 0, 0, 0}) == SentStatus::BadBuffer);
    CHECK(fate({0, 65535, 60, 0, 0, 0, 0}) == SentStatus::BadBuffer);
    CHECK(fate({0, 0, 60, 1u << 9, 0, 0, 0}) == SentStatus::BadBuffer);
    CHECK(fate({0, 0, 60, transmit_flag::more, 0, 0, 0}) == SentStatus::BadBuffer); // goes on behind the end
    CHECK(fate({0, 0, 4096, 0, 0, 0, 0}) == SentStatus::BadFrame);
    // A buffer offered that is none is skipped.
    queue.offer(buffers);
    queue.offer(~0u);
    queue.publish_offers();
    for (int i = 0; i < 20; i++) {
        Datagram frame{.source_mac = mac_of(wire.a), .target_port = 2000};
        REQUIRE(wire.peer.send(frame.frame()) == SentStatus::Sent);
        REQUIRE(wire.attacker.receive() == frame.frame());
    }
    CHECK(queue.page().bad_offers == 2);
    wire.check_neighbour();
}

TEST_CASE_FIXTURE(lab::Fresh, "ring indices that jump, run backwards or overflow are not believed") {
    Wire wire;
    FlowRing& page = hostile_page(wire.attacker);
    Datagram frame{.source_mac = mac_of(wire.a), .target_port = 2000};
    for (std::uint32_t lie : {33u, 1000u, 0x7fff'ffffu, 0x8000'0000u, 0xffff'ffffu}) {
        page.transmit_given = page.transmit_taken + lie;
        CHECK_OK(sys::submit(wire.attackers, submit_flag::send));
        CHECK((page.faults & ring_fault::transmits) != 0);
        wire.check_neighbour();
    }
    page.transmit_given = page.transmit_taken;
    for (std::uint32_t lie : {33u, 0x8000'0000u, 0xffff'ffffu}) {
        std::uint32_t true_one = page.offered;
        page.offered = page.offer_taken + lie;
        REQUIRE(wire.peer.send(frame.frame()) == SentStatus::Sent);
        wire.check_neighbour();
        CHECK((page.faults & ring_fault::offers) != 0);
        page.offered = true_one;
    }
    for (std::uint32_t lie : {1u, 33u, 0x8000'0000u, 0xffff'ffffu}) {
        page.receive_taken = page.received + lie;
        REQUIRE(wire.peer.send(frame.frame()) == SentStatus::Sent);
        wire.check_neighbour();
        CHECK((page.faults & ring_fault::received) != 0);
        page.receive_taken = page.received;
    }
    // Told the truth again, it goes on.
    REQUIRE(wire.peer.send(frame.frame()) == SentStatus::Sent);
    CHECK(lab::until([&] {
        (void)sys::submit(wire.attackers, submit_flag::receive);
        return page.received != page.receive_taken;
    }));
}

TEST_CASE_FIXTURE(lab::Fresh, "a ring that is scribbled over is its owner's loss") {
    Wire wire;
    std::uint64_t seed = lab::tsc();
    MESSAGE("seed ", seed);
    auto random = [&seed] {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        return seed;
    };
    auto* words = reinterpret_cast<std::uint64_t*>(&hostile_page(wire.attacker)); // Safe: the attacker's own pages.
    std::uint64_t pages = flow_ring_pages(32, 32, 32);
    Datagram frame{.source_mac = mac_of(wire.a), .target_port = 2000};
    for (int round = 0; round < 200; round++) {
        for (int i = 0; i < 200; i++)
            words[random() % (pages * 512)] = random() % 3 ? random() : random() % 40;
        CHECK_OK(sys::submit(wire.attackers, submit_flag::all));
        REQUIRE(wire.peer.send(frame.frame()) == SentStatus::Sent);
        CHECK_OK(sys::submit(wire.attackers, submit_flag::all));
    }
    // Whatever it sent by chance was its own: nothing else reached the peer.
    for (std::string got = wire.peer.receive(3'000); !got.empty(); got = wire.peer.receive(3'000))
        CHECK(got.substr(6, 6) == mac_of(wire.b));
    wire.check_neighbour();
}

TEST_CASE_FIXTURE(lab::Fresh, "a neighbour's packets cannot be claimed") {
    Wire wire;
    CHECK_ERROR(narrow(wire.attackers, udp(address_b, 3000, 3000)), OutOfRange);
    CHECK_ERROR(narrow(wire.attackers, udp(address_b, 1999, 2000)), OutOfRange);
    CHECK_ERROR(narrow(wire.attackers, host(address_b)), OutOfRange);
    CHECK_ERROR(narrow(wire.attackers, every_packet(0)), OutOfRange);
    CHECK_ERROR(narrow(wire.b.root(), udp(address_b, 3005, 3020)), Occupied);
    FlowSpec greedy = udp(address_b, 2000, 2000, 9); // more flows than it was promised
    CHECK_ERROR(narrow(wire.attackers, greedy), TableFull);
    // Made-up names of flows are no capabilities.
    CHECK_ERROR(sys::derive(wire.attackers, Kind::Flow, right::Read, FlowNumber{3}, 1), OutOfRange);
    CHECK_ERROR(sys::submit(wire.neighbours ^ 1, submit_flag::receive), BadHandle);
    wire.check_neighbour();
}

TEST_CASE_FIXTURE(lab::Fresh, "a flood at one port does not drown the next") {
    Wire wire;
    Datagram flood{.source_mac = mac_of(wire.a), .target_port = 2000};
    std::vector<std::uint64_t> took;
    for (int i = 0; i < 200; i++) {
        for (int k = 0; k < 8; k++)
            REQUIRE(wire.peer.send(flood.frame()) == SentStatus::Sent);
        std::uint64_t begun = lab::tsc();
        REQUIRE(wire.peer.send(wire.to_neighbour.frame()) == SentStatus::Sent);
        REQUIRE(wire.neighbour.receive() == wire.to_neighbour.frame());
        took.push_back(lab::tsc() - begun);
    }
    std::sort(took.begin(), took.end());
    MESSAGE("neighbour under flood, cycles: p50 ", took[100], ", p99 ", took[197]);
    CHECK(wire.attacker.queue().page().lost_no_buffer > 1000);
    CHECK(wire.neighbour.queue().page().lost_no_buffer == 0);
    wire.check_neighbour();
}

TEST_CASE_FIXTURE(lab::Fresh, "an owner that dies with frames in flight leaves its frames and its claim") {
    SharedNic a(0), b(1);
    OwnedRing peer(a.root(), 40), every(b.root(), 41);
    Datagram frame{.source_mac = mac_of(a)};
    for (int round = 0; round < 3; round++) {
        lab::Child child({.frame_count = 256});
        REQUIRE(child.ok());
        Handle flow = narrow(b.root(), host(address_b)).value();
        Handle theirs = child.grant(flow);
        std::uint64_t pages = flow_ring_pages(32, 32, 32);
        std::uint64_t first = child.first_frame() + 128;
        FlowRingSpec spec{child.frames(), first, first + pages, 24, 32, 32, 32, 64, 0};
        CHECK_OK(lab::bind(child.environment(),
                           {BindKind::Ring, 0, theirs, reinterpret_cast<std::uint64_t>(&spec), 40, 0, 0}));
        net::FlowQueue queue;
        queue.open(lab::map(first, pages));
        std::byte* buffers = lab::map(first + pages, 24);
        Datagram sent{.source_mac = mac_of(b), .source = address_b, .target = address_a};
        std::string octets = sent.frame();
        for (std::uint32_t i = 0; i < 8; i++) {
            memcpy(buffers + i * page_bytes, octets.data(), octets.size());
            queue.give({i, 0, static_cast<std::uint16_t>(octets.size()), 0, 0, 0, 0});
            queue.offer(8 + i);
        }
        queue.publish_given();
        queue.publish_offers();
        REQUIRE(child.start([](lab::ChildStart* start) {
            (void)sys::submit(start->given[0], submit_flag::all);
            start->board->done = 1;
            for (;;)
                (void)sys::submit(start->given[0], submit_flag::send | submit_flag::receive);
        }));
        REQUIRE(child.finish());
        REQUIRE(peer.send(frame.frame()) == SentStatus::Sent);
        CHECK(child.destroy());
        CHECK_OK(sys::drop(flow));
        // Its frames are free, its packets the next one's.
        REQUIRE(peer.send(frame.frame()) == SentStatus::Sent);
        CHECK(every.receive() == frame.frame());
        while (!peer.receive(2'000).empty()) {
        }
        while (!every.receive(2'000).empty()) {
        }
    }
}

TEST_CASE_FIXTURE(lab::Fresh, "what becomes of the sharer's frames and function takes the flows along") {
    std::uint64_t first = lab::take(nic_frames, 2);
    SharedNic a(0);
    Rights rights = right::Read | right::Write | right::Dma | right::Retype;
    Handle paid = sys::derive(lab::frames(), Kind::Frames, rights, first, nic_frames).value();
    Handle flow = no_handle;
    {
        SharedNic b(1);
        flow = narrow(b.root(), host(address_b)).value();
        OwnedRing ring(flow, 41);
        CHECK(b.unshare());
        CHECK_ERROR(sys::submit(flow, submit_flag::receive), NotBound);
        REQUIRE(lab::bind(self, {BindKind::Nic, 0, b.function(), 0, first, nic_frames, paid}).ok());
        // A name of the flow from before is not one of after.
        CHECK_ERROR(sys::submit(flow, submit_flag::receive), NotBound);
        CHECK_ERROR(narrow(flow, host(address_b)), NotBound);
        CHECK_ERROR(lab::bind(self, lab::page_row(paid, lab::place(1), first + nic_frames_min, 1, right::Read)), InUse);
        // The frames go: so does the NIC's sharing.
        CallResult dropped = sys::drop(paid);
        for (int i = 0; i < 1000 && dropped.is(Error::Again); i++)
            dropped = sys::drop(paid);
        CHECK_OK(dropped);
        CHECK_ERROR(sys::derive(b.function(), Kind::Flow, right::Read, 0, 1), NotBound);
        CHECK(lab::map(first, nic_frames) != nullptr); // all of them Data again
    }
}
