// Power cuts: everything a store writes and flushes is recorded, and the disk rebuilt as it could be after a cut while
// any of these was under way, with what was not flushed lost, reordered and torn at 512 octets. Each must open, with
// everything acknowledged, and equal the state after one whole transaction in every record and page.
#include "tests/unit/store/play.hpp"

#include <cstdlib>
#include <doctest/doctest.h>

using namespace store_test;

namespace {

struct Acknowledged {
    std::size_t events; // that were done when it was said to be durable
    std::uint64_t transaction;
};

struct Story {
    MemoryDisk disk;
    std::vector<State> states; // after each transaction
    std::vector<Acknowledged> acknowledged;
    std::uint64_t packed = 0; // pages that were compressed
};

struct Totals {
    std::uint64_t cuts = 0, records = 0, pages = 0, losses = 0, torn = 0;
};

// Also a crash in the life of a store that itself came out of a crash: lives follow each other without being closed.
void live(Story& story, std::uint64_t seed, unsigned lives, unsigned transactions, const Play::Weights& weights) {
    for (unsigned life = 0; life < lives; life++) {
        Play play(story.disk, seed * 100 + life);
        REQUIRE(play.store.open({.log_bytes_max = 3u << 20}));
        REQUIRE(play.difference(story.states.back()) == "");
        play.state = story.states.back();
        for (unsigned i = 0; i < transactions; i++) {
            REQUIRE(play.change(weights));
            story.states.push_back(play.state);
            const auto choice = play.random() % 8;
            if (play.store.packs() && i % 16 == 9)
                REQUIRE(play.store.pack(2));
            if (choice == 0)
                play.store.start_commit(); // others are staged while it is under way
            else if (choice < 4) {
                REQUIRE(play.store.commit());
                story.acknowledged.push_back({story.disk.events.size(), play.state.transaction});
            }
        }
        REQUIRE(play.store.commit());
        story.acknowledged.push_back({story.disk.events.size(), play.state.transaction});
        story.packed += play.store.counters().packed_pages;
    }
}

// While every event, or as many, chosen at random, as `events_max` says.
void cut_everywhere(const Story& story, const DiskSpec& spec, std::uint64_t seed, std::size_t events_max,
                    Totals& totals) {
    Replay replay(story.disk.events);
    std::mt19937_64 random(seed);
    std::size_t acknowledged = 0;
    std::uint64_t least = 0;
    // The first two events make the store: without them there is none.
    for (std::size_t event = 0; event <= story.disk.events.size(); event++) {
        replay.go_to(event);
        for (; acknowledged < story.acknowledged.size() && story.acknowledged[acknowledged].events <= event;
             acknowledged++)
            least = story.acknowledged[acknowledged].transaction;
        if (random() % (story.disk.events.size() + 1) >= events_max)
            continue;
        constexpr unsigned percents[] = {0, 50, 100, 10, 90};
        for (const unsigned percent : percents) {
            MemoryDisk disk(spec, &replay.durable());
            replay.cut(disk.contents, random, percent);
            Play play(disk, 1);
            const Status opened = play.store.open();
            totals.cuts++;
            if (!opened && story.acknowledged.front().events > event && event < 4)
                continue; // before it was made
            const std::uint64_t found = play.keeper.transaction;
            std::string problem = opened ? "" : problem_text(opened.error());
            if (opened && (found < least || found >= story.states.size()))
                problem = "transaction " + std::to_string(found) + ", but acknowledged was " + std::to_string(least);
            if (problem.empty())
                problem = play.difference(story.states[found]);
            totals.losses += problem != "";
            totals.records += play.keeper.records.size();
            totals.pages += play.store.pages_used();
            totals.torn += play.store.counters().torn_batches;
            if (problem != "")
                MESSAGE("event ", event, " of ", story.disk.events.size(), ", ", percent, " %: ", problem);
            REQUIRE(totals.losses < 5);
        }
    }
}

std::uint64_t chosen_seed() {
    const char* const text = std::getenv("EXO_SEED");
    return text ? std::strtoull(text, nullptr, 0) : 20;
}

// EXO_CUTS=all: at every event.
std::size_t events_max(std::size_t usual) {
    return std::getenv("EXO_CUTS") ? ~std::size_t{0} : usual;
}

} // namespace

TEST_CASE("power cuts at every write and flush lose nothing that was acknowledged") {
    Totals totals;
    const std::uint64_t seed = chosen_seed();
    using namespace exo::block;
    const DiskSpec specs[] = {{.bytes = 18u << 20},
                              {.bytes = 18u << 20, .offers = disk_offer::volatile_cache},
                              {.bytes = 18u << 20, .block_bytes = 4096},
                              {.bytes = 18u << 20, .offers = 0}};
    for (std::size_t i = 0; i < std::size(specs); i++) {
        Story story{.disk = MemoryDisk(specs[i]), .states = {State{}}, .acknowledged = {}, .packed = 0};
        story.disk.recording = true;
        REQUIRE(Store::create(story.disk, test_spec()));
        story.acknowledged.push_back({story.disk.events.size(), 0});
        live(story, seed + i, 3, 40, {});
        cut_everywhere(story, specs[i], seed, events_max(~0ull), totals);
    }
    MESSAGE("seed ", seed, ": cuts ", totals.cuts, ", records checked ", totals.records, ", pages checked ",
            totals.pages, ", torn batches ", totals.torn, ", losses ", totals.losses);
    CHECK(totals.losses == 0);
    CHECK(totals.torn > 20);
}

TEST_CASE("power cuts while a small disk is cleaned and its index rewritten lose nothing") {
    Totals totals;
    const std::uint64_t seed = chosen_seed();
    const DiskSpec spec{.bytes = 18u << 20};
    Story story{.disk = MemoryDisk(spec), .states = {State{}}, .acknowledged = {}, .packed = 0};
    story.disk.recording = true;
    REQUIRE(Store::create(story.disk, test_spec()));
    story.acknowledged.push_back({story.disk.events.size(), 0});
    live(story, seed, 2, 250, {.pages_max = 60, .objects = 6, .indices = 150, .drop_percent = 3});
    cut_everywhere(story, spec, seed, events_max(60), totals);
    MESSAGE("seed ", seed, ": cuts ", totals.cuts, ", records checked ", totals.records, ", pages checked ",
            totals.pages, ", torn batches ", totals.torn, ", losses ", totals.losses);
    CHECK(totals.losses == 0);
}

TEST_CASE("power cuts while pages are compressed lose nothing") {
    Totals totals;
    const std::uint64_t seed = chosen_seed();
    const DiskSpec spec{.bytes = 18u << 20};
    Story story{.disk = MemoryDisk(spec), .states = {State{}}, .acknowledged = {}, .packed = 0};
    story.disk.recording = true;
    REQUIRE(Store::create(story.disk, test_spec(7, Moved::Compressed)));
    story.acknowledged.push_back({story.disk.events.size(), 0});
    live(story, seed, 2, 120, {.pages_max = 60, .objects = 6, .indices = 150, .drop_percent = 3});
    CHECK(story.packed > 500);
    cut_everywhere(story, spec, seed, events_max(60), totals);
    MESSAGE("seed ", seed, ": cuts ", totals.cuts, ", records checked ", totals.records, ", pages checked ",
            totals.pages, ", torn batches ", totals.torn, ", losses ", totals.losses);
    CHECK(totals.losses == 0);
}
