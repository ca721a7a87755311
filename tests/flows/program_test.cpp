// Programs on flows: what they let through, what they send back, why they are refused.
#include "secure-bindings/abi/filter_binding.hpp"
#include "tests/flows/shared_nics.hpp"

using namespace exo;
using namespace flows;

namespace {

using Code = std::vector<FilterInstruction>;

// The few instructions that these programs need (RFC 9669, 4 and 5).
FilterInstruction op(std::uint8_t opcode, unsigned destination, unsigned source = 0, std::int16_t offset = 0,
                     std::int32_t immediate = 0) {
    return {opcode, static_cast<std::uint8_t>(source << 4 | destination), offset, immediate};
}
FilterInstruction set(unsigned to, std::int32_t value) {
    return op(0xb7, to, 0, 0, value);
}
FilterInstruction move(unsigned to, unsigned from) {
    return op(0xbf, to, from);
}
FilterInstruction add(unsigned to, std::int32_t value) {
    return op(0x07, to, 0, 0, value);
}
FilterInstruction load8(unsigned to, unsigned from, std::int16_t at) {
    return op(0x71, to, from, at);
}
FilterInstruction load16(unsigned to, unsigned from, std::int16_t at) {
    return op(0x69, to, from, at);
}
FilterInstruction load32(unsigned to, unsigned from, std::int16_t at) {
    return op(0x61, to, from, at);
}
FilterInstruction load64(unsigned to, unsigned from, std::int16_t at) {
    return op(0x79, to, from, at);
}
FilterInstruction store16(unsigned to, unsigned from, std::int16_t at) {
    return op(0x6b, to, from, at);
}
FilterInstruction store32(unsigned to, unsigned from, std::int16_t at) {
    return op(0x63, to, from, at);
}
FilterInstruction jump_greater(unsigned left, unsigned right, std::int16_t by) {
    return op(0x2d, left, right, by);
}
FilterInstruction call(std::int32_t helper) {
    return op(0x85, 0, 0, 0, helper);
}
FilterInstruction leave() {
    return op(0x95, 0);
}

// r2: the frame, of which `octets` are there, or r0 = 0 and out.
Code begin(std::int32_t octets) {
    return {load64(2, 1, 0), load64(3, 1, 8), move(4, 2), add(4, octets), jump_greater(3, 4, 2), set(0, 0), leave()};
}
Code operator+(Code left, const Code& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

// Datagrams whose payload begins with an odd octet.
Code odd() {
    return begin(43) + Code{load8(0, 2, 42), op(0x57, 0, 0, 0, 1), leave()};
}

// Sends a datagram back where it came from.
Code echo() {
    return begin(42) + Code{load32(0, 2, 0),  load16(5, 2, 4),  load32(6, 2, 6),   load16(7, 2, 10), // addresses
                            store32(2, 6, 0), store16(2, 7, 4), store32(2, 0, 6),  store16(2, 5, 10),
                            load32(0, 2, 26), load32(5, 2, 30), store32(2, 5, 26), store32(2, 0, 30),
                            load16(0, 2, 34), load16(5, 2, 36), store16(2, 5, 34), store16(2, 0, 36),
                            set(0, 2),        leave()};
}

struct Bound {
    CallResult result;
    std::string report;
};

class Programs {
public:
    Programs() : first_(lab::take(filter_frames)) { REQUIRE(first_ != 0); }

    Bound bind(Handle flow, const Code& code, FilterKind kind, std::uint32_t scratch = 0) {
        char report[filter_report_bytes_max] = {};
        FilterRequest request{reinterpret_cast<std::uint64_t>(code.data()),
                              static_cast<std::uint32_t>(code.size()),
                              scratch,
                              kind,
                              {},
                              reinterpret_cast<std::uint64_t>(report),
                              sizeof report};
        BindOp row{BindKind::Filter, 0, flow, reinterpret_cast<std::uint64_t>(&request), first_, filter_frames,
                   lab::frames()};
        CallResult result = lab::bind(self, row);
        for (unsigned i = 0; i < 1000 && result.is(Error::Again); i++)
            result = lab::bind(self, row);
        return {result, report};
    }
    CallResult unbind(Handle flow) { return lab::unbind(self, {BindKind::Filter, 0, flow, 0, 0, 0, 0}); }
    std::uint64_t first() const { return first_; }

private:
    std::uint64_t first_;
};

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "a filter lets through what it accepts") {
    SharedNic a(0), b(1);
    OwnedRing from(a.root(), 40), to(narrow(b.root(), host(address_b)).value(), 41);
    Handle flow = narrow(b.root(), udp(address_a, 1, 1)).value();
    (void)flow;
    Programs programs;
    Handle filtered = narrow(b.root(), udp(address_b + 1, 2000, 2000)).value();
    OwnedRing ring(filtered, 42);
    Bound bound = programs.bind(filtered, odd(), FilterKind::Filter);
    REQUIRE_MESSAGE(bound.result.ok(), lab::outcome(bound.result), ": ", bound.report);
    CHECK_ERROR(programs.bind(filtered, odd(), FilterKind::Filter).result, Occupied);
    Datagram datagram{.source_mac = mac_of(a), .target = address_b + 1};
    for (char first = 'a'; first < 'k'; first++) {
        datagram.payload = std::string(20, first);
        REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
        if (first & 1)
            CHECK(ring.receive() == datagram.frame());
    }
    CHECK(ring.receive(5'000).empty());
    CHECK(ring.queue().page().lost_filtered == 5);
    // Without it everything comes again, and its frames are the owner's.
    CHECK_OK(programs.unbind(filtered));
    datagram.payload = std::string(20, 'b');
    REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
    CHECK(ring.receive() == datagram.frame());
    CHECK(lab::map(programs.first(), filter_frames) != nullptr);
}

TEST_CASE_FIXTURE(lab::Fresh, "a handler answers in the kernel") {
    SharedNic a(0), b(1);
    OwnedRing from(narrow(a.root(), host(address_a)).value(), 40);
    Handle flow = narrow(b.root(), udp(address_b, 2000, 2000)).value();
    OwnedRing poller(b.root(), 41); // somebody who looks at the NIC
    Programs programs;
    Bound bound = programs.bind(flow, echo(), FilterKind::Handler);
    REQUIRE_MESSAGE(bound.result.ok(), lab::outcome(bound.result), ": ", bound.report);
    Datagram datagram{.source_mac = mac_of(a), .target_mac = mac_of(b)};
    Datagram answer{.source_mac = mac_of(b),
                    .target_mac = mac_of(a),
                    .source = address_b,
                    .target = address_a,
                    .source_port = 2000,
                    .target_port = 1000};
    for (int i = 0; i < 50; i++) {
        datagram.payload = answer.payload = "question " + std::to_string(i);
        REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
        REQUIRE(lab::until([&] {
            (void)poller.receive(1'000);
            return from.queue().received() != 0 || !from.receive(1'000).empty();
        }));
    }
    CHECK(b.info().answered == 50);
    // An answer must be one that the flow lets out: with another source address it is none.
    CHECK_OK(programs.unbind(flow));
    Code spoof = echo();
    spoof.insert(spoof.end() - 2, {set(0, 0x01020304), store32(2, 0, 26)});
    REQUIRE(programs.bind(flow, spoof, FilterKind::Handler).result.ok());
    REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
    std::uint64_t consumed = b.info().consumed;
    CHECK(lab::until([&] {
        (void)poller.receive(1'000);
        return b.info().consumed == consumed + 1;
    }));
    CHECK(b.info().answered == 50);
}

TEST_CASE_FIXTURE(lab::Fresh, "a handler counts, and keeps what it wants to remember") {
    SharedNic a(0), b(1);
    OwnedRing from(a.root(), 40);
    Handle flow = narrow(b.root(), host(address_b)).value();
    OwnedRing ring(flow, 41);
    // counters[3] += length; scratch[0]++; delivered when scratch[0] is even
    Code code{move(6, 1),           load64(7, 1, 16),
              load32(8, 7, 0),      add(8, 1),
              store32(7, 8, 0),     set(2, 3),
              load32(3, 6, 24),     call(1),
              move(0, 8),           op(0x57, 0, 0, 0, 1),
              op(0xa7, 0, 0, 0, 1), leave()};
    Programs programs;
    Bound bound = programs.bind(flow, code, FilterKind::Handler, 8);
    REQUIRE_MESSAGE(bound.result.ok(), lab::outcome(bound.result), ": ", bound.report);
    Datagram datagram{.source_mac = mac_of(a)};
    for (int i = 1; i <= 10; i++) {
        REQUIRE(from.send(datagram.frame()) == SentStatus::Sent);
        if (i % 2 == 0)
            REQUIRE(ring.receive() == datagram.frame());
    }
    CHECK(ring.queue().page().counters[3] == 10 * datagram.frame().size());
    CHECK(ring.queue().page().counters[2] == 0);
}

TEST_CASE_FIXTURE(lab::Fresh, "what is refused is said in words, and leaves nothing behind") {
    SharedNic a(0);
    Handle flow = narrow(a.root(), host(address_a)).value();
    Programs programs;
    Bound beyond = programs.bind(flow, begin(10) + Code{load8(0, 2, 11), leave()}, FilterKind::Filter);
    CHECK_ERROR(beyond.result, Refused);
    CHECK(beyond.report.find("instruction 7") == 0);
    CHECK(beyond.report.find("r2") != std::string::npos);
    CHECK_ERROR(programs.bind(flow, {set(0, 0), op(0x05, 0, 0, -2), leave()}, FilterKind::Filter).result, Refused);
    CHECK_ERROR(programs.bind(flow, {move(0, 1), leave()}, FilterKind::Filter).result, Refused);
    CHECK_ERROR(programs.bind(flow, {leave()}, FilterKind::Filter).result, Refused);
    CHECK_ERROR(programs.bind(flow, echo(), FilterKind::Filter).result, Refused); // writes
    CHECK_ERROR(programs.bind(flow, {}, FilterKind::Filter).result, BadArgument);
    CHECK_ERROR(programs.bind(flow, odd(), static_cast<FilterKind>(9)).result, BadArgument);
    CHECK_ERROR(programs.bind(flow, odd(), FilterKind::Filter, 5000).result, BadArgument);
    CHECK_ERROR(programs.unbind(flow), NotBound);
    CHECK(lab::map(programs.first(), filter_frames) != nullptr); // Data again, and nobody's
}
