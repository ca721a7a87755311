// Power cuts of a store on several shards: everything that it writes and flushes is recorded while clients are at work,
// and the disk rebuilt as it could be after a cut at each of these moments. What is found must be, part by part of the
// keys, what there was after one whole command or transaction, and not before any that was acknowledged; also where
// keys were just being shared out among another number of shards.
#include "tests/unit/kv-journal/shards.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <format>

using namespace journal_test;
using store_test::Replay;

namespace {

constexpr unsigned parts = 6; // whole ones are a shard's, whether there are 1, 2, 3 or 6

using State = std::array<std::size_t, parts>; // a hash of each part of the keys

struct Acknowledged {
    std::size_t events; // that were done when the client had its reply
    std::size_t state;  // that the reply tells of
    unsigned part;      // or all of them, if it is `parts`; none if it is more
};

struct Story {
    MemoryDisk disk{{.bytes = 24u << 20, .offers = exo::block::disk_offer::volatile_cache}};
    std::vector<State> states;
    std::vector<std::size_t> state_events; // that were done when it was like that
    std::vector<Acknowledged> acknowledged;

    void note(const State& state) {
        states.push_back(state);
        state_events.push_back(disk.events.size());
    }
};

State state_of(const Contents& contents) {
    std::array<std::string, parts> texts;
    for (const auto& [key, value] : contents)
        texts[shard_of(std::string_view(key).substr(key.find(':') + 1), parts)] += std::format("{}={};", key, value);
    State state;
    for (unsigned part = 0; part < parts; part++)
        state[part] = std::hash<std::string>()(texts[part]);
    return state;
}

// Empty, or what is wrong with what was found after a cut when so many events were done.
std::string judge(const Story& story, const Contents& found, std::size_t events) {
    std::array<std::size_t, parts> least{};
    for (const Acknowledged& each : story.acknowledged)
        for (unsigned part = 0; part < parts; part++)
            if (each.events <= events && (each.part == part || each.part == parts) && each.state > least[part])
                least[part] = each.state;
    const State state = state_of(found);
    for (unsigned part = 0; part < parts; part++) {
        std::size_t known = least[part];
        const auto has_been = [&] { return known < story.states.size() && story.state_events[known] <= events; };
        while (has_been() && story.states[known][part] != state[part])
            known++;
        if (!has_been())
            return std::format("part {} never was like that, or was before what was acknowledged", part);
    }
    return "";
}

struct Client {
    Session* session;
    std::vector<Acknowledged> asked; // what each reply that is to come tells of
    bool in_transaction = false;     // whose EXEC is not answered yet
};

std::vector<Words> some_requests(std::mt19937_64& dice, const std::string& number, unsigned& part) {
    const std::string tag = std::format("{{{}}}", dice() % 12);
    const std::string key = tag + std::to_string(dice() % 3), list = tag + "list", other = tag + "other";
    part = shard_of(key, parts);
    switch (dice() % 10) {
    case 0:
        return {{"multi"}, {"set", key, number}, {"rpush", list, number}, {"exec"}};
    case 1:
        return {{"rpush", list, number}};
    case 2:
        return {{"lmove", list, other, "left", "right"}};
    case 3:
        return {{"del", key}};
    case 4:
        return {{"get", key}};
    case 5:
        return {{"set", key, number + std::string(dice() % 5000, 'x')}};
    case 6:
        if (dice() % 8 == 0) {
            part = parts;
            return {{"flushall"}};
        }
        return {{"incr", tag + "count"}};
    default:
        return {{"set", key, number}};
    }
}

void live(Story& story, unsigned shards, std::uint64_t seed, unsigned rounds) {
    std::mt19937_64 dice(seed);
    ShardsLife life(story.disk, shards, Durability::Always);
    for (auto& shard : life.shards) {
        shard->server.recorder->scan_octets = 300;
        shard->server.recorder->journal_octets_min = 6'000;
    }
    REQUIRE(judge(story, life.contents(), story.disk.events.size()) == "");
    story.note(state_of(life.contents()));
    std::vector<Client> clients(3);
    for (Client& client : clients)
        client = {life.connect(), {}};
    for (unsigned round = 0; round < rounds; round++) {
        Client& client = clients[dice() % clients.size()];
        unsigned part = 0;
        std::vector<Words> requests = some_requests(dice, std::to_string(round), part);
        // What would run behind replies that are still to come, at some turn, is not sent.
        if (client.in_transaction || ((part == parts || requests.size() > 1) && !client.asked.empty()))
            requests.clear();
        client.in_transaction |= requests.size() > 1;
        for (const Words& words : requests) {
            life.send(client.session, words);
            story.note(state_of(life.contents()));
            const bool tells = &words == &requests.back(); // MULTI and what is queued do not
            client.asked.push_back({0, story.states.size() - 1, tells ? part : parts + 1});
        }
        for (unsigned turns = dice() % 6; turns; turns--)
            life.turn();
        now_us += dice() % 4000;
        for (Client& each : clients) {
            const std::size_t count = count_replies(ShardsLife::take(each.session));
            REQUIRE(count <= each.asked.size());
            for (std::size_t reply = 0; reply < count; reply++) {
                story.acknowledged.push_back(each.asked[reply]);
                story.acknowledged.back().events = story.disk.events.size();
            }
            each.asked.erase(each.asked.begin(), each.asked.begin() + static_cast<std::ptrdiff_t>(count));
            each.in_transaction &= !each.asked.empty();
        }
    }
}

std::uint64_t chosen_seed() {
    const char* const text = std::getenv("EXO_SEED");
    return text ? std::strtoull(text, nullptr, 0) : 50;
}

Story tell(const std::vector<unsigned>& shards, unsigned rounds) {
    now_us = 1'700'000'000'000'000;
    Story story;
    story.disk.recording = true;
    make_journal(story.disk, shards[0]);
    story.note(state_of({}));
    story.acknowledged.push_back({story.disk.events.size(), 0, parts});
    std::uint64_t seed = chosen_seed();
    for (const unsigned count : shards)
        live(story, count, seed++, rounds);
    return story;
}

// After each cut a store on so many shards finds the disk.
void cut_everywhere(const Story& story, const std::vector<unsigned>& shards) {
    Replay replay(story.disk.events);
    std::mt19937_64 random(7);
    std::uint64_t cuts = 0, keys = 0, losses = 0;
    for (std::size_t event = story.acknowledged.front().events; event <= story.disk.events.size(); event++) {
        replay.go_to(event);
        for (const unsigned percent : {0u, 50u, 100u}) {
            MemoryDisk disk({.bytes = 24u << 20}, &replay.durable());
            replay.cut(disk.contents, random, percent);
            std::string problem;
            const ShardsLife life(disk, shards[cuts++ % shards.size()], Durability::Always, &problem);
            const Contents found = life.contents();
            if (problem.empty())
                problem = judge(story, found, event);
            keys += found.size();
            losses += !problem.empty();
            if (!problem.empty() && losses < 4)
                MESSAGE("event ", event, " of ", story.disk.events.size(), ", ", percent, " %: ", problem);
        }
    }
    MESSAGE("seed ", chosen_seed(), ": cuts ", cuts, ", keys checked ", keys, ", losses ", losses);
    CHECK(losses == 0);
    CHECK(cuts > 300);
    CHECK(keys > cuts);
}

} // namespace

TEST_CASE("kv shards: after power cuts every acknowledged write of every shard is there, and whole transactions") {
    cut_everywhere(tell({3, 3, 3}, 300), {3});
}

TEST_CASE("kv shards: a power cut while keys are shared out among another number of vcores loses none") {
    cut_everywhere(tell({2, 3, 1, 2, 6, 1}, 80), {1, 2, 3, 6});
}
