// The buddy allocator against a plain list of used frames.
#include "libos/memory/frame_zone.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <vector>

using namespace exo;

namespace {

struct Fixture {
    Fixture(std::uint64_t first, std::uint64_t count) : books(FrameZone::books_bytes(count), std::byte{0xa5}) {
        zone.open(7, first, count, books.data());
    }
    std::vector<std::byte> books;
    FrameZone zone;
};

} // namespace

TEST_CASE("a run that nothing was freed into has nothing to give") {
    Fixture f(100, 1000);
    CHECK(f.zone.free_count() == 0);
    CHECK(!f.zone.allocate(0));
    CHECK(f.zone.largest_free() == 0);
}

TEST_CASE("odd edges are cut into aligned blocks and join again") {
    Fixture f(3, 2045);
    f.zone.free(3, 2045);
    CHECK(f.zone.free_count() == 2045);
    CHECK(f.zone.largest_free() == 1024);
    std::vector<std::uint64_t> all;
    for (auto frame = f.zone.allocate(0); frame; frame = f.zone.allocate(0))
        all.push_back(*frame);
    CHECK(all.size() == 2045);
    CHECK(f.zone.free_count() == 0);
    for (const std::uint64_t frame : all)
        f.zone.free(frame, 1);
    CHECK(f.zone.largest_free() == 1024);
    CHECK(f.zone.is_free(3));
    CHECK(f.zone.is_free(2047));
}

TEST_CASE("blocks are aligned to their size as physical numbers") {
    Fixture f(0x40001, 4096);
    f.zone.free(0x40001, 4096);
    for (unsigned order = 0; order < 11; ++order) {
        const auto frame = f.zone.allocate(order);
        REQUIRE(frame);
        CHECK(*frame % (1u << order) == 0);
        CHECK(f.zone.contains(*frame));
        CHECK(f.zone.contains(*frame + (1u << order) - 1));
    }
}

TEST_CASE("a part of a block can come back alone") {
    Fixture f(0, 1024);
    f.zone.free(0, 1024);
    const auto block = f.zone.allocate(9);
    REQUIRE(block);
    f.zone.free(*block + 100, 50);
    CHECK(f.zone.free_count() == 512 + 50);
    CHECK(f.zone.is_free(*block + 100));
    CHECK(f.zone.is_free(*block + 149));
    CHECK(!f.zone.is_free(*block + 99));
    CHECK(!f.zone.is_free(*block + 150));
    f.zone.free(*block, 100);
    f.zone.free(*block + 150, 362);
    CHECK(f.zone.largest_free() == 1024);
}

TEST_CASE("random use never hands a frame out twice") {
    constexpr std::uint64_t first = 77, count = 5000;
    Fixture f(first, count);
    f.zone.free(first, count);
    std::vector<bool> used(count, false);
    std::map<std::uint64_t, std::uint64_t> runs;
    std::mt19937 random(12345);
    std::uint64_t held = 0;
    for (int step = 0; step < 20000; ++step) {
        if (random() % 2) {
            const unsigned order = random() % 8;
            if (const auto frame = f.zone.allocate(order)) {
                for (std::uint64_t i = 0; i < (1u << order); ++i) {
                    REQUIRE(!used[*frame - first + i]);
                    used[*frame - first + i] = true;
                }
                runs[*frame] = std::uint64_t{1} << order;
                held += std::uint64_t{1} << order;
            }
        } else if (!runs.empty()) {
            auto run = runs.lower_bound(random() % (count + first));
            if (run == runs.end())
                run = runs.begin();
            // Free the front part, keep the rest.
            const std::uint64_t part = 1 + random() % run->second;
            f.zone.free(run->first, part);
            for (std::uint64_t i = 0; i < part; ++i)
                used[run->first - first + i] = false;
            held -= part;
            if (part < run->second)
                runs[run->first + part] = run->second - part;
            runs.erase(run);
        }
        REQUIRE(f.zone.free_count() == count - held);
    }
    for (std::uint64_t i = 0; i < count; ++i)
        REQUIRE(f.zone.is_free(first + i) == !used[i]);
}
