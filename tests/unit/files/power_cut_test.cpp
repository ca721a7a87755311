// Power cuts under a file system: after each, the tree must be the one that was there after some whole operation, none
// earlier than the last that was synced.
#include "libos/files/check.hpp"
#include "tests/unit/files/lab.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <unordered_map>

using namespace files_test;
using namespace store_test;

namespace {

struct Story {
    MemoryDisk disk;
    std::unordered_map<std::uint64_t, std::uint64_t> states;   // fingerprint: the last operation after which it was so
    std::vector<std::pair<std::size_t, std::uint64_t>> synced; // events that were done, the operation
};

void live(Story& story, std::uint64_t seed, unsigned lives, unsigned steps) {
    Model model;
    std::uint64_t operation = 0;
    story.states[model.fingerprint()] = 0;
    for (unsigned life = 0; life < lives; life++) {
        Files files(story.disk, counting_clock());
        REQUIRE(files.open({.cache_bytes = 4u << 20, .log_bytes_max = 2u << 20}));
        REQUIRE(fingerprint(files) == model.fingerprint());
        FilesPlay play(files, model, seed * 100 + life, {.nodes_max = 40});
        for (unsigned step = 0; step < steps; step++) {
            play.step();
            story.states[model.fingerprint()] = ++operation;
            if (step % 5 == 0)
                files.store().start_commit();
            if (step % 9 == 0) {
                REQUIRE(files.sync());
                story.synced.emplace_back(story.disk.events.size(), operation);
            }
        }
        REQUIRE(files.sync());
        story.synced.emplace_back(story.disk.events.size(), operation);
    }
}

} // namespace

TEST_CASE("power cuts leave the tree of some operation, none before the last sync") {
    const char* const text = std::getenv("EXO_SEED");
    const std::uint64_t seed = text ? std::strtoull(text, nullptr, 0) : 40;
    const bool all = std::getenv("EXO_CUTS") != nullptr;
    std::uint64_t cuts = 0, inodes = 0, pages = 0, losses = 0;
    const DiskSpec specs[] = {{}, {.offers = exo::block::disk_offer::volatile_cache}};
    for (const DiskSpec& spec : specs) {
        Story story{.disk = MemoryDisk(spec), .states = {}, .synced = {}};
        REQUIRE(Files::create(story.disk, test_spec(), counting_clock()));
        story.disk.recording = true;
        Contents made;
        Octets copy(spec.bytes);
        story.disk.contents.read(0, copy.data(), copy.size());
        made.write(0, copy.data(), copy.size());
        live(story, seed, 3, 250);
        Replay replay(story.disk.events, &made);
        std::mt19937_64 random(seed);
        std::size_t passed = 0;
        std::uint64_t least = 0;
        for (std::size_t event = 0; event <= story.disk.events.size(); event++) {
            replay.go_to(event);
            for (; passed < story.synced.size() && story.synced[passed].first <= event; passed++)
                least = story.synced[passed].second;
            if (!all && random() % story.disk.events.size() > 100)
                continue;
            for (const unsigned percent : {0u, 50u, 100u, 90u}) {
                MemoryDisk disk(spec, &replay.durable());
                replay.cut(disk.contents, random, percent);
                Files files(disk, counting_clock());
                std::string problem;
                if (const auto opened = files.open({.cache_bytes = 4u << 20}); !opened) {
                    problem = exo::store::problem_text(opened.error());
                } else {
                    const auto state = story.states.find(fingerprint(files));
                    CheckReport report;
                    if (state == story.states.end())
                        problem = "a tree that never was";
                    else if (state->second < least)
                        problem = "a tree from before the last sync";
                    else if (!check(files, report) || !report.is_sound())
                        problem = "not sound";
                    inodes += report.files + report.directories;
                    pages += report.scrub.pages;
                }
                cuts++;
                losses += problem != "";
                if (problem != "")
                    MESSAGE("event ", event, " of ", story.disk.events.size(), ", ", percent, " %: ", problem);
                REQUIRE(losses < 5);
            }
        }
    }
    MESSAGE("seed ", seed, ": cuts ", cuts, ", inodes checked ", inodes, ", pages checked ", pages, ", losses ",
            losses);
    CHECK(losses == 0);
}
