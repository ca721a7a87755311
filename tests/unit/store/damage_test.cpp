// Damage: bits that turn, writes that go astray or get lost although the disk says they were done, superblocks and
// indices that are gone. Nothing damaged is ever given out as whole; what has a second copy is read from that.
#include "tests/unit/store/play.hpp"

#include <doctest/doctest.h>

using namespace store_test;

namespace {

// A closed store with some contents.
State fill(MemoryDisk& disk, std::uint64_t seed, unsigned transactions = 80) {
    REQUIRE(Store::create(disk, test_spec()));
    Play play(disk, seed);
    REQUIRE(play.store.open());
    for (unsigned i = 0; i < transactions; i++) {
        REQUIRE(play.change({}));
        REQUIRE(play.store.commit());
    }
    REQUIRE(play.store.close());
    return play.state;
}

// Opens a disk and compares: "", "refused", "page damaged" when an error was given; anything else is wrong.
std::string verdict(MemoryDisk& disk, const State& state) {
    Play play(disk, 1);
    if (!play.store.open())
        return "refused";
    if (play.keeper.records != state.records || play.keeper.transaction != state.transaction)
        return "records differ";
    bool damaged = false;
    std::byte expected[page_bytes];
    for (const auto& [name, number] : state.pages) {
        const auto page = play.store.read_page(name.first, name.second);
        fill_page(expected, number);
        if (!page)
            damaged = true;
        else if (!*page || std::memcmp(*page, expected, page_bytes) != 0)
            return "wrong contents given out";
    }
    return damaged ? "page damaged" : "";
}

} // namespace

TEST_CASE("a bit that turns anywhere in use is detected, and repaired where there are two copies") {
    MemoryDisk disk({.bytes = 18u << 20});
    const State state = fill(disk, 5);
    std::mt19937_64 random(7);
    unsigned refused = 0, damaged = 0, unharmed = 0;
    for (unsigned i = 0; i < 600; i++) {
        MemoryDisk rotten({.bytes = 18u << 20}, &disk.contents);
        const std::uint64_t at = i < 100 ? random() % 512 : segments_begin_bytes + random() % (3u << 20);
        rotten.flip_bit(at, static_cast<unsigned>(random() % 8));
        const std::string found = verdict(rotten, state);
        refused += found == "refused";
        damaged += found == "page damaged";
        unharmed += found == "";
        CHECK_MESSAGE((found == "" || found == "page damaged"), "bit at ", at, ": ", found);
    }
    CHECK(refused == 0); // superblock and index have a second copy
    CHECK(damaged > 10);
    CHECK(unharmed > 100);
}

TEST_CASE("both copies of the superblock gone: refused, and nothing is written") {
    MemoryDisk disk;
    const State state = fill(disk, 6);
    disk.flip_bit(100, 1);
    disk.flip_bit((24u << 20) - 4096 + 100, 1);
    const std::uint64_t before = disk.counters().writes;
    Records keeper;
    CHECK(Store(disk, keeper).open().error() == Problem::IndexDamaged);
    CHECK(disk.counters().writes == before);
}

TEST_CASE("one copy of the index gone: the other serves, and there are two again") {
    MemoryDisk disk;
    const State state = fill(disk, 8);
    std::uint64_t at;
    {
        Records keeper;
        Store store(disk, keeper);
        REQUIRE(store.open());
        at = store.superblock().checkpoint[0].sector * sector_bytes;
    }
    disk.flip_bit(at + 80, 3);
    {
        Play play(disk, 1);
        REQUIRE(play.store.open());
        CHECK(play.difference(state) == "");
        CHECK(play.store.counters().repaired_index_batches == 1);
        CHECK(play.store.counters().checkpoints == 1);
    }
    Play play(disk, 1);
    REQUIRE(play.store.open());
    CHECK(play.store.counters().repaired_index_batches == 0);
    CHECK(play.difference(state) == "");
}

TEST_CASE("both copies of the index gone: refused") {
    MemoryDisk disk;
    (void)fill(disk, 8);
    Records keeper;
    std::uint64_t at[2];
    {
        Store store(disk, keeper);
        REQUIRE(store.open());
        for (unsigned copy = 0; copy < 2; copy++)
            at[copy] = store.superblock().checkpoint[copy].sector * sector_bytes;
    }
    for (const std::uint64_t place : at)
        disk.flip_bit(place + 80, 3);
    CHECK(Store(disk, keeper).open().error() == Problem::IndexDamaged);
}

TEST_CASE("damage inside the log is told apart from its end; what is before it can be had when asked for") {
    for (const char* how : {"bit", "lost", "stray"}) {
        MemoryDisk disk;
        REQUIRE(Store::create(disk, test_spec()));
        std::vector<State> states;
        {
            Play play(disk, 3);
            REQUIRE(play.store.open());
            states.push_back(play.state);
            for (unsigned i = 0; i < 30; i++) {
                REQUIRE(play.change({.drop_percent = 0}));
                if (i == 15 && how != std::string("bit"))
                    (how == std::string("lost") ? disk.lost_write : disk.stray_write) = disk.write_number;
                disk.stray_to = 20u << 20;
                if (i == 15 && how == std::string("bit"))
                    disk.recording = true;
                REQUIRE(play.store.commit());
                disk.recording = false;
                states.push_back(play.state);
            }
        }
        if (how == std::string("bit"))
            disk.flip_bit(disk.events.front().at + 70, 0);
        {
            Records keeper;
            const std::uint64_t before = disk.counters().writes;
            CHECK_MESSAGE(Store(disk, keeper).open().error() == Problem::LogDamaged, how);
            CHECK(disk.counters().writes == before);
        }
        Play play(disk, 1);
        REQUIRE(play.store.open({.accept_damaged_log = true}));
        CHECK(play.difference(states[15]) == "");
    }
}

TEST_CASE("a page that was written to the place of another is not taken for it") {
    MemoryDisk disk;
    REQUIRE(Store::create(disk, test_spec()));
    Play play(disk, 3);
    REQUIRE(play.store.open());
    for (std::uint64_t index = 0; index < 2; index++) {
        REQUIRE(play.store.reserve(0, 1));
        fill_page(*play.store.change_page(1, index, Fill::Nothing), 77); // the same contents
    }
    REQUIRE(play.store.close());
    const PageMap& pages = *play.store.pages_of(1);
    CHECK(pages.find(0)->checksum != pages.find(1)->checksum);
    // The second page's octets, with another page's where they belong.
    Octets page(page_bytes);
    fill_page(page.data(), 78);
    disk.contents.write(pages.find(1)->sector * sector_bytes, page.data(), page.size());
    Play later(disk, 1);
    REQUIRE(later.store.open());
    CHECK(later.store.read_page(1, 0));
    CHECK(later.store.read_page(1, 1).error() == Problem::Damaged);
    ScrubReport report;
    REQUIRE(later.store.scrub(report));
    CHECK(report.pages == 2);
    CHECK(report.damaged_pages == 1);
}

TEST_CASE("reads that fail are errors of that page alone") {
    MemoryDisk disk;
    const State state = fill(disk, 9);
    Play play(disk, 1);
    REQUIRE(play.store.open());
    const PageName name = state.pages.begin()->first;
    disk.failing_read = disk.read_number;
    disk.failing_count = 1;
    CHECK(play.store.read_page(name.first, name.second).error() == Problem::DeviceFailed);
    CHECK(play.difference(state) == "");
}
