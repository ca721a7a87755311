// Connections over several shards: where requests run, in which order replies leave, what is refused and what is one
// answer of many.
#include "tests/unit/kv/shard_lab.hpp"

#include <set>

using namespace kv_test;

namespace {

constexpr std::string_view crossed = "-CROSSSLOT Keys in request don't hash to the same slot\r\n";

std::string bulk(const std::string& text) {
    return std::format("${}\r\n{}\r\n", text.size(), text);
}

} // namespace

TEST_CASE("kv front: keys lie where their slots are, in ranges that are all of them") {
    for (const unsigned shards : {1u, 2u, 3u, 7u, 64u}) {
        unsigned last = 0;
        for (unsigned slot = 0; slot < slots_count; slot++) {
            const unsigned shard = shard_of_slot(slot, shards);
            CHECK((shard == last || shard == last + 1));
            last = shard;
        }
        CHECK(last == shards - 1);
    }
    Vcores vcores(3);
    Peer peer(vcores);
    for (unsigned shard = 0; shard < 3; shard++) {
        CHECK(peer.ask({"SET", vcores.key(shard), "x"}) == "+OK\r\n");
        for (unsigned other = 0; other < 3; other++)
            CHECK(vcores.shards[other]->server.databases[0].size() == (other <= shard));
    }
    CHECK(vcores.front->server.databases[0].size() == 0);
}

TEST_CASE("kv front: replies leave in the order of their requests, whichever shard is done first") {
    Vcores vcores(3);
    Peer peer(vcores);
    for (unsigned shard = 0; shard < 3; shard++)
        peer.ask({"SET", vcores.key(shard), std::format("of {}", shard)});
    for (const unsigned shard : {2u, 0u, 1u, 2u})
        peer.send({"GET", vcores.key(shard)});
    peer.send({"MGET", vcores.key(1), vcores.key(0), "none", vcores.key(1)});
    peer.send({"PING"});
    CHECK(peer.take().empty());
    vcores.shards[0]->poll();
    vcores.shards[1]->poll();
    vcores.front->poll();
    CHECK(peer.take().empty()); // the first is of shard 2
    vcores.shards[2]->poll();
    vcores.front->poll();
    vcores.settle();
    CHECK(peer.take() == bulk("of 2") + bulk("of 0") + bulk("of 1") + bulk("of 2") + "*4\r\n" + bulk("of 1") +
                             bulk("of 0") + "$-1\r\n" + bulk("of 1") + "+PONG\r\n");
}

TEST_CASE("kv front: keys of several shards are refused, or shared out") {
    Vcores vcores(2);
    Peer peer(vcores);
    const std::string one = vcores.key(0), other = vcores.key(1);
    CHECK(peer.ask({"MSET", one, "1", other, "2", vcores.key(0, 1), "3"}) == "+OK\r\n");
    CHECK(peer.ask({"MSET", one, "1", other}).starts_with("-ERR wrong number of arguments for 'mset'"));
    CHECK(peer.ask({"EXISTS", one, other, "none", other}) == ":3\r\n");
    CHECK(peer.ask({"TOUCH", one, other}) == ":2\r\n");
    CHECK(peer.ask({"DBSIZE"}) == ":3\r\n");
    CHECK(peer.ask({"RENAME", one, other}) == crossed);
    CHECK(peer.ask({"MSETNX", one, "1", other, "2"}) == crossed);
    CHECK(peer.ask({"BLPOP", one, other, "0"}) == crossed);
    CHECK(peer.ask({"SUNIONSTORE", one, other}) == crossed);
    CHECK(peer.ask({"GET", one}) == bulk("1"));
    CHECK(peer.ask({"RENAME", one, vcores.key(0, 1)}) == "+OK\r\n");
    CHECK(peer.ask({"UNLINK", one, other}) == ":1\r\n");
}

TEST_CASE("kv front: what took long is told of all shards, the newest first, and each with a number of its own") {
    Vcores vcores(2);
    Peer peer(vcores);
    CHECK(peer.ask({"SLOWLOG", "GET"}) == "*0\r\n");
    peer.ask({"CLIENT", "SETNAME", "slow"});
    peer.ask({"CONFIG", "SET", "slowlog-log-slower-than", "0"});
    peer.ask({"SLOWLOG", "RESET"});
    const std::string early = vcores.key(0), late = vcores.key(1);
    peer.ask({"GET", early});
    shard_lab_us += 2'000'000;
    peer.ask({"GET", late});
    peer.ask({"CONFIG", "SET", "slowlog-log-slower-than", "-1"});
    const std::string all = peer.ask({"SLOWLOG", "GET", "-1"});
    CHECK(all.find(bulk(late)) < all.find(bulk(early)));
    CHECK(all.contains(bulk("slow")));
    CHECK(peer.ask({"SLOWLOG", "GET", "0"}) == "*0\r\n");
    CHECK(peer.ask({"SLOWLOG", "GET", "1"}).starts_with("*1\r\n*6\r\n:"));
    CHECK(peer.ask({"SLOWLOG", "GET", "-2"}) == "-ERR count should be greater than or equal to -1\r\n");
    std::set<std::string> numbers;
    std::size_t entries = 0;
    for (std::size_t at = all.find("*6\r\n"); at != std::string::npos; at = all.find("*6\r\n", at + 1), entries++)
        numbers.insert(all.substr(at + 4, all.find('\r', at + 4) - at - 4));
    CHECK(entries >= 3);
    CHECK(numbers.size() == entries);
}

TEST_CASE("kv front: a transaction is one shard's, and what it watches is watched there") {
    Vcores vcores(2);
    Peer peer(vcores), other(vcores);
    const std::string key = vcores.key(1), near = vcores.key(1, 1), far = vcores.key(0);
    CHECK(peer.ask({"MULTI"}) == "+OK\r\n");
    CHECK(peer.ask({"INCR", key}) == "+QUEUED\r\n");
    CHECK(peer.ask({"SELECT", "3"}) == "+QUEUED\r\n");
    CHECK(peer.ask({"INCR", near}) == "+QUEUED\r\n");
    CHECK(other.ask({"GET", key}) == "$-1\r\n");
    peer.send({"EXEC"});
    peer.send({"GET", near}); // in the database that the transaction selects
    vcores.settle();
    CHECK(peer.take() == "*3\r\n:1\r\n+OK\r\n:1\r\n" + bulk("1"));
    CHECK(peer.ask({"SELECT", "0"}) == "+OK\r\n");
    CHECK(peer.ask({"MULTI"}) == "+OK\r\n");
    CHECK(peer.ask({"INCR", key}) == "+QUEUED\r\n");
    CHECK(peer.ask({"INCR", far}) == "+QUEUED\r\n");
    CHECK(peer.ask({"EXEC"}) == crossed);
    CHECK(peer.ask({"GET", key}) == bulk("1"));
    CHECK(peer.ask({"MULTI"}) == "+OK\r\n");
    CHECK(peer.ask({"INCR", key}) == "+QUEUED\r\n");
    CHECK(peer.ask({"PUBLISH", "a", "b"}) == "+QUEUED\r\n");
    CHECK(peer.ask({"EXEC"}).starts_with("-EXECABORT Transaction discarded because of: 'publish' cannot"));
    CHECK(peer.ask({"EXEC"}) == "-ERR EXEC without MULTI\r\n");

    CHECK(peer.ask({"WATCH", key}) == "+OK\r\n");
    CHECK(peer.ask({"WATCH", far}) == crossed);
    CHECK(other.ask({"INCR", key}) == ":2\r\n");
    CHECK(peer.ask({"MULTI"}) == "+OK\r\n");
    CHECK(peer.ask({"INCR", near}) == "+QUEUED\r\n");
    CHECK(peer.ask({"EXEC"}) == "*-1\r\n");
    CHECK(peer.ask({"WATCH", key}) == "+OK\r\n");
    CHECK(other.ask({"INCR", key}) == ":3\r\n");
    CHECK(peer.ask({"UNWATCH"}) == "+OK\r\n");
    CHECK(peer.ask({"WATCH", far}) == "+OK\r\n");
    CHECK(peer.ask({"MULTI"}) == "+OK\r\n");
    CHECK(peer.ask({"GET", far}) == "+QUEUED\r\n");
    CHECK(peer.ask({"EXEC"}) == "*1\r\n$-1\r\n");
    // An error in the queue ends it, and what is watched.
    CHECK(peer.ask({"WATCH", key}) == "+OK\r\n");
    CHECK(peer.ask({"MULTI"}) == "+OK\r\n");
    CHECK(peer.ask({"GET"}).starts_with("-ERR wrong number"));
    CHECK(peer.ask({"EXEC"}).starts_with("-EXECABORT"));
    CHECK(other.ask({"INCR", key}) == ":4\r\n");
    CHECK(peer.ask({"MULTI"}) == "+OK\r\n");
    CHECK(peer.ask({"GET", key}) == "+QUEUED\r\n");
    CHECK(peer.ask({"EXEC"}) == "*1\r\n" + bulk("4"));
}

TEST_CASE("kv front: who waits for a key keeps nobody else waiting") {
    Vcores vcores(2);
    Peer peer(vcores), other(vcores);
    const std::string list = vcores.key(1);
    peer.send({"BLPOP", list, "0"});
    peer.send({"INCR", vcores.key(0)}); // what comes behind it is not run before it
    peer.send({"PING"});
    vcores.settle();
    CHECK(peer.take().empty());
    CHECK(other.ask({"GET", vcores.key(0)}) == "$-1\r\n");
    CHECK(vcores.front->has_blocked());
    CHECK_FALSE(vcores.front->is_expecting());
    CHECK(other.ask({"CLIENT", "LIST"}).find(" flags=b ") != std::string::npos);
    CHECK(other.ask({"INFO", "clients"}).find("\r\nblocked_clients:1\r\n") != std::string::npos);
    CHECK(other.ask({"RPUSH", list, "a", "b"}) == ":2\r\n");
    CHECK(peer.take() == "*2\r\n" + bulk(list) + bulk("a") + ":1\r\n+PONG\r\n");
    CHECK_FALSE(vcores.front->has_blocked());
    CHECK(other.ask({"LPOP", list}) == bulk("b"));
    peer.send({"BLPOP", list, "0"});
    vcores.settle();
    CHECK(other.ask({"CLIENT", "UNBLOCK", std::to_string(peer.session->id), "ERROR"}) == ":1\r\n");
    CHECK(peer.take() == "-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n");
    // One who is gone takes nothing with him, and his number is another's.
    peer.send({"BLPOP", list, "0"});
    vcores.settle();
    vcores.front->close(peer.session);
    vcores.settle();
    CHECK(other.ask({"RPUSH", list, "c"}) == ":1\r\n");
    Peer third(vcores);
    CHECK(third.ask({"LPOP", list}) == bulk("c"));
    CHECK_FALSE(vcores.front->has_blocked());
}

TEST_CASE("kv front: long requests and replies go in pieces, and wait where they are until there is room") {
    Vcores vcores(2);
    Peer peer(vcores), other(vcores);
    const std::string long_key = vcores.key(1), key = vcores.key(0), value(3'000'000, 'v');
    CHECK(peer.ask({"SET", long_key, value}) == "+OK\r\n");
    CHECK(peer.ask({"SET", key, "short"}) == "+OK\r\n");
    CHECK(peer.ask({"GET", long_key}) == bulk(value));
    // The second long one is behind others: no more than a piece of it comes before it is their turn.
    peer.send({"GET", key});
    peer.send({"GET", long_key});
    peer.send({"GET", key});
    vcores.shards[1]->poll();
    const std::size_t used = used_bytes();
    for (unsigned turn = 0; turn < 50; turn++) {
        vcores.front->poll();
        vcores.shards[1]->poll();
    }
    CHECK(used_bytes() < used + 4 * message_octets_max);
    CHECK(other.ask({"PING"}) == "+PONG\r\n");
    vcores.settle();
    CHECK(peer.take() == bulk("short") + bulk(value) + bulk("short"));
}

TEST_CASE("kv front: nobody who has not said the password reaches a shard") {
    Vcores vcores(2);
    vcores.front->server.config.password.assign("word");
    Peer peer(vcores);
    for (unsigned shard = 0; shard < 2; shard++) {
        CHECK(peer.ask({"SET", vcores.key(shard), "x"}) == "-NOAUTH Authentication required.\r\n");
        CHECK(vcores.shards[shard]->server.databases[0].size() == 0);
    }
    CHECK(peer.ask({"FLUSHALL"}) == "-NOAUTH Authentication required.\r\n");
    CHECK(peer.ask({"AUTH", "word"}) == "+OK\r\n");
    CHECK(peer.ask({"SET", vcores.key(1), "x"}) == "+OK\r\n");
}

TEST_CASE("kv front: SCAN finds every key once, one shard after the other") {
    Vcores vcores(3);
    Peer peer(vcores);
    std::set<std::string> keys, found;
    for (unsigned number = 0; number < 500; number++) {
        const std::string key = std::format("k{}", number);
        peer.ask({"SET", key, "x"});
        keys.insert(key);
    }
    std::string cursor = "0";
    unsigned steps = 0;
    do {
        const std::string reply = peer.ask({"SCAN", cursor, "COUNT", "20"});
        std::vector<std::string> lines;
        for (std::size_t at = 0, end; (end = reply.find("\r\n", at)) != reply.npos; at = end + 2)
            lines.push_back(reply.substr(at, end - at));
        REQUIRE(lines.size() >= 4);
        cursor = lines[2];
        for (std::size_t line = 5; line < lines.size(); line += 2)
            CHECK(found.insert(lines[line]).second);
    } while (cursor != "0" && ++steps < 1000);
    CHECK(found == keys);
    CHECK(steps > 20);
    CHECK(peer.ask({"SCAN", "x"}) == "-ERR invalid cursor\r\n");
}

TEST_CASE("kv front: what all shards have a part in is one answer") {
    Vcores vcores(2);
    Peer peer(vcores);
    peer.ask({"MSET", vcores.key(0), "1", vcores.key(1), "2"});
    CHECK(peer.ask({"KEYS", "*"}).starts_with("*2\r\n"));
    CHECK(peer.ask({"RANDOMKEY"}).starts_with("$5\r\nkey:"));
    CHECK(peer.ask({"INFO", "keyspace"}).find("db0:keys=2,expires=0") != std::string::npos);
    CHECK(peer.ask({"INFO", "commandstats"}).find("cmdstat_mset:calls=2,") != std::string::npos);
    CHECK(peer.ask({"CONFIG", "SET", "maxmemory", "100mb"}) == "+OK\r\n");
    CHECK(peer.ask({"CONFIG", "GET", "maxmemory"}) == "*2\r\n" + bulk("maxmemory") + bulk("104857600"));
    for (auto& shard : vcores.shards)
        CHECK(shard->server.config.max_memory == 52428800);
    CHECK(peer.ask({"CONFIG", "SET", "maxmemory", "x"}).starts_with("-ERR CONFIG SET failed"));
    CHECK(peer.ask({"FLUSHALL", "x"}) == "-ERR syntax error\r\n");
    CHECK(peer.ask({"CLUSTER", "COUNTKEYSINSLOT", std::to_string(slot_of(vcores.key(1)))}) == ":1\r\n");
    CHECK(peer.ask({"FLUSHALL"}) == "+OK\r\n");
    CHECK(peer.ask({"DBSIZE"}) == ":0\r\n");
    CHECK(peer.ask({"RANDOMKEY"}) == "$-1\r\n");
}

TEST_CASE("kv front: CLIENT REPLY silences what shards answer") {
    Vcores vcores(2);
    Peer peer(vcores);
    peer.send({"CLIENT", "REPLY", "SKIP"});
    peer.send({"SET", vcores.key(1), "1"});
    peer.send({"INCR", vcores.key(1)});
    peer.send({"CLIENT", "REPLY", "OFF"});
    peer.send({"INCR", vcores.key(1)});
    peer.send({"MGET", vcores.key(0), vcores.key(1)});
    peer.send({"DBSIZE"});
    peer.send({"CLIENT", "REPLY", "ON"});
    peer.send({"GET", vcores.key(1)});
    vcores.settle();
    CHECK(peer.take() == ":2\r\n+OK\r\n" + bulk("3"));
}

TEST_CASE("kv front: connections come and go in the middle of what they ask") {
    Dice dice;
    Vcores vcores(3);
    std::vector<Peer> peers;
    for (unsigned step = 0; step < 20'000; step++) {
        if (peers.size() < 8) {
            peers.emplace_back(vcores);
        } else if (dice.one_in(40)) {
            const std::size_t gone = dice.below(peers.size());
            vcores.front->close(peers[gone].session);
            peers.erase(peers.begin() + static_cast<std::ptrdiff_t>(gone));
            continue;
        }
        Peer& peer = peers[dice.below(peers.size())];
        const std::string key = dice.name(30);
        switch (dice.below(6)) {
        case 0:
            peer.send({"SET", key, dice.value(dice.one_in(20) ? 300'000 : 300)});
            break;
        case 1:
            peer.send({"MGET", key, dice.name(30), dice.name(30)});
            break;
        case 2:
            peer.send({"BLPOP", "list", "0.001"});
            break;
        case 3:
            peer.send({"RPUSH", "list", dice.value()});
            break;
        case 4:
            peer.send({"DBSIZE"});
            break;
        default:
            peer.send({"GET", key});
        }
        (void)peer.take();
        if (dice.one_in(2))
            vcores.shards[dice.below(3)]->poll();
        if (dice.one_in(2))
            vcores.front->poll();
        if (dice.one_in(30))
            for (auto& shard : vcores.shards)
                shard->server.tick();
        shard_lab_us += dice.below(2000);
    }
    shard_lab_us += 10'000;
    for (auto& shard : vcores.shards)
        shard->server.tick();
    vcores.settle();
    for (Peer& peer : peers) {
        for (unsigned tries = 0; tries < 300 && !vcores.front->is_expecting() && vcores.front->has_blocked(); tries++) {
            shard_lab_us += 10'000;
            for (auto& shard : vcores.shards)
                shard->server.tick();
            vcores.settle();
        }
        (void)peer.take();
        CHECK(peer.ask({"PING"}) == "+PONG\r\n");
    }
    CHECK_FALSE(vcores.front->is_expecting());
    for (auto& shard : vcores.shards)
        CHECK(shard->server.sessions().size() <= peers.size());
}
