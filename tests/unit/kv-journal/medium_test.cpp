// Disks that are full, fail, or hold something else; and replies that wait.
#include "tests/unit/kv-journal/world.hpp"

#include <doctest/doctest.h>
#include <format>

using namespace journal_test;

namespace {

const std::string full = "-MISCONF Errors writing to the AOF file: No space left on device\r\n";
const std::string failed = "-MISCONF Errors writing to the AOF file: Input/output error\r\n";

} // namespace

TEST_CASE("kv journal: with always nobody is told of what is not durable, not even who only reads") {
    now_us = 1'700'000'000'000'000;
    MemoryDisk disk;
    make_journal(disk);
    Life life(disk, Durability::Always);
    Session *writer = life.connect(), *reader = life.connect();
    CHECK(life.ask(reader, {"get", "key"}) == "$-1\r\n");
    life.send(reader, {"ping"});
    CHECK(Life::take(reader) == "+PONG\r\n"); // nothing is waited for
    life.send(writer, {"set", "key", "value"});
    life.send(reader, {"get", "key"});
    CHECK(Life::take(writer) == "");
    CHECK(Life::take(reader) == "");
    life.settle();
    life.recorder->turn();
    CHECK(Life::take(writer) == "+OK\r\n");
    CHECK(Life::take(reader) == "$5\r\nvalue\r\n");
}

TEST_CASE("kv journal: with batch a reply waits only when what is not durable is too old") {
    now_us = 1'700'000'000'000'000;
    MemoryDisk disk;
    make_journal(disk);
    Life life(disk, Durability::Batch);
    Session* writer = life.connect();
    life.send(writer, {"set", "key", "1"});
    CHECK(Life::take(writer) == "+OK\r\n");
    life.recorder->turn();
    const auto writes = disk.counters().writes;
    now_us += 5'000;
    life.recorder->turn();
    CHECK(disk.counters().writes == writes); // more may come
    now_us += batch_loss_ms * 1000;          // a machine that stood still
    life.send(writer, {"set", "key", "2"});
    CHECK(Life::take(writer) == "");
    life.settle();
    life.recorder->turn();
    CHECK(Life::take(writer) == "+OK\r\n");
}

TEST_CASE("kv journal: a full disk takes writes after FLUSHALL, though nothing was freed yet") {
    now_us = 1'700'000'000'000'000;
    MemoryDisk disk({.bytes = 20u << 20});
    make_journal(disk);
    Life life(disk, Durability::Always);
    Session* session = life.connect();
    const std::string value(20'000, 'x');
    int kept = 0;
    while (kept < 2000 && life.ask(session, {"set", std::format("k{}", kept), value}) == "+OK\r\n")
        kept++;
    CHECK(kept > 64); // fewer would be freed at once
    CHECK(life.ask(session, {"set", "after", value}) == full);
    CHECK(life.ask(session, {"flushall"}) == "+OK\r\n");
    CHECK(life.server->removed.pending() != 0);
    CHECK(life.ask(session, {"set", "after", value}) == "+OK\r\n");
}

TEST_CASE("kv journal: a full disk refuses what grows, serves reads, and goes on when keys have gone") {
    now_us = 1'700'000'000'000'000;
    MemoryDisk disk({.bytes = 20u << 20});
    make_journal(disk);
    Contents before;
    {
        Life life(disk, Durability::Always);
        Session* session = life.connect();
        const std::string value(20'000, 'x');
        int kept = 0;
        std::string reply;
        while (kept < 2000 && (reply = life.ask(session, {"set", std::format("k{}", kept), value})) == "+OK\r\n")
            kept++;
        MESSAGE("values of 20,000 octets on a disk of 20 MiB: ", kept);
        CHECK(kept > 20);
        CHECK(reply == full);
        CHECK(life.ask(session, {"rpush", "list", value}) == full);
        CHECK(life.ask(session, {"get", "k1"}).size() > 20'000);
        // The same keys over and over fill the journal, not the keys: snapshots make room.
        for (int key = 0; key < kept; key++)
            CHECK(life.ask(session, {"del", std::format("k{}", key)}) == ":1\r\n");
        for (int key = 0; key < 3 * kept; key++)
            REQUIRE(life.ask(session, {"set", "again", value}) == "+OK\r\n");
        CHECK(life.log->state() == LogState::Good);
        before = contents_of(*life.server);
    }
    Life life(disk, Durability::Always);
    CHECK(contents_of(*life.server) == before);
}

TEST_CASE(
    "kv journal: what is before a snapshot is given back some at each turn, and after a crash what was left of it") {
    constexpr std::uint64_t piece = 256 * 4096, much = 8u << 20;
    now_us = 1'700'000'000'000'000;
    MemoryDisk disk({.bytes = 80u << 20});
    make_journal(disk);
    {
        Life life(disk, Durability::Batch);
        Session* session = life.connect();
        while (life.log->stored_octets() < much)
            REQUIRE(life.ask(session, {"set", "again", std::string(20'000, 'x')}) == "+OK\r\n");
        REQUIRE(life.recorder->write_snapshot());
        std::uint64_t stored = life.log->stored_octets();
        CHECK(stored > much);
        for (int turns = 0; turns < 3; turns++) {
            life.recorder->turn();
            CHECK(life.log->stored_octets() < stored);
            CHECK(life.log->stored_octets() + piece >= stored);
            stored = life.log->stored_octets();
        }
        REQUIRE(life.recorder->commit());
    }
    Life life(disk, Durability::Batch);
    CHECK(life.log->stored_octets() > much / 2);
    for (int turns = 0; turns < 20; turns++)
        life.recorder->turn();
    CHECK(life.log->stored_octets() < piece / 10);
    CHECK(life.ask(life.connect(), {"strlen", "again"}) == ":20000\r\n");
}

TEST_CASE("kv journal: what is before a snapshot does not count as full") {
    now_us = 1'700'000'000'000'000;
    MemoryDisk disk({.bytes = 40u << 20});
    make_journal(disk);
    Life life(disk, Durability::Always);
    Session* session = life.connect();
    constexpr int keys = 350;
    int refused = 0, snapshots = 0;
    for (int write = 0; write < 10 * keys; write++) {
        const std::uint64_t beginning = life.log->beginning();
        life.send(session, {"set", std::format("k{}", write % keys), std::string(20'000, 'x')});
        while (!life.log->is_durable(life.log->ticket()) && life.log->beginning() == beginning)
            life.recorder->turn();
        snapshots += life.log->beginning() != beginning;
        refused += Life::take(session).starts_with('-');
    }
    MESSAGE("refused: ", refused, ", snapshots: ", snapshots);
    CHECK(refused == 0);
    CHECK(snapshots > 2);
}

TEST_CASE("kv journal: when the disk fails who waits is dropped, writes are refused, and reads go on") {
    now_us = 1'700'000'000'000'000;
    MemoryDisk disk;
    make_journal(disk);
    Life life(disk, Durability::Always);
    Session *writer = life.connect(), *other = life.connect();
    REQUIRE(life.ask(writer, {"set", "key", "old"}) == "+OK\r\n");
    disk.failing_write = disk.write_number;
    life.send(writer, {"set", "key", "new"});
    for (int turns = 0; turns < 4; turns++)
        life.recorder->turn();
    CHECK(writer->broken);
    CHECK(Life::take(writer) == "");
    life.send(other, {"set", "key", "newer"});
    CHECK(Life::take(other) == failed);
    life.send(other, {"ping"});
    CHECK(Life::take(other) == "+PONG\r\n");
}

TEST_CASE("kv journal: a value larger than a batch, and a transaction of many, are there whole") {
    now_us = 1'700'000'000'000'000;
    MemoryDisk disk({.bytes = 80u << 20});
    make_journal(disk);
    Contents before;
    {
        Life life(disk, Durability::Always);
        Session* session = life.connect();
        life.ask(session, {"set", "long", std::string(5'000'000, 'y')});
        life.ask(session, {"multi"});
        for (int number = 0; number < 300; number++)
            life.ask(session, {"set", std::format("t{}", number), std::string(3'000, 'z')});
        life.ask(session, {"exec"});
        before = contents_of(*life.server);
    }
    Life life(disk, Durability::Always);
    CHECK(contents_of(*life.server) == before);
}

TEST_CASE("kv journal: what the disk holds instead is said, and left as it is") {
    using exo::store::Problem;
    MemoryDisk empty;
    std::string problem;
    {
        Journals journals(empty);
        const auto opened = journals.open({});
        REQUIRE(!opened);
        CHECK(opened.error() == Problem::NotAStore);
    }
    // A store whose records are somebody else's, or none; and one of a later version.
    struct Stranger final : exo::store::Keeper {
        std::string record;
        bool replay(std::span<const std::byte>) override { return true; }
        void snapshot(exo::store::RecordSink& sink) override {
            if (!record.empty())
                sink.add(std::as_bytes(std::span(record)));
        }
        std::uint64_t snapshot_bytes() const override { return record.size(); }
    };
    const auto problem_of = [](const std::string& record) {
        MemoryDisk disk;
        exo::store::CreateSpec spec;
        REQUIRE(exo::store::Store::create(disk, spec));
        Stranger stranger;
        stranger.record = record;
        exo::store::Store store(disk, stranger);
        REQUIRE(store.open());
        REQUIRE(store.checkpoint());
        const auto writes = disk.write_number;
        Journals journals(disk);
        const auto opened = journals.open({});
        REQUIRE(!opened);
        CHECK(disk.write_number == writes);
        return opened.error();
    };
    CHECK(problem_of("") == Problem::Unknown);
    CHECK(problem_of("something else that is long enough") == Problem::Unknown);
    CHECK(problem_of(std::string("EXOKVLOGK\x03", 10) + std::string(30, '\0')) == Problem::Newer);
    CHECK(problem_of(std::string("EXOKVLOGK\x01", 10) + std::string(13, '\0')) == Problem::Unknown);
    CHECK(problem_of(std::string("EXOKVLOGK\x01", 10) + std::string(6, '\0') + std::string("\x01\0\0\0\0\0\0\0", 8)) ==
          Problem::Unknown);
}

TEST_CASE("kv journal: keys that went for want of memory, or whose time was over, stay away") {
    now_us = 1'700'000'000'000'000;
    MemoryDisk disk({.bytes = 40u << 20});
    make_journal(disk);
    Contents before;
    {
        Life life(disk, Durability::Batch);
        Session* session = life.connect();
        life.ask(session, {"config", "set", "maxmemory-policy", "allkeys-random"});
        life.ask(session, {"config", "set", "maxmemory", std::to_string(used_bytes() + 100'000)});
        for (int number = 0; number < 400; number++)
            CHECK(life.ask(session, {"set", std::format("k{}", number), std::string(600, 'v')}) == "+OK\r\n");
        CHECK(life.server->statistics.evicted > 50);
        life.ask(session, {"config", "set", "maxmemory", "0"});
        life.ask(session, {"set", "short", "x", "px", "500"});
        now_us += 1'000'000;
        life.server->tick();
        REQUIRE(!life.server->databases[0].find("short"));
        life.settle();
        before = contents_of(*life.server);
    }
    now_us -= 900'000; // even where the clock went back
    Life life(disk, Durability::Batch);
    CHECK(contents_of(*life.server) == before);
}

TEST_CASE("kv journal: a commit is begun when those whom the last one released have asked again, or do not soon") {
    constexpr std::uint64_t commit_us = 1000;
    GroupCommit group;
    std::uint64_t now = 5'000'000;
    const auto commit = [&](std::size_t released, std::size_t waiting) {
        group.began(now);
        group.ended(now += commit_us, released, waiting);
    };
    CHECK(group.is_due(now, 1)); // nobody is known
    commit(1, 0);
    CHECK(group.is_due(now, 1)); // who is alone never waits
    commit(1, 3);
    CHECK(!group.is_due(now, 3)); // the one that was released may come back
    CHECK(group.is_due(now, 4));
    commit(4, 0);
    CHECK(!group.is_due(now + commit_us - 1, 3));
    CHECK(group.is_due(now + commit_us, 3)); // but did not
    CHECK(group.patience_us() == commit_us / 2);
    commit(3, 0);
    CHECK(group.is_due(now, 3));
    CHECK(group.patience_us() == commit_us);
    for (int vain = 0; vain < 20; vain++) {
        commit(4, 0);
        CHECK(group.is_due(now + commit_us, 1));
    }
    CHECK(group.patience_us() == commit_us / 16);
}

TEST_CASE("kv journal: with always clients that ask again and again need one commit a round") {
    now_us = 1'700'000'000'000'000;
    MemoryDisk disk;
    make_journal(disk);
    Life life(disk, Durability::Always);
    constexpr int clients = 10, rounds = 20;
    std::vector<Session*> sessions;
    for (int client = 0; client < clients; client++)
        sessions.push_back(life.connect());
    // Four clients ask in each turn, and again once they have got their replies; a commit takes four turns.
    std::vector<int> asks_at(clients), replies(clients);
    for (int client = 0; client < clients; client++)
        asks_at[client] = client / 4;
    const auto before = disk.counters().writes;
    for (int turn = 0, done = 0, due = 0; done < clients * rounds; turn++) {
        REQUIRE(turn < 100 * rounds);
        now_us += 100;
        if (turn >= due) {
            life.recorder->turn();
            due = life.log->is_writing() ? turn + 4 : turn;
        }
        for (int client = 0; client < clients; client++) {
            if (Life::take(sessions[client]) == "+OK\r\n") {
                done++;
                asks_at[client] = turn + 1 + client / 4;
            }
            if (asks_at[client] == turn)
                life.send(sessions[client], {"set", std::format("key{}", client), "value"});
        }
    }
    MESSAGE("commits of ", clients * rounds, " requests: ", disk.counters().writes - before);
    CHECK(disk.counters().writes - before < rounds * 3 / 2);
}
