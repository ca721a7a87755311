// Several shards with journals on one disk: replies that wait, room that is shared out, disks that are full or fail.
#include "tests/unit/kv-journal/shards.hpp"

#include <cstring>
#include <doctest/doctest.h>
#include <format>

using namespace journal_test;

namespace {

constexpr std::uint64_t begin_us = 1'700'000'000'000'000;
const std::string full = "-MISCONF Errors writing to the AOF file: No space left on device\r\n";
const std::string failed = "-MISCONF Errors writing to the AOF file: Input/output error\r\n";

bool has_line(const std::string& page, std::string_view line) {
    return page.find(std::format("\r\n{}\r\n", line)) != std::string::npos;
}

// A shard's journal, to be written to without asking its recorder.
RingLog log_of(ShardsLife& life, unsigned shard) {
    const Log& log = life.shards[shard]->server.recorder->log();
    const auto work = [](void* writer) { (void)static_cast<LogWriter*>(writer)->poll(); };
    return {*life.lines[shard], log.beginning(), log.position(), {work, &life.keeping->writer()}};
}

// A unit with one record of 20,000 octets that does nothing.
std::vector<char> long_unit() {
    std::vector<char> unit(20'000);
    const RecordHeader header{static_cast<std::uint8_t>(RecordKind::Erase),
                              0,
                              0,
                              0,
                              static_cast<std::uint32_t>(unit.size() - unit_length_octets - sizeof header),
                              0,
                              0};
    std::memcpy(unit.data() + unit_length_octets, &header, sizeof header);
    return unit;
}

} // namespace

TEST_CASE("kv shards: with always nobody is told of what is not durable, and nobody runs later for that") {
    now_us = begin_us;
    MemoryDisk disk;
    make_journal(disk, 2);
    ShardsLife life(disk, 2, Durability::Always);
    Session *writer = life.connect(), *reader = life.connect();
    const std::string key = life.key(1), near = life.key(1, 1), far = life.key(0);
    CHECK(life.ask(reader, {"get", key}) == "$-1\r\n");
    life.send(writer, {"set", key, "value"});
    life.send(writer, {"incr", near});
    life.send(writer, {"incr", near});
    life.send(reader, {"get", far});
    CHECK(ShardsLife::take(reader) == "$-1\r\n"); // of another shard, which has changed nothing
    life.send(reader, {"get", key});
    CHECK(ShardsLife::take(writer) == "");
    CHECK(ShardsLife::take(reader) == "");
    CHECK(life.shards[1]->server.databases[0].size() == 2); // what waits is the replies
    life.settle();
    CHECK(ShardsLife::take(writer) == "+OK\r\n:1\r\n:2\r\n");
    CHECK(ShardsLife::take(reader) == "$5\r\nvalue\r\n");
}

TEST_CASE("kv shards: replies longer than a message wait, and leave whole and in order") {
    now_us = begin_us;
    MemoryDisk disk;
    make_journal(disk, 2);
    ShardsLife life(disk, 2, Durability::Always);
    Session* session = life.connect();
    const std::string key = life.key(1), value(300'000, 'v');
    CHECK(life.ask(session, {"set", key, value}) == "+OK\r\n");
    life.send(session, {"append", key, "w"});
    life.send(session, {"get", key});
    life.send(session, {"strlen", key});
    CHECK(ShardsLife::take(session) == "");
    life.settle();
    CHECK(ShardsLife::take(session) == ":300001\r\n$300001\r\n" + value + "w\r\n:300001\r\n");
}

TEST_CASE("kv shards: what asks about the disk is answered for all") {
    now_us = begin_us;
    MemoryDisk disk({.bytes = 40u << 20});
    make_journal(disk, 2);
    {
        ShardsLife life(disk, 2, Durability::Batch);
        Session* session = life.connect();
        for (unsigned number = 0; number < 40; number++)
            life.ask(session, {"set", life.key(number % 2, number), "value"});
        std::string page = life.ask(session, {"info", "persistence"});
        CHECK(has_line(page, "durability:batch"));
        CHECK(has_line(page, "rdb_changes_since_last_save:40"));
        CHECK(has_line(page, "aof_last_write_status:ok"));
        CHECK(life.ask(session, {"config", "get", "append*"}) ==
              "*4\r\n$10\r\nappendonly\r\n$3\r\nyes\r\n$11\r\nappendfsync\r\n$8\r\neverysec\r\n");
        CHECK(life.ask(session, {"save"}) == "+OK\r\n");
        now_us += 5'000'000;
        life.send(session, {"bgsave"});
        CHECK(ShardsLife::take(session) == "+Background saving started\r\n");
        life.settle();
        CHECK(life.ask(session, {"lastsave"}) == std::format(":{}\r\n", begin_us / 1'000'000 + 5));
        page = life.ask(session, {"info"});
        CHECK(has_line(page, "rdb_changes_since_last_save:0"));
        CHECK(has_line(page, "rdb_bgsave_in_progress:0"));
        CHECK(has_line(page, "db0:keys=40,expires=0,avg_ttl=0"));
        for (unsigned shard = 0; shard < 2; shard++)
            CHECK(journal_test::contents_of(life.shards[shard]->server).size() == 20);
        life.ask(session, {"swapdb", "0", "1"});
        life.ask(session, {"set", life.key(0), "again"});
        REQUIRE(life.keeping->close());
    }
    for (const unsigned count : {2u, 5u, 1u}) {
        ShardsLife life(disk, count, Durability::Always);
        Session* session = life.connect();
        CHECK(has_line(life.ask(session, {"info", "persistence"}), "recovered_keys:41"));
        CHECK(life.ask(session, {"dbsize"}) == ":1\r\n");
        for (unsigned number = 0; number < 40; number++)
            REQUIRE(life.shards[shard_of(life.key(number % count, number), count)]->server.databases[0].size() <= 1);
        life.ask(session, {"select", "1"});
        CHECK(life.ask(session, {"dbsize"}) == ":40\r\n");
        CHECK(life.ask(session, {"get", life.key(0)}) == "$5\r\nvalue\r\n");
    }
}

TEST_CASE("kv shards: a snapshot is begun by all, by one that writes another behind that") {
    now_us = begin_us;
    MemoryDisk disk({.bytes = 40u << 20});
    make_journal(disk, 2);
    ShardsLife life(disk, 2, Durability::Batch);
    Session* session = life.connect();
    for (unsigned number = 0; number < 40; number++)
        life.ask(session, {"set", life.key(number % 2, number), "value"});
    Recorder& writing = *life.shards[0]->server.recorder;
    writing.scan_octets = 64;
    CHECK(writing.begin_snapshot());
    life.turn();
    REQUIRE(writing.is_scanning());
    for (const char* command : {"bgsave", "bgrewriteaof"}) {
        life.send(session, {command});
        CHECK(ShardsLife::take(session).starts_with("+Background "));
    }
    unsigned written[2] = {}; // journals begin where the last snapshot does
    std::uint64_t beginnings[2];
    for (unsigned shard = 0; shard < 2; shard++)
        beginnings[shard] = life.shards[shard]->server.recorder->log().beginning();
    for (unsigned turns = 0; turns < 200; turns++) {
        life.turn();
        now_us += 1000;
        for (unsigned shard = 0; shard < 2; shard++) {
            const std::uint64_t beginning = life.shards[shard]->server.recorder->log().beginning();
            written[shard] += beginning != std::exchange(beginnings[shard], beginning);
        }
    }
    CHECK(written[0] == 2);
    CHECK(written[1] == 1);
    REQUIRE(life.keeping->close());
}

TEST_CASE("kv shards: a full disk refuses what grows on every shard, serves reads, and goes on when keys have gone") {
    now_us = begin_us;
    MemoryDisk disk({.bytes = 40u << 20});
    make_journal(disk, 3);
    Contents before;
    {
        ShardsLife life(disk, 3, Durability::Always);
        Session* session = life.connect();
        const std::string value(20'000, 'x');
        int kept = 0;
        std::string reply;
        // Of one shard more than of the others: the room is nobody's own.
        const auto some_key = [&](int number) { return life.key(number % 4 == 3 ? 0 : 1, unsigned(number)); };
        while (kept < 2000 && (reply = life.ask(session, {"set", some_key(kept), value})) == "+OK\r\n")
            kept++;
        MESSAGE("values of 20,000 octets on a disk of 40 MiB: ", kept);
        CHECK(kept > 40);
        CHECK(reply == full);
        CHECK(life.ask(session, {"get", some_key(1)}).size() > 20'000);
        std::vector<std::string> keys;
        for (unsigned shard = 0; shard < 3; shard++)
            CHECK(life.ask(session, {"set", life.key(shard, 5000), std::string(2'000'000, 'y')}) == full);
        // The same keys over and over fill the journals, not the keys: snapshots make room.
        for (int number = 0; number < kept; number++)
            CHECK(life.ask(session, {"del", some_key(number)}) == ":1\r\n");
        for (int number = 0; number < 4 * kept; number++)
            REQUIRE(life.ask(session, {"set", life.key(static_cast<unsigned>(number % 3)), value}) == "+OK\r\n");
        CHECK_FALSE(life.keeping->writer().has_failed());
        before = life.contents();
    }
    ShardsLife life(disk, 3, Durability::Always);
    CHECK(life.contents() == before);
}

TEST_CASE("kv shards: what one shard was granted another one does not get") {
    now_us = begin_us;
    MemoryDisk disk({.bytes = 20u << 20});
    make_journal(disk, 2);
    ShardsLife life(disk, 2, Durability::None);
    // Both write as much as they may, and nobody asks whether a snapshot will fit.
    std::vector<char> unit = long_unit();
    LogWriter& writer = life.keeping->writer();
    std::array<RingLog, 2> logs = {log_of(life, 0), log_of(life, 1)};
    std::array<unsigned, 2> taken{};
    for (bool any = true; any;) {
        any = false;
        for (unsigned shard = 0; shard < 2; shard++)
            if (logs[shard].append(unit)) {
                any = true;
                taken[shard]++;
            }
    }
    CHECK(taken[0] + taken[1] > 200);
    CHECK(logs[0].commit());
    CHECK(logs[1].commit());
    CHECK_FALSE(writer.has_failed());
    CHECK(logs[0].state() == LogState::Full);
    const std::string long_value(100'000, 'z');
    REQUIRE(logs[0].begin_long());
    bool fits = true;
    for (unsigned pieces = 0; fits && pieces < 300; pieces++)
        fits = logs[0].add_long(long_value);
    CHECK_FALSE(fits);
    const std::uint64_t position = logs[0].position();
    while (writer.poll()) {
    }
    CHECK(position == life.journals->log(0).position());
    CHECK_FALSE(writer.has_failed());
}

TEST_CASE("kv shards: a disk without room to share its keys out anew says so, and is left as it is") {
    now_us = begin_us;
    MemoryDisk disk({.bytes = 20u << 20});
    make_journal(disk, 2);
    Contents before;
    std::uint64_t pages = 0;
    {
        ShardsLife life(disk, 2, Durability::Always);
        Session* session = life.connect();
        for (unsigned number = 0; number < 20; number++)
            life.ask(session, {"set", life.key(number % 2, number), std::string(20'000, 'x')});
        before = life.contents();
        RingLog log = log_of(life, 1);
        for (std::vector<char> unit = long_unit(); log.append(unit);) {
        }
        REQUIRE(life.keeping->close());
        pages = life.journals->store().pages_used();
    }
    for (unsigned tries = 0; tries < 2; tries++) {
        std::string problem;
        const ShardsLife life(disk, 3, Durability::Always, &problem);
        CHECK(problem == "the disk has too little room to share its keys out anew; start with --vcores 2, as they are, "
                         "or with a larger disk");
    }
    ShardsLife life(disk, 2, Durability::Always);
    CHECK(life.contents() == before);
    CHECK(life.journals->store().pages_used() == pages);
    CHECK(life.ask(life.connect(), {"flushall"}) == full);
}

TEST_CASE("kv shards: of journals that were prepared and never adopted nothing is left") {
    MemoryDisk disk;
    make_journal(disk, 2);
    {
        Journals journals(disk);
        REQUIRE(journals.open({}));
        journals.prepare(3);
        std::vector<char> unit = long_unit();
        REQUIRE(journals.prepared(2).append(unit));
        REQUIRE(journals.prepared(2).commit());
        CHECK(journals.store().pages_used() == 5);
    }
    Journals journals(disk);
    REQUIRE(journals.open({}));
    CHECK(journals.count() == 2);
    CHECK(journals.store().pages_used() == 0);
}

TEST_CASE("kv shards: when the disk fails who waits is dropped, writes are refused on every shard, and reads go on") {
    now_us = begin_us;
    MemoryDisk disk;
    make_journal(disk, 2);
    ShardsLife life(disk, 2, Durability::Always);
    Session *writer = life.connect(), *other = life.connect();
    const std::string key = life.key(1), far = life.key(0);
    REQUIRE(life.ask(writer, {"set", key, "old"}) == "+OK\r\n");
    disk.failing_write = disk.write_number;
    life.send(writer, {"set", key, "new"});
    for (int turns = 0; turns < 6; turns++)
        life.turn();
    CHECK(writer->broken);
    CHECK(ShardsLife::take(writer) == "");
    for (const std::string& each : {key, far}) {
        life.send(other, {"set", each, "newer"});
        CHECK(ShardsLife::take(other) == failed);
    }
    life.send(other, {"get", far});
    CHECK(ShardsLife::take(other) == "$-1\r\n");
    CHECK_FALSE(life.keeping->close());
}

TEST_CASE("kv shards: a transaction larger than a ring is one unit of the journal") {
    now_us = begin_us;
    MemoryDisk disk({.bytes = 80u << 20});
    make_journal(disk, 2);
    Contents before;
    {
        ShardsLife life(disk, 2, Durability::Always);
        Session* session = life.connect();
        life.ask(session, {"set", "{t}long", std::string(5'000'000, 'y')});
        life.send(session, {"multi"});
        for (int number = 0; number < 300; number++)
            life.send(session, {"set", std::format("{{t}}{}", number), std::string(3'000, 'z')});
        CHECK(life.ask(session, {"exec"}).ends_with("+OK\r\n"));
        before = life.contents();
        CHECK(before.size() == 301);
    }
    ShardsLife life(disk, 4, Durability::Always);
    CHECK(life.contents() == before);
}
