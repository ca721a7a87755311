// Power cuts under SQLite: after each, the database is whole and holds the transactions up to one, which is no older
// than the last that SQLite had said was committed, and no newer than the one that was under way.
#include "tests/unit/files/lab.hpp"
#include "tests/unit/files/sqlite_files.hpp"

#include <cstdlib>
#include <doctest/doctest.h>
#include <sqlite3.h>
#include <string>

using namespace files_test;
using namespace store_test;

namespace {

constexpr int accounts = 40, balance_at_first = 1000, rows_kept = 25;

class Database {
public:
    // `journal`: "delete", "truncate" or "wal".
    Database(SqliteFiles& where, const std::string& journal) {
        opened_ = sqlite3_open_v2("test.db", &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                  sqlite_on(where)) == SQLITE_OK;
        opened_ = opened_ && run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=MEMORY; PRAGMA cache_size=10;"
                                 "PRAGMA page_size=1024; PRAGMA journal_mode=" +
                                 journal + "; PRAGMA synchronous=EXTRA; PRAGMA wal_autocheckpoint=60;");
    }
    ~Database() { sqlite3_close(database_); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    bool is_open() const { return opened_; }
    bool run(const std::string& text) {
        return sqlite3_exec(database_, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
    }
    // The first column of the only row; "?" if there is none.
    std::string ask(const std::string& text) {
        sqlite3_stmt* statement = nullptr;
        std::string answer = "?";
        if (sqlite3_prepare_v2(database_, text.c_str(), -1, &statement, nullptr) == SQLITE_OK &&
            sqlite3_step(statement) == SQLITE_ROW)
            answer.assign(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)),
                          static_cast<std::size_t>(sqlite3_column_bytes(statement, 0)));
        sqlite3_finalize(statement);
        return answer;
    }

private:
    sqlite3* database_ = nullptr;
    bool opened_ = false;
};

// Transaction `number` moves money, leaves a row of its own, and removes the oldest.
std::string transaction(int number) {
    std::string text = "BEGIN;";
    for (int i = 0; i < 3; i++) {
        const int from = number * 7 % accounts, to = (number * 11 + i + 1) % accounts;
        text += "UPDATE account SET balance=balance-" + std::to_string(number % 13 + i) +
                " WHERE id=" + std::to_string(from) + ";UPDATE account SET balance=balance+" +
                std::to_string(number % 13 + i) + " WHERE id=" + std::to_string(to) + ";";
    }
    const std::string n = std::to_string(number);
    text += "INSERT INTO row VALUES(" + n + ", hex(zeroblob(" + std::to_string(number * 37 % 900) + ")) || '" + n +
            "'); DELETE FROM row WHERE number<=" + n + "-" + std::to_string(rows_kept) +
            "; UPDATE last SET number=" + n + "; COMMIT;";
    return text;
}

struct Moment {
    std::size_t events;
    int number;
};

struct Story {
    MemoryDisk disk;
    Contents made;
    std::vector<Moment> begun, committed;
};

void live(Story& story, const std::string& journal, int transactions, bool syncs) {
    REQUIRE(Files::create(story.disk, test_spec(), counting_clock()));
    {
        Files files(story.disk, counting_clock());
        REQUIRE(files.open({.cache_bytes = 4u << 20, .log_bytes_max = 2u << 20}));
        SqliteFiles where{files};
        Database database(where, journal);
        REQUIRE(database.run("CREATE TABLE account(id INTEGER PRIMARY KEY, balance INTEGER);"
                             "CREATE TABLE row(number INTEGER PRIMARY KEY, text TEXT);"
                             "CREATE INDEX by_text ON row(text);"
                             "CREATE TABLE last(number INTEGER); INSERT INTO last VALUES(0);"));
        for (int i = 0; i < accounts; i++)
            REQUIRE(database.run("INSERT INTO account VALUES(" + std::to_string(i) + "," +
                                 std::to_string(balance_at_first) + ");"));
    }
    Octets copy(DiskSpec{}.bytes);
    story.disk.contents.read(0, copy.data(), copy.size());
    story.made.write(0, copy.data(), copy.size());
    story.disk.recording = true;
    Files files(story.disk, counting_clock());
    REQUIRE(files.open({.cache_bytes = 4u << 20, .log_bytes_max = 2u << 20}));
    SqliteFiles where{files, syncs};
    Database database(where, journal);
    for (int number = 1; number <= transactions; number++) {
        story.begun.push_back({story.disk.events.size(), number});
        REQUIRE(database.run(transaction(number)));
        story.committed.push_back({story.disk.events.size(), number});
        if (!syncs && number % 7 == 0)
            files.store().start_commit(); // what is in memory does reach the disk at some time
    }
}

int last_before(const std::vector<Moment>& moments, std::size_t event) {
    int number = 0;
    for (const Moment& moment : moments)
        if (moment.events <= event)
            number = moment.number;
    return number;
}

// What is wrong after a cut; empty: nothing.
std::string judge(MemoryDisk& disk, const std::string& journal, int committed, int begun) {
    Files files(disk, counting_clock());
    if (const auto opened = files.open({.cache_bytes = 4u << 20}); !opened)
        return exo::store::problem_text(opened.error());
    SqliteFiles where{files};
    Database database(where, journal);
    if (!database.is_open())
        return "the database does not open";
    if (const std::string found = database.ask("PRAGMA integrity_check;"); found != "ok")
        return "integrity_check: " + found;
    const int last = std::atoi(database.ask("SELECT number FROM last;").c_str());
    if (last < committed)
        return "transaction " + std::to_string(committed) + " was committed, the last one is " + std::to_string(last);
    if (last > begun)
        return "transaction " + std::to_string(last) + " had not begun";
    if (database.ask("SELECT sum(balance) FROM account;") != std::to_string(accounts * balance_at_first))
        return "a transaction is there in part";
    for (int number = std::max(1, last - rows_kept + 1); number <= last; number++) {
        const std::string n = std::to_string(number);
        if (database.ask("SELECT text=hex(zeroblob(" + std::to_string(number * 37 % 900) + ")) || '" + n +
                         "' FROM row WHERE number=" + n + ";") != "1")
            return "row " + n + " is not what it was";
    }
    if (database.ask("SELECT count(*) FROM row;") != std::to_string(std::min(last, rows_kept)))
        return "rows too many";
    return database.run(transaction(last + 1)) ? "" : "the next transaction fails";
}

struct Outcome {
    std::uint64_t cuts = 0, losses = 0;
    std::string first;
};

Outcome cut(const std::string& journal, int transactions, unsigned tries, bool syncs) {
    const char* const text = std::getenv("EXO_SEED");
    std::mt19937_64 random(text ? std::strtoull(text, nullptr, 0) : 41);
    const bool all = std::getenv("EXO_CUTS") != nullptr;
    Story story;
    live(story, journal, transactions, syncs);
    Replay replay(story.disk.events, &story.made);
    Outcome outcome;
    for (std::size_t event = 0; event <= story.disk.events.size(); event++) {
        replay.go_to(event);
        if (!all && random() % story.disk.events.size() > tries)
            continue;
        for (const unsigned percent : {0u, 50u, 100u}) {
            MemoryDisk disk({}, &replay.durable());
            replay.cut(disk.contents, random, percent);
            const std::string problem =
                judge(disk, journal, last_before(story.committed, event), last_before(story.begun, event));
            outcome.cuts++;
            if (!problem.empty() && outcome.losses++ == 0)
                outcome.first = "event " + std::to_string(event) + " of " + std::to_string(story.disk.events.size()) +
                                ", " + std::to_string(percent) + " %: " + problem;
        }
    }
    MESSAGE("SQLite, journal ", journal, std::string(syncs ? "" : ", no syncs"), ": cuts ", outcome.cuts, ", losses ",
            outcome.losses);
    return outcome;
}

} // namespace

TEST_CASE("power cuts in the middle of SQLite's transactions lose none that was committed") {
    for (const char* const journal : {"delete", "truncate", "wal"}) {
        const Outcome outcome = cut(journal, 60, 40, true);
        CHECK(outcome.cuts > 60);
        CHECK_MESSAGE(outcome.losses == 0, outcome.first);
    }
}

TEST_CASE("power cuts under syncs that do nothing are noticed") {
    CHECK(cut("delete", 30, 30, false).losses > 0);
    CHECK(cut("wal", 30, 30, false).losses > 0);
}
