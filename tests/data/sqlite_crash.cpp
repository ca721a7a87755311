// SQLite in the middle of transactions: each moves an amount between two of many accounts and notes it, and its number
// is said on stdout once it is committed. After the machine was killed, the database must be sound, hold every
// transaction that was said, and no half of one. usage: sqlite_crash FILE JOURNAL write | sqlite_crash FILE JOURNAL
// check
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sqlite3.h>
#include <string>
#include <unistd.h>

namespace {

constexpr int accounts = 500;
sqlite3* database;

[[noreturn]] void fail(const char* what) {
    std::fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(database));
    std::exit(1);
}

void run(const std::string& words) {
    if (sqlite3_exec(database, words.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        fail(words.c_str());
}

std::string ask(const char* words) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(database, words, -1, &statement, nullptr) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        fail(words);
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)); // Safe: SQLite's octets.
    const std::string answer = text ? text : "";
    sqlite3_finalize(statement);
    return answer;
}

void make_tables() {
    run("CREATE TABLE IF NOT EXISTS account(id INTEGER PRIMARY KEY, amount INTEGER, filler TEXT)");
    run("CREATE TABLE IF NOT EXISTS transfer(id INTEGER PRIMARY KEY, source INTEGER, target INTEGER, amount INTEGER)");
    run("CREATE INDEX IF NOT EXISTS by_source ON transfer(source, amount)");
    if (ask("SELECT count(*) FROM account") == std::to_string(accounts))
        return;
    run("BEGIN");
    for (int i = 0; i < accounts; i++)
        run("INSERT INTO account VALUES(" + std::to_string(i) + ", 1000, '" + std::string(200, 'x') + "')");
    run("COMMIT");
}

void transfer(long number) {
    const std::string source = std::to_string(number * 7 % accounts),
                      target = std::to_string((number * 13 + 1) % accounts);
    const std::string amount = std::to_string(number % 90 + 1);
    run("BEGIN IMMEDIATE");
    run("UPDATE account SET amount = amount - " + amount + " WHERE id = " + source);
    run("UPDATE account SET amount = amount + " + amount + " WHERE id = " + target);
    run("INSERT INTO transfer VALUES(" + std::to_string(number) + "," + source + "," + target + "," + amount + ")");
    run("COMMIT");
}

int check() {
    const std::string sound = ask("PRAGMA integrity_check");
    std::printf("integrity %s\n", sound.c_str());
    std::printf("sum %s\n", ask("SELECT sum(amount) FROM account").c_str());
    std::printf("gaps %s\n", ask("SELECT ifnull(max(id), 0) - count(*) FROM transfer").c_str());
    std::printf("transfers %s\n", ask("SELECT count(*) FROM transfer").c_str());
    return sound == "ok" ? 0 : 1;
}

} // namespace

int main(int count, char** words) {
    if (count != 4 || sqlite3_open(words[1], &database) != SQLITE_OK)
        fail("open");
    run("PRAGMA journal_mode = " + std::string(words[2]));
    run("PRAGMA synchronous = EXTRA"); // a commit that deletes its journal makes that durable, too
    make_tables();
    if (std::strcmp(words[3], "check") == 0)
        return check();
    for (long number = std::atol(ask("SELECT ifnull(max(id), 0) FROM transfer").c_str()) + 1;; number++) {
        transfer(number);
        char line[32];
        (void)!::write(1, line, static_cast<std::size_t>(std::snprintf(line, sizeof line, "0 %ld\n", number)));
    }
}
