// What the journal leads to is what there was: random commands of every kind, in transactions too, by clients that wait
// too, while time passes and snapshots are written, and lives that end at any moment.
#include "tests/kv/grammar.hpp"
#include "tests/unit/kv-journal/world.hpp"

#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>

using namespace journal_test;

namespace {

std::uint64_t chosen_seed() {
    const char* const text = std::getenv("EXO_SEED");
    return text ? std::strtoull(text, nullptr, 0) : 50;
}

// Where two contents differ; empty: nowhere.
std::string difference(const Contents& live, const Contents& found) {
    for (const auto& [key, value] : live) {
        const auto other = found.find(key);
        if (other == found.end())
            return key + " is gone: " + value.substr(0, 200);
        if (other->second != value)
            return key + " was " + value.substr(0, 200) + " and is " + other->second.substr(0, 200);
    }
    for (const auto& [key, value] : found)
        if (!live.contains(key))
            return key + " came from nowhere: " + value.substr(0, 200);
    return {};
}

std::vector<kv_test::Row> rows_of(std::initializer_list<const char*> families) {
    std::vector<kv_test::Row> rows;
    for (const char* family : families)
        for (const kv_test::Row& row : kv_test::read_rows("tests/kv/commands.txt", family))
            rows.push_back(row);
    return rows;
}

struct Crowd {
    Life& life;
    const std::vector<kv_test::Row>& rows;
    kv_test::Dice& dice;
    std::vector<Session*> sessions;
    std::map<std::string, unsigned>& changed_by;

    Crowd(Life& its, const std::vector<kv_test::Row>& from, kv_test::Dice& chance, std::map<std::string, unsigned>& by)
        : life(its), rows(from), dice(chance), changed_by(by) {
        for (int number = 0; number < 4; number++)
            sessions.push_back(life.connect());
    }

    Words some() {
        for (;;) {
            Words words = kv_test::make_command(rows[dice() % rows.size()], dice);
            if (kv_test::is_endless(words) || words[0] == "config" || words[0] == "client" || words[0] == "auth")
                continue;
            return words;
        }
    }
    void step() {
        Session*& session = sessions[dice() % sessions.size()];
        if (!session || session->broken || session->closing) {
            if (session)
                life.server->close(session);
            session = life.connect();
        }
        const unsigned choice = dice() % 40;
        Words words = some();
        if (choice == 0)
            words = {session->in_transaction ? "exec" : "multi"};
        if (choice == 1 && dice() % 10 == 0)
            words = {"swapdb", std::to_string(dice() % 3), std::to_string(dice() % 3)};
        if (choice == 2)
            words = {"spop", "t" + std::to_string(dice() % 6), std::to_string(dice() % 4)};
        if (choice == 4)
            words = {"smove", "t" + std::to_string(dice() % 6), "t" + std::to_string(dice() % 6),
                     std::to_string(dice() % 30)};
        if (choice == 5)
            words = {"rpush", "l" + std::to_string(dice() % 6), "pivot"};
        if (choice == 6)
            words = {"linsert", "l" + std::to_string(dice() % 6), "before", "pivot", "value"};
        if (choice == 3 && dice() % 100 == 0)
            words = {"flushdb"};
        const std::uint64_t position = life.log->position();
        life.send(session, words);
        if (life.log->position() != position)
            changed_by[words[0]]++;
        Life::take(session);
        if (session->waiting && dice() % 6 == 0) { // the others give it something
            life.server->close(session);
            session = nullptr;
        }
        if (dice() % 3 == 0)
            now_us += dice() % 3'000'000;
        if (dice() % 4 == 0)
            life.server->tick();
        if (dice() % 2)
            life.recorder->turn();
    }
};

} // namespace

TEST_CASE("kv journal: played back, it leads to what there was") {
    const std::uint64_t seed = chosen_seed();
    MESSAGE("seed ", seed);
    const auto rows = rows_of({"strings", "keys", "hashes", "lists", "sets", "sorted sets", "waiting"});
    REQUIRE(rows.size() > 200);
    std::map<std::string, unsigned> changed_by;
    std::uint64_t units = 0, keys = 0, snapshots = 0;
    for (std::uint64_t round = 0; round < 3; round++) {
        kv_test::Dice dice(seed + round);
        now_us = 1'700'000'000'000'000;
        MemoryDisk disk({.bytes = 40u << 20});
        make_journal(disk);
        Contents before;
        for (unsigned number = 0; number < 6; number++) {
            Life life(disk, dice() % 2 ? Durability::Always : Durability::Batch);
            life.recorder->scan_octets = 1 + dice() % 600;
            life.recorder->journal_octets_min = 500;
            REQUIRE(difference(before, contents_of(*life.server)) == "");
            Crowd crowd(life, rows, dice, changed_by);
            for (int steps = 0; steps < 2500; steps++) {
                const std::uint64_t beginning = life.log->beginning();
                crowd.step();
                snapshots += life.log->beginning() != beginning;
                units++;
            }
            REQUIRE(life.log->commit());
            before = contents_of(*life.server);
            keys += before.size();
        }
    }
    std::string never;
    for (const char* name : {"append",      "blmove",      "blmpop",      "blpop",
                             "brpop",       "bzmpop",      "bzpopmin",    "copy",
                             "decr",        "del",         "expire",      "flushdb",
                             "getdel",      "getex",       "hincrby",     "hincrbyfloat",
                             "hset",        "incrbyfloat", "linsert",     "lmove",
                             "lmpop",       "lpop",        "lpush",       "lrem",
                             "lset",        "ltrim",       "move",        "mset",
                             "msetnx",      "persist",     "rename",      "renamenx",
                             "rpush",       "sadd",        "sdiffstore",  "set",
                             "setbit",      "setrange",    "sinterstore", "smove",
                             "spop",        "srem",        "sunionstore", "swapdb",
                             "unlink",      "zadd",        "zincrby",     "zmpop",
                             "zpopmax",     "zrangestore", "zrem",        "zremrangebyscore",
                             "zunionstore", "exec"})
        if (!changed_by[name])
            never += std::string(" ") + name;
    MESSAGE("commands ", units, ", keys compared ", keys, ", snapshots ", snapshots,
            "; never changed anything:", never);
    CHECK(never == "");
    CHECK(snapshots > 10);
}

TEST_CASE(
    "kv journal: a snapshot is what there was at its end, whatever moved between what it had and had not come to") {
    now_us = 1'700'000'000'000'000;
    kv_test::Dice dice(chosen_seed());
    MemoryDisk disk({.bytes = 40u << 20});
    make_journal(disk);
    Contents before;
    {
        Life life(disk, Durability::Batch);
        life.recorder->scan_octets = unit_length_octets + 1; // one bucket at each turn
        Session* session = life.connect();
        const auto list = [&] { return "l" + std::to_string(dice() % 60); };
        for (int number = 0; number < 600; number++)
            life.ask(session, {"rpush", list(), std::to_string(number)});
        for (int round = 0; round < 5; round++) {
            REQUIRE(life.recorder->begin_snapshot());
            do {
                life.recorder->turn();
                life.send(session, {"lmove", list(), list(), "left", "right"});
                life.send(session, {"rename", list(), list()});
                life.send(session, {"rpush", list(), "more"});
                now_us += 1000;
            } while (life.recorder->is_scanning());
        }
        REQUIRE(life.log->commit());
        CHECK(life.log->beginning() > 0);
        before = contents_of(*life.server);
    }
    Life life(disk, Durability::Batch);
    CHECK(difference(before, contents_of(*life.server)) == "");
}

TEST_CASE("kv journal: an index that got room for keys which never came gives it back") {
    now_us = 1'700'000'000'000'000;
    MemoryDisk disk;
    make_journal(disk);
    constexpr int keys = 3000, again = 60'000;
    std::size_t index = 0;
    {
        Life life(disk, Durability::None);
        Session* session = life.connect();
        for (int request = 0; request < keys + again; request++) {
            const int key = request < keys ? request : request % 100;
            life.send(session, {"set", std::format("key:{}", key), "value"});
            Life::take(session);
        }
        life.settle();
        CHECK(life.recorder->commit());
        index = life.server->databases[0].keys().table_bytes();
    }
    Life life(disk, Durability::None);
    CHECK(life.server->databases[0].size() == keys);
    CHECK(life.server->databases[0].keys().table_bytes() < index * 5 / 4);
}
