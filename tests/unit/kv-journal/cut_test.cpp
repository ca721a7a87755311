// Power cuts at the level of keys: everything that a store writes and flushes is recorded while clients are at work,
// and the disk rebuilt as it could be after a cut at each of these moments, with what was not flushed lost, reordered
// and torn. What is found must be what there was after one whole command or transaction, and not before any that was
// acknowledged.
#include "tests/unit/kv-journal/world.hpp"

#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <format>

using namespace journal_test;
using store_test::Event;
using store_test::Replay;

namespace {

struct Acknowledged {
    std::size_t events; // that were done when the client had its reply
    std::size_t state;  // that the reply tells of
    std::uint64_t at_us;
};

struct Story {
    MemoryDisk disk;
    std::vector<std::size_t> states;       // hashes of what there was after each command
    std::vector<std::size_t> state_events; // that were done when it was like that
    std::vector<Acknowledged> acknowledged;
    std::vector<std::uint64_t> event_us; // when each event was

    void note(std::size_t state) {
        states.push_back(state);
        state_events.push_back(disk.events.size());
    }
};

struct Totals {
    std::uint64_t cuts = 0, keys = 0, losses = 0;
};

std::size_t hash_of(const Contents& contents) {
    std::string all;
    for (const auto& [key, value] : contents)
        all += std::format("{}={};", key, value);
    return std::hash<std::string>()(all);
}

Words some_write(std::mt19937_64& dice, std::uint64_t number) {
    const std::string key = std::format("k{}", dice() % 8), value = std::format("v{}", number);
    switch (dice() % 8) {
    case 0:
        return {"rpush", "list", value};
    case 1:
        return {"lpop", "list"};
    case 2:
        return {"sadd", "set", value};
    case 3:
        return {"spop", "set"};
    case 4:
        return {"del", key};
    case 5:
        return {"set", key, value + std::string(dice() % 5000, 'x'), "px", "100000"};
    default:
        return {"set", key, value};
    }
}

// Clients whose replies are looked at after every turn of the store; what is acknowledged is noted with the events that
// the disk had seen by then.
void live(Story& story, Durability durability, std::uint64_t seed, unsigned commands) {
    std::mt19937_64 dice(seed);
    Life life(story.disk, durability);
    life.recorder->scan_octets = 300;
    life.recorder->journal_octets_min = 6'000;
    struct Client {
        Session* session;
        std::vector<std::size_t> asked; // what each reply that is to come tells of
    };
    std::vector<Client> clients(3);
    for (Client& client : clients)
        client.session = life.connect();
    const auto note_events = [&] { story.event_us.resize(story.disk.events.size(), now_us); };
    // The life before ended without a warning: what nobody was told of may be lost.
    story.note(hash_of(contents_of(*life.server)));
    if (durability == Durability::Always)
        REQUIRE(std::ranges::count(std::span(story.states).subspan(story.acknowledged.back().state),
                                   story.states.back()) > 1);
    for (unsigned number = 0; number < commands; number++) {
        Client& client = clients[dice() % clients.size()];
        const auto send = [&](const Words& words) {
            life.send(client.session, words);
            story.note(hash_of(contents_of(*life.server)));
            client.asked.push_back(story.states.size() - 1);
        };
        const unsigned choice = dice() % 10;
        if (choice == 0) { // both or neither
            for (const Words& words : {Words{"multi"}, Words{"set", "a", std::to_string(number)},
                                       Words{"rpush", "b", std::to_string(number)}, Words{"exec"}})
                send(words);
        } else if (choice < 3) {
            send({"get", std::format("k{}", dice() % 8)});
        } else {
            send(some_write(dice, number));
        }
        for (unsigned turns = dice() % 3; turns; turns--) {
            life.recorder->turn();
            note_events();
        }
        now_us += dice() % 4000;
        for (Client& each : clients) {
            const std::string replies = Life::take(each.session);
            const std::size_t count = count_replies(replies);
            REQUIRE(count <= each.asked.size());
            if (count)
                story.acknowledged.push_back({story.disk.events.size(), each.asked[count - 1], now_us});
            each.asked.erase(each.asked.begin(), each.asked.begin() + static_cast<std::ptrdiff_t>(count));
        }
    }
    note_events();
}

// Empty, or what is wrong with what was found after a cut when so many events were done. What was acknowledged less
// than `loss_us` before may be lost.
std::string judge(const Story& story, std::size_t found, std::size_t events, std::uint64_t loss_us) {
    const std::uint64_t at_us = events < story.event_us.size() ? story.event_us[events] : story.event_us.back();
    std::size_t state = 0;
    for (const Acknowledged& each : story.acknowledged)
        if (each.events <= events && each.at_us + loss_us <= at_us && each.state > state)
            state = each.state;
    for (; state < story.states.size() && story.state_events[state] <= events; state++)
        if (story.states[state] == found)
            return "";
    return "what is there never was, or was before what was acknowledged";
}

void cut_everywhere(const Story& story, const std::vector<Event>& events, std::uint64_t loss_us, Totals& totals) {
    Replay replay(events);
    std::mt19937_64 random(7);
    std::size_t first = story.acknowledged.front().events;
    for (std::size_t event = first; event <= events.size(); event++) {
        replay.go_to(event);
        for (const unsigned percent : {0u, 50u, 100u, 20u}) {
            MemoryDisk disk({.bytes = 18u << 20}, &replay.durable());
            replay.cut(disk.contents, random, percent);
            std::string problem;
            const std::uint64_t kept_us = now_us;
            now_us = 1'700'000'000'000'000; // nothing has expired
            Life life(disk, Durability::Always, &problem);
            const Contents found = contents_of(*life.server);
            now_us = kept_us;
            if (problem.empty())
                problem = judge(story, hash_of(found), event, loss_us);
            totals.cuts++;
            totals.keys += found.size();
            totals.losses += !problem.empty();
            if (!problem.empty() && totals.losses < 4)
                MESSAGE("event ", event, " of ", events.size(), ", ", percent, " %: ", problem);
        }
    }
}

Story tell(Durability durability, std::uint32_t offers, std::uint64_t seed) {
    now_us = 1'700'000'000'000'000;
    Story story{.disk = MemoryDisk({.bytes = 18u << 20, .offers = offers}),
                .states = {},
                .state_events = {},
                .acknowledged = {},
                .event_us = {}};
    story.note(hash_of({}));
    story.disk.recording = true;
    make_journal(story.disk);
    story.acknowledged.push_back({story.disk.events.size(), 0, now_us});
    story.event_us.resize(story.disk.events.size(), now_us);
    for (unsigned number = 0; number < 3; number++)
        live(story, durability, seed + number, 120);
    return story;
}

std::uint64_t chosen_seed() {
    const char* const text = std::getenv("EXO_SEED");
    return text ? std::strtoull(text, nullptr, 0) : 50;
}

} // namespace

TEST_CASE("kv journal: after power cuts every acknowledged write is there, whole transactions, and nothing else") {
    using namespace exo::block;
    const std::uint64_t seed = chosen_seed();
    Totals totals;
    for (const std::uint32_t offers :
         {disk_offer::volatile_cache | disk_offer::force_unit_access, disk_offer::volatile_cache, std::uint32_t{0}}) {
        const Story story = tell(Durability::Always, offers, seed);
        cut_everywhere(story, story.disk.events, 0, totals);
    }
    MESSAGE("seed ", seed, ": cuts ", totals.cuts, ", keys checked ", totals.keys, ", losses ", totals.losses);
    CHECK(totals.losses == 0);
    CHECK(totals.cuts > 1000);
}

TEST_CASE("kv journal: of a batch no more is lost than was said") {
    const std::uint64_t seed = chosen_seed();
    Totals bounded, nothing;
    const Story story = tell(Durability::Batch, exo::block::disk_offer::volatile_cache, seed);
    cut_everywhere(story, story.disk.events, batch_loss_ms * 1000, bounded);
    cut_everywhere(story, story.disk.events, 0, nothing);
    MESSAGE("seed ", seed, ": cuts ", bounded.cuts, ", losses beyond ", batch_loss_ms, " ms ", bounded.losses,
            ", acknowledged and lost at all ", nothing.losses);
    CHECK(bounded.losses == 0);
    CHECK(nothing.losses > 0);
}

TEST_CASE("kv journal: a disk that only says that it flushes loses what was acknowledged, and that is seen") {
    const Story story = tell(Durability::Always, exo::block::disk_offer::volatile_cache, chosen_seed());
    std::vector<Event> events = story.disk.events;
    for (Event& event : events)
        if (event.kind == Event::Kind::Flush && &event - events.data() > 8)
            event = {Event::Kind::Write, 0, {}, event.burst}; // of nothing
    Totals totals;
    cut_everywhere(story, events, 0, totals);
    MESSAGE("cuts ", totals.cuts, ", losses ", totals.losses);
    CHECK(totals.losses > 10);
}

TEST_CASE("kv journal: what only came after a cut is not taken for what was there") {
    const Story story = tell(Durability::Always, exo::block::disk_offer::volatile_cache, chosen_seed());
    std::size_t judged = 0;
    for (std::size_t state = 1; state < story.states.size(); state++) {
        const std::size_t events = story.state_events[state];
        if (std::ranges::count(story.states, story.states[state]) != 1 || events <= story.state_events[1])
            continue;
        CHECK(judge(story, story.states[state], events, 0) == "");
        CHECK(judge(story, story.states[state], events - 1, 0) != "");
        judged++;
    }
    CHECK(judged > 50);
}

TEST_CASE(
    "kv journal: a transaction larger than a batch is there whole or not at all, and the journal goes on behind it") {
    now_us = 1'700'000'000'000'000;
    const DiskSpec spec{.bytes = 24u << 20, .offers = exo::block::disk_offer::volatile_cache};
    MemoryDisk disk(spec);
    disk.recording = true;
    make_journal(disk);
    std::size_t begin = 0;
    constexpr std::size_t commands = 600;
    {
        Life life(disk, Durability::Always);
        Session* session = life.connect();
        life.ask(session, {"set", "before", "1"});
        begin = disk.events.size();
        life.send(session, {"multi"});
        for (std::size_t number = 0; number < commands; number++)
            life.send(session, {"set", std::format("t{}", number), std::string(4'000, 'z')});
        life.ask(session, {"exec"});
    }
    Replay replay(disk.events);
    std::mt19937_64 random(7);
    std::size_t none = 0, all = 0;
    for (std::size_t event = begin; event <= disk.events.size(); event++) {
        replay.go_to(event);
        for (const unsigned percent : {0u, 60u, 100u}) {
            MemoryDisk left(spec, &replay.durable());
            replay.cut(left.contents, random, percent);
            {
                Life life(left, Durability::Always);
                const std::size_t keys = contents_of(*life.server).size();
                CHECK((keys == 1 || keys == 1 + commands));
                ++(keys == 1 ? none : all);
                CHECK(life.ask(life.connect(), {"set", "after", "2"}) == "+OK\r\n");
            }
            Life life(left, Durability::Always);
            CHECK(life.server->databases[0].find("after"));
        }
    }
    CHECK(none > 2);
    CHECK(all > 0);
}
