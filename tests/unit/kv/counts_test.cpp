// What several vcores have counted, as the page of metrics shows it: sums, however full the rings between them are.
#include "tests/unit/kv/shard_lab.hpp"

using namespace kv_test;

TEST_CASE("kv counts: what all vcores have counted is their sum; memory is the shards', connections are the front's") {
    const MemoryCheck check;
    Vcores vcores(2);
    Peer peer(vcores), waiter(vcores);
    CHECK(peer.ask({"SET", vcores.key(0), "x"}) == "+OK\r\n");
    CHECK(peer.ask({"SET", vcores.key(1), "x", "EX", "100"}) == "+OK\r\n");
    CHECK(peer.ask({"GET", vcores.key(0, 1)}) == "$-1\r\n");
    CHECK(peer.ask({"GET", vcores.key(1)}) == "$1\r\nx\r\n");
    CHECK(peer.ask({"FROB"}).starts_with("-ERR unknown command"));
    CHECK(peer.ask({"INCR", vcores.key(1)}).starts_with("-ERR value is not an integer"));
    waiter.send({"BLPOP", vcores.key(1, 1), "0"});
    vcores.settle();
    vcores.shards[0]->server.statistics.turns.note(Work::Expiry, 50'000'000);
    vcores.shards[1]->server.statistics.turns.note(Work::Expiry, 20'000'000);
    CHECK(peer.ask({"INFO", "stats"}).contains("\r\nlongest_turn_expiry_usec:50000000\r\n"));
    Counts counts;
    CHECK_FALSE(vcores.front->collect(counts));
    CHECK(vcores.front->is_expecting()); // nobody sleeps meanwhile
    vcores.shards[0]->poll();
    vcores.front->poll();
    CHECK_FALSE(vcores.front->collect(counts));
    vcores.settle();
    CHECK(vcores.front->collect(counts));
    CHECK_FALSE(vcores.front->is_expecting());
    CHECK(counts.octets().size() <= message_octets_max);
    CHECK(counts.keys(0).all == 2);
    CHECK(counts.keys(0).expiring == 1);
    CHECK(counts[Count::Misses] == 1);
    CHECK(counts.longest_turn_us(Work::Expiry) == 50'000'000); // of one, as INFO says, and no sum
    CHECK(counts[Count::Errors] == 2);
    CHECK(counts[Count::Waiting] == 1);
    CHECK(counts[Count::MemoryBytes] == 2 * shard_surroundings().memory_bytes);
    std::uint64_t commands = vcores.front->server.statistics.commands;
    for (const auto& shard : vcores.shards)
        commands += shard->server.statistics.commands;
    CHECK(counts[Count::Commands] == commands);
    Server& server = vcores.front->server;
    for (std::size_t index = 0; index < server.commands().size(); index++)
        if (server.commands()[index] == server.find_command("set"))
            CHECK(counts.calls(index).ran == 2);
        else if (server.commands()[index] == server.find_command("incr"))
            CHECK(counts.calls(index).failed == 1);
    vcores.front->close(waiter.session);
    vcores.front->close(peer.session);
}

TEST_CASE("kv counts: what is counted comes through rings that were full") {
    Vcores vcores(2);
    Peer peer(vcores);
    const std::string key = vcores.key(1),
                      value(8000, 'x'); // of which 32 fit, and what is counted beside them does not
    const auto collected = [&] {
        Counts counts;
        bool came = vcores.front->collect(counts);
        for (unsigned tries = 0; !came && tries < 100; tries++) {
            vcores.settle();
            came = vcores.front->collect(counts);
        }
        return came && counts.keys(0).all == 1;
    };
    for (unsigned request = 0; request < 40; request++)
        peer.send({"SET", key, value});
    CHECK(collected());
    for (unsigned request = 0; request < 40; request++)
        peer.send({"GET", key});
    Counts counts;
    CHECK_FALSE(vcores.front->collect(counts)); // is asked behind replies that do not fit
    for (unsigned turn = 0; turn < 10; turn++)
        vcores.shards[1]->poll();
    CHECK(collected());
}
