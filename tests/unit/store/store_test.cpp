// The store as its users meet it: what was committed is there again, in every order of closing, checkpointing, cleaning
// and filling up.
#include "tests/unit/store/play.hpp"

#include <doctest/doctest.h>

using namespace store_test;

TEST_CASE("a new store is empty, and what is closed is there again") {
    for (const std::uint32_t block_bytes : {512u, 4096u}) {
        MemoryDisk disk({.block_bytes = block_bytes});
        REQUIRE(Store::create(disk, test_spec()));
        State state;
        for (unsigned round = 0; round < 6; round++) {
            Play play(disk, round);
            REQUIRE(play.store.open());
            CHECK(play.difference(state) == "");
            play.state = state;
            for (unsigned i = 0; i < 50; i++) {
                REQUIRE(play.change({}));
                if (i % 7 == 0)
                    REQUIRE(play.store.commit());
            }
            CHECK(play.difference(play.state) == "");
            if (round % 2)
                REQUIRE(play.store.close());
            else
                REQUIRE(play.store.commit());
            state = play.state;
        }
    }
}

TEST_CASE("what was not committed is not there, and nothing of it") {
    MemoryDisk disk;
    REQUIRE(Store::create(disk, test_spec()));
    State committed;
    {
        Play play(disk, 1);
        REQUIRE(play.store.open());
        REQUIRE(play.change({}));
        REQUIRE(play.store.commit());
        committed = play.state;
        REQUIRE(play.change({}));
    }
    Play play(disk, 2);
    REQUIRE(play.store.open());
    CHECK(play.difference(committed) == "");
}

TEST_CASE("one small durable record is one write, without a flush of its own") {
    MemoryDisk disk;
    REQUIRE(Store::create(disk, test_spec()));
    Play play(disk, 1);
    REQUIRE(play.store.open());
    const auto before = disk.counters();
    REQUIRE(play.change({.records_max = 1, .pages_max = 0, .drop_percent = 0, .record_bytes_max = 256}));
    REQUIRE(play.store.commit());
    CHECK(disk.counters().writes - before.writes == 1);
    CHECK(disk.counters().written_bytes - before.written_bytes <= 512);
    CHECK(disk.counters().flushes == before.flushes);
}

TEST_CASE("a long life on a small disk: the cleaner keeps up, and all is there") {
    MemoryDisk disk({.bytes = 18u << 20});
    REQUIRE(Store::create(disk, test_spec()));
    State state;
    for (unsigned life = 0; life < 4; life++) {
        Play play(disk, 100 + life);
        REQUIRE(play.store.open({.log_bytes_max = 4u << 20}));
        REQUIRE(play.difference(state) == "");
        play.state = state;
        for (unsigned i = 0; i < 1500; i++) {
            REQUIRE(play.change({.pages_max = 12, .objects = 8, .indices = 120, .drop_percent = 3}));
            if (i % 5 == 0)
                REQUIRE(play.store.commit());
        }
        CHECK(play.difference(play.state) == "");
        CHECK(play.store.counters().checkpoints > 1);
        ScrubReport report;
        REQUIRE(play.store.scrub(report));
        CHECK(report.damaged_pages == 0);
        const Status ended = life % 2 ? play.store.commit() : play.store.close();
        REQUIRE(ended);
        state = play.state;
    }
}

TEST_CASE("a full store says so, keeps what it has, and takes more when something went") {
    MemoryDisk disk({.bytes = 18u << 20});
    REQUIRE(Store::create(disk, test_spec()));
    Play play(disk, 3);
    REQUIRE(play.store.open());
    std::uint64_t index = 0;
    for (; index < 10000; index++) {
        const auto room = play.store.reserve(record_room(sizeof(DropRecord)), 1);
        if (!room) {
            CHECK(room.error() == Problem::NoSpace);
            break;
        }
        const auto page = play.store.change_page(1, index, Fill::Nothing);
        REQUIRE(page);
        fill_page(*page, index);
        play.state.pages[{1, index}] = index;
    }
    CHECK(index > 1000);
    CHECK(index < 4600);
    REQUIRE(play.store.commit());
    CHECK(play.difference(play.state) == "");
    for (std::uint64_t odd = 1; odd < index; odd += 2) {
        REQUIRE(play.store.reserve(record_room(sizeof(DropRecord)), 0));
        play.store.drop_pages(1, odd, odd);
        play.state.pages.erase({1, odd});
    }
    for (std::uint64_t again = 0; again < index / 3; again++) {
        REQUIRE(play.store.reserve(0, 1));
        const auto page = play.store.change_page(2, again, Fill::Nothing);
        REQUIRE(page);
        fill_page(*page, again);
        play.state.pages[{2, again}] = again;
    }
    CHECK(play.store.counters().cleaned_segments > 0);
    REQUIRE(play.store.commit());
    CHECK(play.difference(play.state) == "");
    Play later(disk, 4);
    REQUIRE(later.store.open());
    CHECK(later.difference(play.state) == "");
}

TEST_CASE("bad disks are refused in so many words") {
    MemoryDisk small({.bytes = 16u << 20});
    CHECK(Store::create(small, test_spec()).error() == Problem::TooSmall);
    MemoryDisk empty;
    Records keeper;
    CHECK(Store(empty, keeper).open().error() == Problem::NotAStore);
    CHECK(small.counters().writes == 0);
    CHECK(empty.counters().writes == 0);

    MemoryDisk disk;
    REQUIRE(Store::create(disk, test_spec()));
    MemoryDisk shorter({.bytes = 20u << 20}, &disk.contents);
    CHECK(Store(shorter, keeper).open().error() == Problem::Shrunk);
    MemoryDisk newer({}, &disk.contents);
    const std::uint32_t version = format_version + 1;
    newer.contents.write(8, reinterpret_cast<const std::byte*>(&version), 4);
    newer.contents.write((24u << 20) - 4096 + 8, reinterpret_cast<const std::byte*>(&version), 4);
    CHECK(Store(newer, keeper).open().error() == Problem::Newer);
    MemoryDisk locked({}, &disk.contents);
    locked.make_read_only();
    Store read_only(locked, keeper);
    REQUIRE(read_only.open());
    CHECK(read_only.reserve(8, 1).error() == Problem::ReadOnly);
    CHECK(Store::create(locked, test_spec()).error() == Problem::ReadOnly);
    for (MemoryDisk* untouched : {&shorter, &newer, &locked})
        CHECK(untouched->counters().writes == 0);
}

TEST_CASE("a write that fails ends in an error, not in a loss of what was durable") {
    MemoryDisk disk;
    REQUIRE(Store::create(disk, test_spec()));
    State committed;
    {
        Play play(disk, 1);
        REQUIRE(play.store.open());
        for (unsigned i = 0; i < 20; i++)
            REQUIRE(play.change({}));
        REQUIRE(play.store.commit());
        committed = play.state;
        REQUIRE(play.change({}));
        disk.failing_write = disk.write_number;
        CHECK(play.store.commit().error() == Problem::DeviceFailed);
        CHECK_FALSE(play.change({}));
        CHECK(play.store.reserve(8, 0).error() == Problem::DeviceFailed);
    }
    disk.failing_write = ~0ull;
    Play play(disk, 2);
    REQUIRE(play.store.open());
    CHECK(play.difference(committed) == "");
}
