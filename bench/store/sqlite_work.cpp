// A mix of SQLite's on a database at /data, in the manner of its speedtest1: transactions of one and of many rows, an
// index, ranges, changes, at SQLite's own defaults (a rollback journal, synchronous FULL).
#include "bench/store/file_lane.hpp"
#include "bench/store/file_work.hpp"

#include <cstdarg>
#include <sqlite3.h>

namespace bench::store {

namespace {

[[gnu::format(printf, 1, 2)]] std::string words_of(const char* form, ...) {
    char text[256];
    va_list values;
    va_start(values, form);
    std::vsnprintf(text, sizeof text, form, values);
    va_end(values);
    return text;
}

class Database {
public:
    explicit Database(const char* path) {
        if (sqlite3_open(path, &database_) != SQLITE_OK)
            fail("opening a database");
    }
    ~Database() { sqlite3_close(database_); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void run(const std::string& words) {
        if (sqlite3_exec(database_, words.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            fail(words.c_str());
    }
    // The first column of the first row.
    std::string ask(const std::string& words) {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(database_, words.c_str(), -1, &statement, nullptr) != SQLITE_OK ||
            sqlite3_step(statement) != SQLITE_ROW)
            fail(words.c_str());
        const std::string answer(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)));
        sqlite3_finalize(statement);
        return answer;
    }

private:
    [[noreturn]] void fail(const char* step) {
        std::fprintf(stderr, "store: SQLite: %s: %s\n", step, sqlite3_errmsg(database_));
        std::exit(1);
    }
    sqlite3* database_ = nullptr;
};

unsigned scattered(unsigned number) {
    return number * 2'654'435'761u % 100'003;
}

void work(Database& database, unsigned rows) {
    database.run("CREATE TABLE t(a INTEGER PRIMARY KEY, b INTEGER, c TEXT)");
    database.run("BEGIN");
    for (unsigned row = 1; row <= rows; ++row)
        database.run(words_of("INSERT INTO t VALUES(%u, %u, 'row number %u of a table')", row, scattered(row), row));
    database.run("COMMIT");
    for (unsigned row = rows + 1; row <= rows + rows / 50; ++row) // a transaction each
        database.run(words_of("INSERT INTO t VALUES(%u, %u, 'alone')", row, scattered(row)));
    database.run("CREATE INDEX i ON t(b)");
    for (unsigned turn = 0; turn < rows / 20; ++turn)
        database.ask(words_of("SELECT count(*), sum(length(c)) FROM t WHERE b BETWEEN %u AND %u", scattered(turn),
                              scattered(turn) + 2000));
    database.run("BEGIN");
    for (unsigned turn = 0; turn < rows / 10; ++turn)
        database.run(words_of("UPDATE t SET b = b + 1, c = 'changed' WHERE a = %u", 1 + turn * 7 % rows));
    database.run("COMMIT");
    database.run("DELETE FROM t WHERE b % 5 = 0");
}

} // namespace

void mix_of_sqlite(Effort effort) {
    const unsigned rows = effort == Effort::smoke ? 500 : 5000;
    const std::uint64_t begin = read_tsc();
    Database database("/data/mix.db");
    work(database, rows);
    const std::uint64_t end = read_tsc();
    if (const std::string said = database.ask("PRAGMA integrity_check"); said != "ok") {
        std::fprintf(stderr, "store: SQLite: the database is damaged: %s\n", said.c_str());
        std::exit(1);
    }
    char buffer[row_bytes_max];
    print_row(format_row(buffer, "sqlite_mix_row", "cycles", (end - begin) * 1000 / rows));
}

} // namespace bench::store
