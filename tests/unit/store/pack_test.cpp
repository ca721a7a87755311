// Compressed pages: there again in every order of packing, changing, closing and crashing; what does not become smaller
// stays as it is; what is damaged is not given out.
#include "libos/store/checksum.hpp"
#include "tests/unit/store/play.hpp"

#include <algorithm>
#include <doctest/doctest.h>

using namespace store_test;

namespace {

constexpr Play::Weights many{.pages_max = 60, .objects = 6, .indices = 150, .drop_percent = 3};
constexpr DiskSpec small{.bytes = 18u << 20};

// A closed store with objects of `pages` pages, all of one kind (fill_page), packed.
State packed_store(MemoryDisk& disk, std::uint64_t pages, std::uint64_t kind) {
    REQUIRE(Store::create(disk, test_spec(1, Moved::Compressed)));
    Play play(disk, 1);
    REQUIRE(play.store.open());
    for (std::uint64_t i = 0; i < pages; i++) {
        REQUIRE(play.store.reserve(0, 1));
        const auto page = play.store.change_page(i % 3, i, Fill::Nothing);
        REQUIRE(page);
        fill_page(*page, 4 * i + kind);
        play.state.pages[{i % 3, i}] = 4 * i + kind;
    }
    REQUIRE(play.store.checkpoint());
    REQUIRE(play.store.pack(100));
    CHECK(play.difference(play.state) == "");
    REQUIRE(play.store.close());
    return play.state;
}

} // namespace

TEST_CASE("compressed pages take less room, and are what was written") {
    constexpr std::uint64_t pages = 2000;
    // By kind; the segment that the log has come to stays as it is.
    constexpr std::uint64_t at_most[] = {2000, 1500, 1000, 350};
    for (std::uint64_t kind = 0; kind < 4; kind++) {
        MemoryDisk disk;
        const State state = packed_store(disk, pages, kind);
        Play play(disk, 2);
        REQUIRE(play.store.open());
        CHECK(play.difference(state) == "");
        ScrubReport report;
        REQUIRE(play.store.scrub(report));
        CHECK(report.is_clean());
        CHECK(report.pages == pages);
        CHECK(play.store.pages_used() <= at_most[kind]);
        CHECK((play.store.packed_pages().streams() == 0) == (kind == 0)); // what does not become smaller stays
        CHECK((play.store.counters().expanded_pages == 0) == (kind == 0));
    }
}

TEST_CASE("a long life on a small disk whose pages are compressed: all is there, also after every crash") {
    MemoryDisk disk(small);
    REQUIRE(Store::create(disk, test_spec(1, Moved::Compressed)));
    State state;
    std::uint64_t packed = 0;
    for (unsigned life = 0; life < 12; life++) {
        Play play(disk, life);
        REQUIRE(play.store.open({.log_bytes_max = 3u << 20}));
        REQUIRE(play.difference(state) == "");
        play.state = state;
        for (unsigned i = 0; i < 60; i++) {
            REQUIRE(play.change(many));
            if (i % 20 == 7)
                REQUIRE(play.store.pack(3));
        }
        REQUIRE((life % 3 ? play.store.commit() : play.store.close()).has_value());
        REQUIRE(play.difference(play.state) == "");
        state = play.state;
        packed += play.store.counters().packed_pages;
    }
    CHECK(packed > 1000);
}

TEST_CASE("a disk takes more than it holds when what is on it can be compressed, and says so when it is full") {
    MemoryDisk disk(small);
    REQUIRE(Store::create(disk, test_spec(1, Moved::Compressed)));
    State state;
    std::uint64_t capacity;
    {
        Play play(disk, 1);
        REQUIRE(play.store.open());
        capacity = play.store.pages_capacity();
        std::uint64_t count = 0;
        for (;; count++) {
            const Status room = play.store.reserve(0, 1);
            if (!room)
                CHECK(room.error() == Problem::NoSpace);
            if (!room)
                break;
            const auto page = play.store.change_page(0, count, Fill::Nothing);
            REQUIRE(page);
            fill_page(*page, 4 * count + 2);
            play.state.pages[{0, count}] = 4 * count + 2;
        }
        CHECK(count > capacity * 3 / 2);
        CHECK(play.difference(play.state) == "");
        // Nothing is lost by taking the place of what is there, until there is no room for that either.
        for (std::uint64_t i = 0; i < count && play.store.reserve(0, 1, play.store.new_pages(0, i, 1)); i++) {
            const auto page = play.store.change_page(0, i, Fill::Nothing);
            REQUIRE(page);
            fill_page(*page, 4 * i);
            play.state.pages[{0, i}] = 4 * i;
        }
        REQUIRE(play.store.close());
        state = play.state;
    }
    Play play(disk, 2);
    REQUIRE(play.store.open());
    CHECK(play.difference(state) == "");
}

TEST_CASE("a bit that turns in compressed pages is detected, and nothing wrong is given out") {
    MemoryDisk disk;
    const State state = packed_store(disk, 600, 1);
    unsigned damaged = 0;
    std::mt19937_64 random(3);
    for (unsigned i = 0; i < 200; i++) {
        MemoryDisk rotten({}, &disk.contents);
        rotten.flip_bit(segments_begin_bytes + random() % (6u << 20), static_cast<unsigned>(random() % 8));
        Play play(rotten, 1);
        REQUIRE(play.store.open());
        unsigned lost = 0;
        std::byte expected[page_bytes];
        for (const auto& [name, number] : state.pages) {
            const auto page = play.store.read_page(name.first, name.second);
            fill_page(expected, number);
            if (page)
                REQUIRE((*page && std::memcmp(*page, expected, page_bytes) == 0));
            else
                CHECK(page.error() == Problem::Damaged);
            lost += !page;
        }
        ScrubReport report;
        REQUIRE(play.store.scrub(report));
        CHECK(report.damaged_pages == lost);
        damaged += lost != 0;
    }
    CHECK(damaged > 10);
}

TEST_CASE("a store with a feature that is not known is refused, and nothing is written; plain ones are as they were") {
    for (const Moved moved : {Moved::AsIs, Moved::Compressed}) {
        MemoryDisk disk;
        REQUIRE(Store::create(disk, test_spec(1, moved)));
        Superblock super;
        disk.contents.read(0, reinterpret_cast<std::byte*>(&super), sizeof super);
        CHECK(super.version == (moved == Moved::AsIs ? format_version_plain : format_version));
        CHECK(super.features == (moved == Moved::AsIs ? 0 : feature::packed));
        super.version = format_version;
        super.features |= 1u << 7;
        super.crc32c = 0;
        super.crc32c = exo::coding::crc32c(0, &super, sizeof super);
        for (const std::uint64_t at : {std::uint64_t{0}, disk.bytes() - page_bytes})
            disk.contents.write(at, reinterpret_cast<const std::byte*>(&super), sizeof super);
        const std::uint64_t before = disk.counters().writes;
        Records keeper;
        CHECK(Store(disk, keeper).open().error() == Problem::UnknownFeature);
        CHECK(disk.counters().writes == before);
    }
    MemoryDisk disk;
    REQUIRE(Store::create(disk, test_spec()));
    Play play(disk, 1);
    REQUIRE(play.store.open());
    CHECK(play.store.pack(1).error() == Problem::UnknownFeature);
}

namespace {

// A store whose log is one batch with a page, where anybody may have put anything, and these records.
class Forged {
public:
    explicit Forged(Moved moved = Moved::Compressed) {
        REQUIRE(Store::create(disk, test_spec(9, moved)));
        disk.contents.read(0, reinterpret_cast<std::byte*>(&super_), sizeof super_);
        geometry_ = geometry_of(super_, 512);
        REQUIRE(batch_.open(raw_));
        batch_.begin(super_.salt, super_.log.sequence);
    }
    ~Forged() { batch_.close(raw_); }

    std::uint64_t page_sector() const { return geometry_.segment_sector(5); }
    void put_page(std::span<const std::byte> octets) {
        std::vector<std::byte> page(page_bytes);
        std::ranges::copy(octets, page.begin());
        disk.contents.write(page_sector() * sector_bytes, page.data(), page_bytes);
        checksum_ = page_checksum(super_.salt, page_sector(), page.data());
    }
    void add_packed(std::uint64_t sector, std::uint64_t count = 1) {
        struct {
            MapRecord map;
            std::uint64_t checksum;
        } record{{.object = 0, .index = 0, .sector = sector, .count = count}, checksum_};
        batch_.add_record(RecordType::Packed, std::as_bytes(std::span(&record, 1)));
    }
    void add_stream(const StreamEntry& entry, std::size_t octets = sizeof(StreamEntry)) {
        batch_.add_record(RecordType::Stream, std::as_bytes(std::span(&entry, 1)).first(octets));
    }
    // What opening it, and reading page 0 of object 1, ends with.
    Problem verdict() {
        batch_.disk_bytes(geometry_);
        batch_.seal(geometry_,
                    {super_.log.sector, super_.log.segment_sequence, super_.log.next_segment, BatchKind::Log});
        REQUIRE(raw_.write(super_.log.sector * sector_bytes, batch_.pieces()[0]));
        Records keeper;
        Store store(disk, keeper);
        if (const Status opened = store.open({.access = Access::ReadOnly}); !opened)
            return opened.error();
        const auto page = store.read_page(1, 0);
        return page ? Problem::None : page.error();
    }

    MemoryDisk disk;

private:
    Disk raw_{disk};
    Superblock super_{};
    Geometry geometry_;
    Batch batch_;
    std::uint64_t checksum_ = 0;
};

std::vector<std::byte> deflated(std::size_t bytes) {
    exo::coding::Deflater deflater;
    REQUIRE(deflater.open());
    std::vector<std::byte> stream(page_bytes);
    stream.resize(deflater.pack(std::vector<std::byte>(bytes, std::byte{5}), stream));
    return stream;
}

} // namespace

TEST_CASE("an image that says of streams what makes no sense is refused, and a stream that is none is damage") {
    const std::vector<std::byte> good = deflated(page_bytes);
    const auto bytes = static_cast<std::uint16_t>(good.size());
    const auto verdict = [&](auto change, Moved moved = Moved::Compressed) {
        Forged forged(moved);
        forged.put_page(good);
        StreamEntry entry{
            .object = 1, .index = 0, .sector = forged.page_sector(), .offset = 0, .bytes = bytes, .zero = 0};
        change(forged, entry);
        return forged.verdict();
    };
    const auto said = [](Forged& forged, const StreamEntry& entry) {
        forged.add_packed(forged.page_sector());
        forged.add_stream(entry);
    };
    CHECK(verdict(said) == Problem::None);
    CHECK(verdict(said, Moved::AsIs) == Problem::Unknown);
    CHECK(verdict([](Forged& forged, StreamEntry& entry) { forged.add_stream(entry); }) == Problem::Unknown);
    CHECK(verdict([&](Forged& forged, StreamEntry& entry) {
              entry.offset = page_bytes - 1; // and so reaches into a page that nobody named
              said(forged, entry);
          }) == Problem::Unknown);
    CHECK(verdict([&](Forged& forged, StreamEntry& entry) {
              entry.offset = page_bytes;
              said(forged, entry);
          }) == Problem::Unknown);
    for (const unsigned length : {0u, stream_bytes_max + 1})
        CHECK(verdict([&](Forged& forged, StreamEntry& entry) {
                  entry.bytes = static_cast<std::uint16_t>(length);
                  said(forged, entry);
              }) == Problem::Unknown);
    CHECK(verdict([&](Forged& forged, StreamEntry& entry) {
              forged.add_packed(forged.page_sector());
              forged.add_stream(entry, sizeof entry - 1);
          }) == Problem::Unknown);
    CHECK(verdict([&](Forged& forged, StreamEntry& entry) {
              said(forged, entry);
              forged.add_packed(forged.page_sector()); // where a stream is alive
          }) == Problem::Unknown);
    CHECK(verdict([&](Forged& forged, StreamEntry&) { forged.add_packed(8); }) == Problem::Unknown);
    CHECK(verdict([&](Forged& forged, StreamEntry&) { forged.add_packed(forged.page_sector(), 2); }) ==
          Problem::Unknown);
    // Of pages whose checksum is right.
    for (const std::size_t length : {page_bytes - 1, page_bytes + 1})
        CHECK(verdict([&](Forged& forged, StreamEntry& entry) {
                  const std::vector<std::byte> other = deflated(length);
                  forged.put_page(other);
                  entry.bytes = static_cast<std::uint16_t>(other.size());
                  said(forged, entry);
              }) == Problem::Damaged);
    CHECK(verdict([&](Forged& forged, StreamEntry& entry) {
              entry.bytes++;
              said(forged, entry);
          }) == Problem::Damaged);
    CHECK(verdict([&](Forged& forged, StreamEntry& entry) {
              entry.bytes--;
              said(forged, entry);
          }) == Problem::Damaged);
}
