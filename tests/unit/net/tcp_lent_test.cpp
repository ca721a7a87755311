// Streams out of memory that was lent to a port: one document to many peers, its octets summed once.
#include "libos/net/packet_views.hpp"
#include "libos/net/wire/checksum.hpp"
#include "tests/unit/net/tcp_lab.hpp"

#include <algorithm>

namespace net_test {

namespace {

constexpr std::size_t chunk_octets = 1400;
constexpr std::size_t chunks = 8;

// A document in packets that are dealt, the first one with less, so that a header fits before it in a segment.
struct Document {
    explicit Document(std::size_t header_octets) : books(chunks), views_books(256) {
        memory.reset(new (std::align_val_t{4096}) std::byte[chunks * packet_buffer_bytes]);
        pool.open_dealt({memory.get(), chunks * packet_buffer_bytes}, 0x100000, books);
        std::size_t position = 0;
        for (Packet& packet : books) {
            packet.length =
                static_cast<std::uint16_t>(&packet == &books[0] ? chunk_octets - header_octets : chunk_octets);
            for (std::byte& octet : packet.octets())
                octet = std::byte{octet_at(position++, 5)};
            packet.checksum_start = fold(sum_octets(packet.octets()));
            packet.flags = packet_flag::sum_known;
        }
        octets = position;
        views.open(pool, views_books);
    }
    bool is_idle() {
        views.reclaim();
        return std::ranges::all_of(books, [](const Packet& packet) { return packet.references == 0; });
    }

    struct Free {
        void operator()(std::byte* at) const { ::operator delete[](at, std::align_val_t{4096}); }
    };
    std::unique_ptr<std::byte[], Free> memory;
    std::vector<Packet> books, views_books;
    PacketPool pool;
    PacketViews views;
    std::size_t octets = 0;
};

// Header and document to the server's peer; what that peer gets.
void serve(TcpStream& to, Document& document, std::size_t header_octets) {
    Packet* const header = to.allocate();
    REQUIRE(header);
    for (std::size_t i = 0; i < header_octets; i++)
        header->data()[i] = std::byte{octet_at(i, 9)};
    header->length = static_cast<std::uint16_t>(header_octets);
    REQUIRE(to.send(header, true));
    for (Packet& packet : document.books) {
        Packet* const view = document.views.show(packet);
        REQUIRE(view);
        REQUIRE(to.send(view, &packet != &document.books.back()));
    }
}

Octets taken(Lab& lab, TcpStream& from, std::size_t octets, std::size_t limit_ms) {
    Octets all;
    for (std::size_t ms = 0; all.size() < octets && ms < limit_ms; ms++) {
        lab.step();
        while (Packet* const packet = from.receive()) {
            const Octets some = contents(packet);
            all.insert(all.end(), some.begin(), some.end());
            PacketPool::release(packet);
        }
    }
    return all;
}

void check_served(const Octets& all, const Document& document, std::size_t header_octets) {
    REQUIRE(all.size() == header_octets + document.octets);
    bool whole = true;
    for (std::size_t i = 0; i < all.size(); i++)
        whole = whole && all[i] == (i < header_octets ? octet_at(i, 9) : octet_at(i - header_octets, 5));
    CHECK(whole);
}

} // namespace

TEST_CASE("tcp: lent memory is sent where it lies, again and again") {
    for (const std::uint32_t offers :
         {0u, port_offer::chained_transmit, port_offer::chained_transmit | port_offer::transmit_checksum}) {
        for (const std::size_t header_octets : {200u, 201u}) { // a sum after an odd number of octets
            Document document(header_octets);
            Lab lab({.packets = 2048, .ring = 64, .offers = offers});
            lab.join();
            CHECK(lab.right.lend(document.pool));
            CHECK_FALSE(lab.right.lend(document.pool));
            lab.server.limit_segments(chunk_octets);
            for (int turn = 0; turn < 3; turn++) {
                const std::uint64_t before = lab.wire.frames;
                serve(lab.server, document, header_octets);
                check_served(taken(lab, lab.client, header_octets + document.octets, 1000), document, header_octets);
                lab.rest(200); // acknowledgements that wait
                CHECK(lab.wire.frames - before <=
                      chunks + chunks / 2 + 2); // a segment a chunk, the header in the first
            }
            lab.rest(1000);
            tcp_globals().views.reclaim();
            CHECK(document.is_idle());
        }
    }
}

TEST_CASE("tcp: a sum that is known is not made again") {
    Document document(200);
    Lab lab({.packets = 2048, .ring = 64, .offers = port_offer::chained_transmit});
    lab.join();
    REQUIRE(lab.right.lend(document.pool));
    lab.server.limit_segments(chunk_octets);
    document.books[3].checksum_start ^= 1; // a lie, so the segment is refused whenever it comes
    serve(lab.server, document, 200);
    CHECK(taken(lab, lab.client, 200 + document.octets, 3000).size() == 3 * chunk_octets);
    document.books[3].checksum_start ^= 1;
    CHECK(taken(lab, lab.client, document.octets + 200 - 3 * chunk_octets, 20'000).size() ==
          document.octets + 200 - 3 * chunk_octets);
}

TEST_CASE("tcp: lent memory through loss, in segments of other lengths") {
    Document document(200);
    Lab lab({.packets = 2048, .ring = 64, .offers = port_offer::chained_transmit});
    lab.join();
    REQUIRE(lab.right.lend(document.pool));
    lab.wire.faults.loss = 0.1;
    for (int turn = 0; turn < 20; turn++) {
        serve(lab.server, document, 200);
        check_served(taken(lab, lab.client, 200 + document.octets, 60'000), document, 200);
    }
    lab.wire.faults.loss = 0;
    lab.rest(3000);
    tcp_globals().views.reclaim();
    CHECK(document.is_idle());
}

} // namespace net_test
