// Power cuts on sets: what every disk writes and flushes is recorded, and the disks rebuilt as they could be after a
// cut, each for itself: what had not been flushed lost, reordered and torn at 512 octets, what was under way on several
// at once done on some. Everything acknowledged must be there, also when a disk is lost at the same time or afterwards.
#include "tests/unit/store/sets.hpp"

#include <cstdlib>
#include <doctest/doctest.h>

using namespace store_test;

namespace {

struct Acknowledged {
    std::uint64_t burst; // the first that was begun later
    std::uint64_t transaction;
};

struct Story {
    SetOfDisks set;
    std::uint64_t burst = 1;
    std::vector<State> states{State{}};
    std::vector<Acknowledged> acknowledged;
};

void live(Story& story, std::uint64_t seed, unsigned lives, unsigned transactions, const Play::Weights& weights) {
    for (unsigned life = 0; life < lives; life++) {
        const auto devices = story.set.given(0, seed + life);
        Play play(devices, seed * 100 + life);
        REQUIRE(play.store.open({.log_bytes_max = 2u << 20}));
        REQUIRE(play.difference(story.states.back()) == "");
        play.state = story.states.back();
        for (unsigned i = 0; i < transactions; i++) {
            REQUIRE(play.change(weights));
            story.states.push_back(play.state);
            if (play.store.packs() && i % 8 == 7)
                REQUIRE(play.store.pack(2));
            if (play.random() % 3)
                continue;
            REQUIRE(play.store.commit());
            story.acknowledged.push_back({story.burst, play.state.transaction});
        }
        REQUIRE(play.store.commit());
        story.acknowledged.push_back({story.burst, play.state.transaction});
    }
}

struct Totals {
    std::uint64_t cuts = 0, losses = 0, without_a_disk = 0;
};

// "" or what is wrong with the set as it is.
std::string judge(const std::vector<exo::block::Device*>& devices, const Story& story, std::uint64_t least,
                  std::uint64_t& found) {
    Play play(devices, 1);
    const Status opened = play.store.open();
    if (!opened)
        return problem_text(opened.error());
    found = play.keeper.transaction;
    if (found < least || found >= story.states.size())
        return "transaction " + std::to_string(found) + ", but acknowledged was " + std::to_string(least);
    return play.difference(story.states[found]);
}

void cut_at(const Story& story, std::uint64_t burst, std::uint64_t least, std::vector<Replay>& replays,
            std::mt19937_64& random, Totals& totals) {
    const Code& code = story.set.code;
    SetOfDisks set(code);
    for (unsigned i = 0; i < code.members(); i++) {
        const std::vector<Event>& events = story.set.disks[i]->events;
        const auto first = std::ranges::lower_bound(events, burst, {}, &Event::burst);
        const auto behind = std::ranges::upper_bound(events, burst, {}, &Event::burst);
        replays[i].go_to(static_cast<std::size_t>(first - events.begin()));
        set.disks[i] =
            std::make_unique<MemoryDisk>(DiskSpec{.bytes = SetOfDisks::least_bytes(code)}, &replays[i].durable());
        constexpr unsigned percents[] = {0, 50, 100, 10, 90};
        replays[i].cut(set.disks[i]->contents, random, percents[random() % 5],
                       static_cast<std::size_t>(behind - first));
    }
    std::uint64_t found = 0, again = 0;
    totals.cuts++;
    // A disk lost in the very moment of the cut; then, on the same cut, none lost, but one after it was opened.
    const std::uint32_t lost = some_members(code, code.parity, random);
    const SetOfDisks same(code, 0, &set);
    std::string problem = judge(same.given(lost, burst), story, least, found);
    totals.without_a_disk += problem.empty();
    if (problem.empty()) {
        problem = judge(set.given(0, burst), story, least, found);
        if (problem.empty())
            problem = judge(set.given(some_members(code, code.parity, random), burst), story, found, again);
    } else {
        problem += ", without a disk";
    }
    totals.losses += problem != "";
    if (problem != "")
        MESSAGE("burst ", burst, " of ", story.burst, ": ", problem);
    REQUIRE(totals.losses < 5);
}

} // namespace

TEST_CASE("power cuts on sets, and disks lost at the same time, lose nothing that was acknowledged") {
    const char* const text = std::getenv("EXO_SEED");
    const std::uint64_t seed = text ? std::strtoull(text, nullptr, 0) : 30;
    const std::uint64_t every = std::getenv("EXO_CUTS") ? 1 : 3;
    using namespace exo::block;
    Totals totals;
    for (const auto& [code, offers, moved] :
         {std::tuple{Code{2, 1}, disk_offer::volatile_cache | disk_offer::force_unit_access, Moved::AsIs},
          {Code{2, 1}, disk_offer::volatile_cache, Moved::AsIs},
          {Code{2, 1}, disk_offer::volatile_cache, Moved::Compressed},
          {Code{3, 2}, disk_offer::volatile_cache, Moved::AsIs},
          {Code{1, 1}, 0u, Moved::AsIs}}) {
        Story story{.set = SetOfDisks(code, 0, nullptr, offers), .acknowledged = {}};
        REQUIRE(story.set.create(1, 1, moved));
        const SetOfDisks& set = story.set;
        std::vector<std::unique_ptr<Contents>> bases; // as they were made
        for (const auto& disk : set.disks) {
            disk->recording = true;
            disk->burst = &story.burst;
            bases.push_back(std::make_unique<Contents>());
            Octets octets(64 << 10);
            for (const std::uint64_t at : {std::uint64_t{0}, disk->bytes() - octets.size()}) {
                disk->contents.read(at, octets.data(), octets.size());
                bases.back()->write(at, octets.data(), octets.size());
            }
        }
        if (moved == Moved::AsIs)
            live(story, seed, 3, 25, {.pages_max = 8});
        else
            live(story, seed, 2, 25, {.pages_max = 60, .indices = 150});
        std::vector<Replay> replays;
        for (unsigned i = 0; i < code.members(); i++)
            replays.emplace_back(set.disks[i]->events, bases[i].get());
        std::mt19937_64 random(seed);
        std::size_t acknowledged = 0;
        std::uint64_t least = 0;
        for (std::uint64_t burst = 1; burst <= story.burst; burst++) {
            for (; acknowledged < story.acknowledged.size() && story.acknowledged[acknowledged].burst <= burst;
                 acknowledged++)
                least = story.acknowledged[acknowledged].transaction;
            if (random() % every == 0)
                cut_at(story, burst, least, replays, random, totals);
        }
    }
    MESSAGE("seed ", seed, ": cuts ", totals.cuts, ", whole without a disk ", totals.without_a_disk, ", losses ",
            totals.losses);
    CHECK(totals.losses == 0);
    CHECK(totals.cuts > 100);
}
