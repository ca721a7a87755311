// Commands that wait for keys, on the server itself and at times that the test chooses: who is served, in which order,
// and who goes without.
#include "libos-kv/server/server.hpp"
#include "tests/unit/kv/lab.hpp"

#include <memory>
#include <vector>

using namespace kv_test;

namespace {

std::uint64_t clock_us; // of every server here

class Store {
public:
    Store() {
        clock_us = 1'700'000'000'000'000;
        Surroundings surroundings;
        surroundings.realtime_us = [] { return clock_us; };
        surroundings.monotonic_us = [] { return clock_us; };
        surroundings.seed = 7;
        surroundings.memory_bytes = 1ull << 30;
        server_ = std::make_unique<Server>(surroundings);
    }

    Session& open() { return *server_->open("peer", "local"); }
    void close(Session& session) { server_->close(&session); }
    // What a line of words, or several, is answered at once.
    std::string say(Session& session, const std::string& lines) {
        server_->input(&session, lines + "\r\n");
        return heard(session);
    }
    // What has come since it was last asked.
    std::string heard(Session& session) {
        std::string octets(session.to_send());
        session.sent(octets.size());
        return octets;
    }
    void pass_ms(std::uint64_t time_ms) {
        clock_us += time_ms * 1000;
        server_->tick();
    }
    std::string id(Session& session) { return std::to_string(session.id); }

private:
    std::unique_ptr<Server> server_;
};

std::string pair(const std::string& key, const std::string& value) {
    return "*2\r\n$" + std::to_string(key.size()) + "\r\n" + key + "\r\n$" + std::to_string(value.size()) + "\r\n" +
           value + "\r\n";
}

constexpr const char* nothing = "*-1\r\n";

} // namespace

TEST_CASE("those who wait for a list are served in the order in which they came") {
    const MemoryCheck memory;
    Store store;
    Session& pusher = store.open();
    std::vector<Session*> waiters;
    for (int index = 0; index < 5; index++) {
        waiters.push_back(&store.open());
        CHECK(store.say(*waiters.back(), index % 2 ? "BRPOP other line 0" : "BLPOP line other 0").empty());
    }
    CHECK(store.say(pusher, "RPUSH line a b c") == ":3\r\n");
    CHECK(store.heard(*waiters[0]) == pair("line", "a"));
    CHECK(store.heard(*waiters[1]) == pair("line", "c"));
    CHECK(store.heard(*waiters[2]) == pair("line", "b"));
    CHECK(store.heard(*waiters[3]).empty());
    // Who waits again stands behind the others.
    CHECK(store.say(*waiters[0], "BLPOP line 0").empty());
    CHECK(store.say(pusher, "LPUSH other d") == ":1\r\n");
    CHECK(store.heard(*waiters[3]) == pair("other", "d"));
    CHECK(store.say(pusher, "LPUSH line e") == ":1\r\n");
    CHECK(store.heard(*waiters[4]) == pair("line", "e"));
    CHECK(store.say(pusher, "LPUSH line f") == ":1\r\n");
    CHECK(store.heard(*waiters[0]) == pair("line", "f"));
    CHECK(store.say(pusher, "EXISTS line other") == ":0\r\n");
}

TEST_CASE("a transaction serves at its end, the key first that first had something") {
    Store store;
    Session& pusher = store.open();
    Session& waiter = store.open();
    CHECK(store.say(waiter, "BLPOP first second 0").empty());
    CHECK(store
              .say(pusher, "MULTI\r\nSET first text\r\nDEL first\r\nRPUSH second a\r\nRPUSH first b\r\nLLEN second\r\n"
                           "EXEC")
              .ends_with("*5\r\n+OK\r\n:1\r\n:1\r\n:1\r\n:1\r\n"));
    CHECK(store.heard(waiter) == pair("second", "a"));
    // Within one, nobody waits.
    CHECK(store.say(waiter, "MULTI\r\nBLPOP none 0\r\nBLMOVE none first LEFT LEFT 0\r\nBLMPOP 0 1 none LEFT\r\nEXEC")
              .ends_with("*3\r\n*-1\r\n$-1\r\n*-1\r\n"));
    // What is gone at the end serves nobody.
    CHECK(store.say(waiter, "BLPOP third 0").empty());
    CHECK(store.say(pusher, "MULTI\r\nRPUSH third a\r\nDEL third\r\nEXEC").ends_with("*2\r\n:1\r\n:1\r\n"));
    CHECK(store.heard(waiter).empty());
}

TEST_CASE("one who waits for a list does not mind another type") {
    Store store;
    Session& pusher = store.open();
    Session& waiter = store.open();
    CHECK(store.say(waiter, "BLPOP key 0").empty());
    CHECK(store.say(pusher, "SET key text") == "+OK\r\n");
    CHECK(store.say(pusher, "DEL key") == ":1\r\n");
    CHECK(store.say(pusher, "RPUSH made a") == ":1\r\n");
    CHECK(store.heard(waiter).empty());
    CHECK(store.say(pusher, "RENAME made key") == "+OK\r\n");
    CHECK(store.heard(waiter) == pair("key", "a"));
    // Where it would put an element is another matter, and the element stays for the next one.
    Session& second = store.open();
    CHECK(store.say(pusher, "SET text x") == "+OK\r\n");
    CHECK(store.say(waiter, "BLMOVE key text LEFT LEFT 0").empty());
    CHECK(store.say(second, "BLPOP key 0").empty());
    CHECK(store.say(pusher, "RPUSH key b") == ":1\r\n");
    CHECK(store.heard(waiter).starts_with("-WRONGTYPE "));
    CHECK(store.heard(second) == pair("key", "b"));
}

TEST_CASE("those who wait for a sorted set are served from it, and mind no list") {
    const MemoryCheck memory;
    Store store;
    Session& adder = store.open();
    Session& low = store.open();
    Session& high = store.open();
    Session& many = store.open();
    Session& list = store.open();
    CHECK(store.say(list, "BLPOP board 0").empty());
    CHECK(store.say(low, "BZPOPMIN board other 0").empty());
    CHECK(store.say(high, "BZPOPMAX other board 0").empty());
    CHECK(store.say(many, "BZMPOP 0 2 other board MAX COUNT 2").empty());
    CHECK(store.say(adder, "ZADD board 1 a 2 b 3 c 4 d 5 e") == ":5\r\n");
    CHECK(store.heard(low) == "*3\r\n$5\r\nboard\r\n$1\r\na\r\n$1\r\n1\r\n");
    CHECK(store.heard(high) == "*3\r\n$5\r\nboard\r\n$1\r\ne\r\n$1\r\n5\r\n");
    CHECK(store.heard(many) == "*2\r\n$5\r\nboard\r\n*2\r\n*2\r\n$1\r\nd\r\n$1\r\n4\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n");
    CHECK(store.heard(list).empty());
    CHECK(store.say(adder, "ZRANGE board 0 -1\r\nDEL board") == "*1\r\n$1\r\nb\r\n:1\r\n");
    CHECK(store.say(low, "BZPOPMIN board 0").empty());
    CHECK(store.say(adder, "RPUSH board x y") == ":2\r\n");
    CHECK(store.heard(list) == pair("board", "x"));
    CHECK(store.heard(low).empty());
    CHECK(store.say(high, "BZPOPMAX board 0").starts_with("-WRONGTYPE "));
    CHECK(store.say(adder, "ZADD made 7 z\r\nRENAME made board") == ":1\r\n+OK\r\n");
    CHECK(store.heard(low) == "*3\r\n$5\r\nboard\r\n$1\r\nz\r\n$1\r\n7\r\n");
    CHECK(
        store.say(adder, "MULTI\r\nBZPOPMIN none 0\r\nBZMPOP 0 1 none MIN\r\nEXEC").ends_with("*2\r\n*-1\r\n*-1\r\n"));
    CHECK(store.say(low, "BZPOPMIN none 0.01").empty());
    store.pass_ms(20);
    CHECK(store.heard(low) == nothing);
    CHECK(store.say(adder, "EXISTS board") == ":0\r\n");
}

TEST_CASE("a wait ends in time") {
    Store store;
    Session& waiter = store.open();
    Session& patient = store.open();
    CHECK(store.say(patient, "BLPOP key 0").empty());
    CHECK(store.say(waiter, "BLPOP key 0.25\r\nPING").empty());
    store.pass_ms(240);
    CHECK(store.heard(waiter).empty());
    store.pass_ms(20);
    CHECK(store.heard(waiter) == "*-1\r\n+PONG\r\n");
    // Less than a millisecond is not nothing.
    CHECK(store.say(waiter, "BRPOPLPUSH key key 0.0001").empty());
    store.pass_ms(2);
    CHECK(store.heard(waiter) == nothing);
    CHECK(store.say(waiter, "HELLO 3").starts_with("%7\r\n"));
    CHECK(store.say(waiter, "BLMPOP 1e-3 1 key LEFT").empty());
    store.pass_ms(5);
    CHECK(store.heard(waiter) == "_\r\n");
    for (const char* text : {"-1", "-inf", "inf", "9223372036854775808"})
        CHECK(store.say(waiter, std::string("BLPOP key ") + text) == "-ERR timeout is negative\r\n");
    for (const char* text : {"", "nan", "one", "1s"})
        CHECK(store.say(waiter, std::string("BLPOP key \"") + text + "\"") ==
              "-ERR timeout is not a float or out of range\r\n");
    store.pass_ms(1'000'000'000);
    CHECK(store.heard(patient).empty());
    // He who went without is not in the way.
    CHECK(store.say(waiter, "RPUSH key a") == ":1\r\n");
    CHECK(store.heard(patient) == pair("key", "a"));
}

TEST_CASE("CLIENT UNBLOCK ends a wait") {
    Store store;
    Session& other = store.open();
    Session& waiter = store.open();
    const std::string unblock = "CLIENT UNBLOCK " + store.id(waiter);
    CHECK(store.say(other, unblock) == ":0\r\n");
    CHECK(store.say(waiter, "BLPOP key 0\r\nPING").empty());
    CHECK(store.say(other, unblock) == ":1\r\n");
    CHECK(store.heard(waiter) == "*-1\r\n+PONG\r\n");
    CHECK(store.say(waiter, "BLMOVE key key LEFT LEFT 0").empty());
    CHECK(store.say(other, unblock + " TIMEOUT") == ":1\r\n");
    CHECK(store.heard(waiter) == nothing);
    CHECK(store.say(waiter, "BLPOP key 0").empty());
    CHECK(store.say(other, unblock + " now").starts_with("-ERR CLIENT UNBLOCK reason should be"));
    CHECK(store.say(other, unblock + " error") == ":1\r\n");
    CHECK(store.heard(waiter) == "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
    CHECK(store.say(other, "RPUSH key a") == ":1\r\n");
    CHECK(store.say(other, "LLEN key") == ":1\r\n");
}

TEST_CASE("one who vanishes, or is told to go, takes nothing with him") {
    const MemoryCheck memory;
    Store store;
    Session& pusher = store.open();
    Session& vanished = store.open();
    Session& killed = store.open();
    Session& last = store.open();
    CHECK(store.say(vanished, "BLPOP key other 0").empty());
    CHECK(store.say(killed, "BLPOP key 0").empty());
    CHECK(store.say(last, "BLPOP key 0").empty());
    store.close(vanished);
    CHECK(store.say(pusher, "CLIENT KILL ID " + store.id(killed)) == ":1\r\n");
    CHECK(store.say(pusher, "RPUSH key a") == ":1\r\n");
    CHECK(store.heard(last) == pair("key", "a"));
    CHECK(store.heard(killed).empty());
    store.close(killed);
    CHECK(store.say(pusher, "RPUSH key b\r\nRPUSH other c\r\nLLEN key") == ":1\r\n:1\r\n:1\r\n");
}

TEST_CASE("one who has asked for silence is served in silence") {
    Store store;
    Session& pusher = store.open();
    Session& waiter = store.open();
    CHECK(store.say(waiter, "CLIENT REPLY SKIP\r\nBLPOP key 0\r\nPING").empty());
    CHECK(store.say(pusher, "RPUSH key a") == ":1\r\n");
    CHECK(store.heard(waiter) == "+PONG\r\n");
    CHECK(store.say(waiter, "CLIENT REPLY OFF\r\nBLPOP key 0.001\r\nBLPOP key 0\r\nCLIENT REPLY ON").empty());
    store.pass_ms(10);
    CHECK(store.heard(waiter).empty());
    CHECK(store.say(pusher, "RPUSH key a b") == ":2\r\n");
    CHECK(store.heard(waiter) == "+OK\r\n");
    CHECK(store.say(pusher, "LLEN key") == ":1\r\n");
}

TEST_CASE("a chain of those who wait for each other is served, however long it is") {
    const MemoryCheck memory;
    Store store;
    Session& first = store.open();
    constexpr int links = 5000;
    std::vector<Session*> chain;
    for (int link = 0; link < links; link++) {
        chain.push_back(&store.open());
        const std::string own = std::to_string(link), next = std::to_string(link + 1);
        // Half of them hand on the element itself, half push another one once they have theirs.
        CHECK(store
                  .say(*chain.back(), link % 2 ? "BLMOVE " + own + " " + next + " LEFT RIGHT 0"
                                               : "BLPOP " + own + " 0\r\nRPUSH " + next + " x\r\nLLEN " + next)
                  .empty());
    }
    CHECK(store.say(first, "RPUSH 0 x") == ":1\r\n");
    for (int link = 0; link < links; link++)
        CHECK(store.heard(*chain[static_cast<std::size_t>(link)]) ==
              (link % 2 ? "$1\r\nx\r\n" : pair(std::to_string(link), "x") + ":1\r\n:0\r\n"));
    CHECK(store.say(first, "KEYS *") == "*1\r\n$4\r\n5000\r\n");
}
