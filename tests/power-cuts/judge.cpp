// On the host: rebuilds the disk as it could look after a cut at every write and every flush of a recorded run, opens
// it with the store's own code, and demands every acknowledged record, none by halves, and pages that belong to them.
// usage: judge LOG; EXO_SEED chooses what is lost. Status 0: no loss; 3: losses; 1: the record says nothing.
#include "tests/power-cuts/story.hpp"
#include "tests/power-cuts/write_log.hpp"

#include <cstdio>
#include <cstdlib>
#include <print>

using namespace power_cuts;

namespace {

struct Acknowledged {
    std::size_t events; // of the store, that were done
    std::uint64_t records;
};

struct Run {
    std::vector<store_test::Event> events; // of the store
    std::vector<Acknowledged> acknowledged;
};

struct Totals {
    std::uint64_t cuts = 0, records = 0, pages = 0, torn = 0, losses = 0;
};

// Marks are moments, and not on the store's disk.
Run split(std::vector<store_test::Event> events) {
    Run run;
    for (store_test::Event& event : events) {
        if (event.at < store_bytes) {
            run.events.push_back(std::move(event));
            continue;
        }
        Mark mark;
        std::memcpy(&mark, event.octets.data(), sizeof mark);
        if (mark.says == Mark::magic)
            run.acknowledged.push_back({run.events.size(), mark.records});
    }
    return run;
}

// What is wrong after this cut, or "".
std::string judge_cut(store_test::MemoryDisk& disk, std::uint64_t least, Totals& totals) {
    Numbered records;
    store::Store opened(disk, records);
    if (const auto status = opened.open({.cache_bytes = 4u << 20, .log_bytes_max = log_bytes_max}); !status)
        return store::problem_text(status.error());
    totals.records += records.count;
    totals.torn += opened.counters().torn_batches;
    totals.pages += page_count;
    if (records.count < least)
        return std::format("{} records, but {} were acknowledged", records.count, least);
    const char* const wrong = wrong_pages(opened, records.count);
    return wrong ? wrong : "";
}

Totals cut_everywhere(const Run& run, std::uint64_t seed) {
    Totals totals;
    store_test::Replay replay(run.events);
    std::mt19937_64 random(seed);
    std::size_t passed = 0;
    std::uint64_t least = 0;
    for (std::size_t event = 0; event <= run.events.size() && totals.losses < 5; ++event) {
        replay.go_to(event);
        for (; passed < run.acknowledged.size() && run.acknowledged[passed].events <= event; ++passed)
            least = run.acknowledged[passed].records;
        if (passed == 0)
            continue; // the store is not made before the first is acknowledged
        for (const unsigned percent : {0u, 50u, 100u, 10u, 90u}) {
            if (percent != 0 && percent != 100 && !replay.anything_in_doubt())
                continue; // the same disk again
            store_test::MemoryDisk disk({.bytes = store_bytes}, &replay.durable());
            replay.cut(disk.contents, random, percent);
            const std::string problem = judge_cut(disk, least, totals);
            ++totals.cuts;
            if (problem.empty())
                continue;
            ++totals.losses;
            std::println("event {} of {}, {} %: {}", event, run.events.size(), percent, problem);
        }
    }
    return totals;
}

} // namespace

int main(int count, char** words) {
    if (count != 2) {
        std::println(stderr, "usage: judge LOG");
        return 2;
    }
    auto events = read_write_log(words[1]);
    if (!events) {
        std::println(stderr, "judge: {}", events.error());
        return 1;
    }
    const Run run = split(std::move(*events));
    if (run.acknowledged.empty()) {
        std::println(stderr, "judge: nothing was acknowledged in {}", words[1]);
        return 1;
    }
    const char* const text = std::getenv("EXO_SEED");
    const std::uint64_t seed = text ? std::strtoull(text, nullptr, 0) : 60;
    const Totals totals = cut_everywhere(run, seed);
    std::println("seed {}: writes and flushes {}, acknowledgements {}, cuts {}, records checked {}, pages checked {}, "
                 "torn batches {}, losses {}",
                 seed, run.events.size(), run.acknowledged.size(), totals.cuts, totals.records, totals.pages,
                 totals.torn, totals.losses);
    return totals.losses == 0 ? 0 : 3;
}
