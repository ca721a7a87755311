// What is refused when NICs are shared, flows narrowed, and rings bound; and what goes when a capability goes.
#include "tests/flows/shared_nics.hpp"

using namespace exo;
using namespace flows;

TEST_CASE_FIXTURE(lab::Fresh, "a shared NIC is nobody's to bind") {
    SharedNic a(0);
    std::uint64_t address = lab::place(1);
    CHECK_ERROR(lab::bind(self, {BindKind::Bar, right::Read, a.function(), address, 0, 1, 0}), Occupied);
    CHECK_ERROR(lab::bind(self, {BindKind::Interrupt, 0, a.function(), 0, 40, 1, 0}), Occupied);
    std::uint64_t first = lab::take(nic_frames, 2);
    CHECK_ERROR(lab::bind(self, {BindKind::Nic, 0, a.function(), 0, first, nic_frames, lab::frames()}), Occupied);
    CHECK(a.unshare());
    CHECK_ERROR(sys::derive(a.function(), Kind::Flow, right::Read, 0, 1), NotBound);
    CHECK_ERROR(sys::submit(a.root(), submit_flag::receive), NotBound);
}

TEST_CASE_FIXTURE(lab::Fresh, "claims are within their parent and apart from each other") {
    SharedNic a(0);
    Handle port = narrow(a.root(), udp(address_a, 1000, 1999, 4)).value();
    CHECK_ERROR(narrow(a.root(), udp(address_a, 1500, 2500)), Occupied);
    CHECK_ERROR(narrow(port, udp(address_a, 1999, 2000)), OutOfRange);
    CHECK_ERROR(narrow(port, udp(address_b, 1000, 1000)), OutOfRange);
    CHECK_OK(narrow(port, udp(address_a, 1000, 1000)));
    CHECK_OK(narrow(a.root(), udp(address_a, 2000, 2500)));
    FlowSpec malformed = udp(address_a, 3000, 2000);
    CHECK_ERROR(narrow(a.root(), malformed), BadArgument);
    CHECK_ERROR(sys::flow_narrow(a.root(), right::Control, &malformed), BadArgument);
    CHECK_ERROR(sys::flow_narrow(a.root(), right::Read, reinterpret_cast<const FlowSpec*>(user_end)), BadAddress);
}

TEST_CASE_FIXTURE(lab::Fresh, "rights of a flow are those it was given") {
    SharedNic a(0);
    FlowSpec spec = udp(address_a, 1000, 1999, 4);
    Handle mute = sys::flow_narrow(a.root(), right::Read | right::Bind, &spec).value();
    FlowSpec within = udp(address_a, 1000, 1000);
    CHECK_ERROR(sys::flow_narrow(mute, right::Read | right::Write, &within), NoRight);
    CHECK_OK(sys::flow_narrow(mute, right::Read, &within));
    OwnedRing ring(mute);
    REQUIRE(ring.bound().ok());
    CHECK_OK(sys::submit(mute, submit_flag::receive));
    CHECK_ERROR(sys::submit(mute, submit_flag::send), NoRight);
    CHECK_ERROR(sys::submit(mute, 1u << 20), BadArgument);
    FlowSpec other = udp(address_a, 3000, 3000);
    Handle unbindable = sys::flow_narrow(a.root(), right::Read | right::Write, &other).value();
    OwnedRing refused(unbindable);
    CHECK_ERROR(refused.bound(), NoRight);
}

TEST_CASE_FIXTURE(lab::Fresh, "a dropped flow gives its ring, its packets and its claim back") {
    SharedNic a(0), b(1);
    OwnedRing from(a.root(), 40), every(b.root(), 41);
    Handle flow = narrow(b.root(), host(address_b)).value();
    OwnedRing ring(flow, 42);
    Datagram datagram{.source_mac = mac_of(a)};
    REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
    CHECK(ring.receive() == datagram.frame());
    CHECK_OK(sys::drop(flow));
    REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
    CHECK(every.receive() == datagram.frame());
    CHECK(ring.queue().received() == 0);
    CHECK_OK(narrow(b.root(), host(address_b)));
    // Its frames are free: for another ring, too.
    Handle other = narrow(b.root(), udp(address_a, 1, 1)).value();
    FlowRingSpec spec = ring.spec();
    CHECK_OK(lab::bind(self, {BindKind::Ring, 0, other, reinterpret_cast<std::uint64_t>(&spec), 43, 0, 0}));
}

TEST_CASE_FIXTURE(lab::Fresh, "frames of a ring or of a NIC that are asked back take it along") {
    SharedNic a(0);
    std::uint64_t pages = flow_ring_pages(32, 32, 32);
    std::uint64_t first = lab::take(pages + 24);
    Rights rights = right::Read | right::Write | right::Dma | right::Retype;
    Handle paid = sys::derive(lab::frames(), Kind::Frames, rights, first, pages + 24).value();
    Handle flow = narrow(a.root(), host(address_a)).value();
    FlowRingSpec spec{paid, first, first + pages, 24, 32, 32, 32, 64, 0};
    BindOp row{BindKind::Ring, 0, flow, reinterpret_cast<std::uint64_t>(&spec), 40, 0, 0};
    REQUIRE(lab::bind(self, row).ok());
    CHECK_ERROR(lab::bind(self, row), Occupied);
    CHECK_OK(sys::submit(flow, submit_flag::receive));
    CHECK_OK(sys::drop(paid));
    CHECK_ERROR(sys::submit(flow, submit_flag::receive), NotBound);
}

TEST_CASE_FIXTURE(lab::Fresh, "rings are refused that are not what they should be") {
    SharedNic a(0);
    Handle flow = narrow(a.root(), host(address_a)).value();
    std::uint64_t pages = flow_ring_pages(32, 32, 32);
    std::uint64_t first = lab::take(pages + 24);
    const FlowRingSpec good{lab::frames(), first, first + pages, 24, 32, 32, 32, 64, 0};
    auto bound = [&](const FlowRingSpec& spec, std::uint64_t event = 40) {
        return lab::bind(self, {BindKind::Ring, 0, flow, reinterpret_cast<std::uint64_t>(&spec), event, 0, 0});
    };
    FlowRingSpec spec = good;
    spec.offers = 33;
    CHECK_ERROR(bound(spec), BadArgument);
    spec = good;
    spec.buffers = 0;
    CHECK_ERROR(bound(spec), BadArgument);
    spec = good;
    spec.buffer_frame = first; // the ring would lie in its own buffers
    CHECK_ERROR(bound(spec), BadArgument);
    spec = good;
    spec.buffer_frame = ~0ull - 3;
    CHECK_ERROR(bound(spec), OutOfRange);
    spec = good;
    spec.ring_frame = 1; // not of the capability
    CHECK_ERROR(bound(spec), OutOfRange);
    spec = good;
    spec.frames = lab::machine();
    CHECK_ERROR(bound(spec), WrongKind);
    CHECK_ERROR(bound(good, 64), OutOfRange);
    CHECK_ERROR(bound(good, 5ull << 8), OutOfRange);
    CHECK_OK(bound(good));
    Handle other = narrow(a.root(), host(address_b)).value();
    CHECK_ERROR(lab::bind(self, {BindKind::Ring, 0, other, reinterpret_cast<std::uint64_t>(&good), 40, 0, 0}), InUse);
}
