// Loans: octets of the program's own memory, sent where they lie as often as need be, and given back when neither TCP
// nor a port needs them.
#include "libos/net/tcp/loans.hpp"
#include "tests/unit/net/tcp_lab.hpp"

#include <algorithm>
#include <cstring>

namespace net_test {

namespace {

constexpr std::size_t document_octets = 50'000;

// A document that counts who holds it.
struct Document {
    explicit Document(std::size_t octets = document_octets) : octets(octets) {
        for (std::size_t at = 0; at < octets; at++)
            this->octets[at] = std::byte{octet_at(at, 3)};
    }
    std::vector<std::byte> octets;
    int holders = 0;
};
void let_go(void* holder) {
    static_cast<Document*>(holder)->holders--; // Safe: `serve` gives no others.
}

// Memory of blocks, as they lie: those in which the document is are lent, or all but one.
struct Lent {
    explicit Lent(const Document& document, bool all = true) : bits(2) {
        constexpr std::size_t block = LentMemory::block_bytes;
        const std::byte* const base = document.octets.data() - block + document_octets / 2; // a border within it
        memory.open(base, bits);
        memory.set_lent(0, true);
        memory.set_lent(1, all);
    }
    std::vector<std::uint64_t> bits;
    LentMemory memory;
};

void serve(TcpStream& to, TcpLoans& loans, Document& document, std::size_t part = 20'000) {
    const char head[] = "head of it";
    REQUIRE(to.write(std::as_bytes(std::span(head)), true));
    for (std::size_t at = 0; at < document.octets.size(); at += part) {
        const std::size_t octets = std::min(part, document.octets.size() - at);
        Packet* const loan = loans.lend(std::span(document.octets).subspan(at, octets), &document);
        REQUIRE(loan);
        document.holders++;
        REQUIRE(to.send(loan, true));
    }
    REQUIRE(to.write(std::as_bytes(std::span(head))) == sizeof head);
}

void check_taken(Lab& lab, TcpStream& from, const Document& document, std::size_t limit_ms) {
    std::vector<std::byte> wanted(document.octets), got;
    const char head[] = "head of it";
    const auto head_octets = std::as_bytes(std::span(head));
    wanted.insert(wanted.begin(), head_octets.begin(), head_octets.end());
    wanted.insert(wanted.end(), head_octets.begin(), head_octets.end());
    for (std::size_t ms = 0; got.size() < wanted.size() && ms < limit_ms; ms++) {
        lab.step();
        std::byte into[9000];
        got.insert(got.end(), into, into + from.read(into));
    }
    CHECK((got == wanted));
}

constexpr FakePort::Shape shape_of(std::uint32_t offers) {
    return {.packets = 2048, .ring = 64, .offers = offers};
}
constexpr std::uint32_t all_offers = port_offer::chained_transmit | port_offer::transmit_checksum;

// A document that lies in memory lent to its server's port, and a connection to somebody.
struct Lending {
    explicit Lending(std::size_t octets = document_octets, bool all = true) : document(octets), lent(document, all) {
        REQUIRE(loans.open(8, let_go));
        lab.join();
        lab.right.lend(lent.memory);
    }
    Document document;
    Lent lent;
    TcpLoans loans;
    Lab lab{shape_of(all_offers)};
};

} // namespace

TEST_CASE("tcp loans: what was lent to the port is sent where it lies, and else copied when it is sent") {
    for (const std::uint32_t offers : {0u, +port_offer::chained_transmit, all_offers})
        for (const bool is_lent : {false, true}) {
            Document document;
            Lent lent(document);
            TcpLoans loans;
            REQUIRE(loans.open(8, let_go));
            Lab lab(shape_of(offers));
            lab.join();
            if (is_lent)
                lab.right.lend(lent.memory);
            const std::uint64_t before = TcpStack::lent_octets();
            for (int turn = 0; turn < 3; turn++) {
                serve(lab.server, loans, document);
                CHECK(lab.right.packets_out() < 200);
                check_taken(lab, lab.client, document, 1000);
            }
            const std::uint64_t shown = TcpStack::lent_octets() - before;
            CHECK(shown == (is_lent && offers != 0 ? 3 * document_octets : 0));
            lab.rest(300);
            loans.reclaim();
            CHECK(document.holders == 0);
            CHECK(loans.out() == 0);
        }
}

TEST_CASE("tcp loans: a block that the NIC cannot read is copied from") {
    Lending lending(document_octets, false);
    auto& [document, lent, loans, lab] = lending;
    const std::uint64_t before = TcpStack::lent_octets();
    serve(lab.server, loans, document);
    check_taken(lab, lab.client, document, 1000);
    const std::uint64_t shown = TcpStack::lent_octets() - before;
    CHECK(shown > document_octets / 2 - 2 * 1460);
    CHECK(shown <= document_octets / 2);
}

TEST_CASE("tcp loans: through loss, from the same place") {
    Lending lending;
    auto& [document, lent, loans, lab] = lending;
    lab.wire.faults.loss = 0.1;
    for (int turn = 0; turn < 10; turn++) {
        serve(lab.server, loans, document);
        check_taken(lab, lab.client, document, 60'000);
    }
    lab.wire.faults.loss = 0;
    lab.rest(3000);
    loans.reclaim();
    CHECK(document.holders == 0);
}

TEST_CASE("tcp loans: a connection that breaks gives back what it held") {
    Lending lending;
    auto& [document, lent, loans, lab] = lending;
    serve(lab.server, loans, document);
    loans.reclaim();
    CHECK(document.holders == 3);
    lab.server.abort();
    lab.rest(100);
    loans.reclaim();
    CHECK(document.holders == 0);
}

TEST_CASE("tcp loans: as many as there are, and those that were not sent are free again") {
    Document document;
    TcpLoans loans;
    REQUIRE(loans.open(2, let_go));
    Lab lab(shape_of(all_offers));
    document.holders = 3;
    Packet* const first = loans.lend(document.octets, &document);
    Packet* const second = loans.lend(document.octets, &document);
    REQUIRE(first);
    REQUIRE(second);
    CHECK_FALSE(loans.lend(document.octets, &document));
    PacketPool::release(first);
    CHECK(loans.lend(document.octets, &document) == first);
    CHECK(document.holders == 2);
    PacketPool::release(second);
    PacketPool::release(first);
    loans.reclaim();
    CHECK(document.holders == 0);
}

// What was sent once more waits for its turn at the port when the acknowledgement of the first time comes.
TEST_CASE("tcp loans: octets that are acknowledged are kept while a port has frames that show them") {
    Lending lending(1000);
    auto& [document, lent, loans, lab] = lending;
    lab.wire.faults.delay_ms = 400;
    serve(lab.server, loans, document, 1000);
    lab.right.ring_stuck = true;
    lab.right.ring_room = 0;
    std::size_t ms = 0;
    while (lab.server.unacknowledged_octets() && ms++ < 5000)
        lab.step();
    REQUIRE(lab.server.unacknowledged_octets() == 0);
    REQUIRE(tcp_globals().views.frames_back() < tcp_globals().views.frames_shown());
    loans.reclaim();
    CHECK(document.holders == 1);
    lab.right.ring_stuck = false;
    lab.rest(1000);
    loans.reclaim();
    CHECK(document.holders == 0);
}

} // namespace net_test
