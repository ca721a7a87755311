// The server as whoever carries its octets sees it: messages, output that nobody takes, the address it gives as a
// cluster.
#include "tests/unit/kv/client.hpp"

#include <algorithm>
#include <format>

using namespace kv_test;

TEST_CASE("kv server: a message reaches everyone who listens, once for each way, in their own protocol") {
    const MemoryCheck check;
    Server server(surroundings());
    Client first(server), second(server), sender(server);
    second.ask({"HELLO", "3"});
    CHECK(first.ask({"SUBSCRIBE", "a", "b"}) == "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
                                                "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n");
    CHECK(second.ask({"PSUBSCRIBE", "?"}) == ">3\r\n$10\r\npsubscribe\r\n$1\r\n?\r\n:1\r\n");
    CHECK(second.ask({"SUBSCRIBE", "a"}) == ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:2\r\n");
    CHECK(sender.ask({"PUBLISH", "a", "x"}) == ":3\r\n");
    CHECK(first.take() == "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n");
    CHECK(second.take() == ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n"
                           ">4\r\n$8\r\npmessage\r\n$1\r\n?\r\n$1\r\na\r\n$1\r\nx\r\n");
    CHECK(sender.ask({"SPUBLISH", "a", "x"}) == ":0\r\n");
    CHECK(first.ask({"GET", "key"}).starts_with("-ERR Can't execute 'get'"));
    CHECK(second.ask({"GET", "key"}) == "_\r\n");
    CHECK(first.ask({"RESET"}) == "+RESET\r\n");
    CHECK(sender.ask({"PUBLISH", "b", "x"}) == ":1\r\n"); // the pattern
    server.close(second.session);
    CHECK(sender.ask({"PUBLISH", "b", "x"}) == ":0\r\n");
    CHECK(sender.ask({"PUBSUB", "NUMPAT"}) == ":0\r\n");
    // In Redis no star matches the empty name.
    CHECK(first.ask({"PSUBSCRIBE", "*"}) == "*3\r\n$10\r\npsubscribe\r\n$1\r\n*\r\n:1\r\n");
    CHECK(sender.ask({"PUBLISH", "", "x"}) == ":0\r\n");
    CHECK(sender.ask({"SET", "", "x"}) == "+OK\r\n");
    CHECK(sender.ask({"KEYS", "*"}) == "*1\r\n$0\r\n\r\n");
    CHECK(sender.ask({"KEYS", "**"}) == "*0\r\n");
    CHECK(sender.ask({"SCAN", "0", "MATCH", "*"}).ends_with("*1\r\n$0\r\n\r\n"));
}

TEST_CASE("kv server: CLIENT REPLY silences replies, and no messages") {
    Server server(surroundings());
    Client client(server), sender(server);
    client.ask({"HELLO", "3"});
    client.ask({"SUBSCRIBE", "a"});
    CHECK(client.ask({"CLIENT", "REPLY", "OFF"}).empty());
    CHECK(client.ask({"PING"}).empty());
    CHECK(client.ask({"PUBLISH", "a", "own"}) == ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$3\r\nown\r\n");
    sender.ask({"PUBLISH", "a", "x"});
    CHECK(client.take() == ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n");
    CHECK(client.ask({"CLIENT", "REPLY", "ON"}) == "+OK\r\n");
    CHECK(client.ask({"CLIENT", "REPLY", "SKIP"}).empty());
    CHECK(client.ask({"PING"}).empty());
    CHECK(client.ask({"PING"}) == "+PONG\r\n");
}

TEST_CASE("kv server: subcommands are among the names of commands, and not counted") {
    Server server(surroundings());
    Client client(server);
    const std::string names = client.ask({"COMMAND", "LIST"});
    CHECK(names.contains("\r\nslowlog\r\n"));
    CHECK(names.contains("\r\nslowlog|get\r\n"));
    CHECK(std::stoul(names.substr(1)) > std::stoul(client.ask({"COMMAND", "COUNT"}).substr(1)));
}

TEST_CASE("kv server: output that a subscriber does not take is bounded") {
    Server server(surroundings());
    Client listener(server), sender(server);
    const std::string message(1 << 20, 'm');
    listener.ask({"SUBSCRIBE", "a"});
    std::size_t most = 0;
    for (int index = 0; index < 100; index++) {
        sender.ask({"PUBLISH", "a", message});
        most = std::max(most, listener.session->to_send().size());
    }
    CHECK(listener.session->broken);
    CHECK(most >= 32u << 20);
    CHECK(most < 34u << 20);

    // Over the soft limit for its time: neither at once, nor never.
    Client slow(server);
    slow.ask({"SUBSCRIBE", "b"});
    for (int index = 0; index < 10; index++)
        sender.ask({"PUBLISH", "b", message});
    server.tick();
    CHECK_FALSE(slow.session->broken);
    now_us += 59'000'000;
    server.tick();
    CHECK_FALSE(slow.session->broken);
    now_us += 2'000'000;
    server.tick();
    CHECK(slow.session->broken);

    // A client that only asks has no limit, and one that takes in time none to fear.
    Client quick(server);
    quick.ask({"SUBSCRIBE", "c"});
    for (int index = 0; index < 100; index++) {
        sender.ask({"PUBLISH", "c", message});
        quick.take();
    }
    CHECK_FALSE(quick.session->broken);
}

TEST_CASE("kv server: requests wait while replies are not taken") {
    Surroundings its = surroundings();
    its.memory_bytes = 16u << 20;
    Server server(its);
    Client client(server);
    const std::string value(100'000, 'v'), reply = std::format("$100000\r\n{}\r\n", value);
    client.ask({"SET", "key", value});
    std::string many;
    constexpr std::size_t requests = 200;
    for (std::size_t index = 0; index < requests; index++)
        many += request({"GET", "key"});
    server.input(client.session, many);
    std::size_t came = 0;
    for (int turns = 0; turns < 1000 && client.session->to_send().size(); turns++) {
        CHECK(client.session->to_send().size() < (1u << 20) + reply.size());
        came += client.take().size();
        server.input(client.session, {});
    }
    CHECK(came == requests * reply.size());
    CHECK_FALSE(client.session->paused);
}

TEST_CASE("kv server: a length that was only said takes no memory, and one beyond the machine's ends the connection") {
    Surroundings its = surroundings();
    its.memory_bytes = 64u << 20;
    Server server(its);
    Client liar(server), sender(server);
    const std::size_t before = used_bytes();
    server.input(liar.session, "*2\r\n$4\r\nECHO\r\n$8000000\r\n");
    server.input(liar.session, "some");
    CHECK(used_bytes() < before + (1u << 20));
    CHECK_FALSE(liar.session->broken);
    const std::string part = std::format("$1000000\r\n{}\r\n", std::string(1'000'000, 'x'));
    server.input(sender.session, "*1000\r\n");
    std::size_t most = 0;
    for (int index = 0; index < 500 && !sender.session->broken; index++) {
        server.input(sender.session, part);
        most = std::max(most, used_bytes());
    }
    CHECK(sender.session->broken);
    CHECK(most < its.memory_bytes);
    CHECK(Client(server).ask({"ECHO", "x"}) == "$1\r\nx\r\n");
    CHECK(Client(server)
              .ask({"SETRANGE", "key", "9000000", "x"})
              .starts_with("-ERR string exceeds maximum allowed size"));
}

TEST_CASE("kv server: when memory is full what may grow is refused, and the rest is served") {
    const std::string refused = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
    Server server(surroundings());
    Client client(server);
    server.config.max_memory = static_cast<std::int64_t>(used_bytes() + (1u << 20));
    const std::string value(1000, 'v');
    std::size_t stored = 0;
    while (stored < 2000 && client.ask({"SET", std::format("key:{}", stored), value}) == "+OK\r\n")
        stored++;
    CHECK(stored > 500);
    REQUIRE(stored < 2000);
    CHECK(client.ask({"LPUSH", "list", value + value}) == refused);
    CHECK(client.ask({"GET", "key:0"}) == std::format("$1000\r\n{}\r\n", value));
    CHECK(client.ask({"DBSIZE"}) == std::format(":{}\r\n", stored));
    CHECK(client.ask({"DEL", "key:0", "key:1"}) == ":2\r\n");
    CHECK(client.ask({"SET", "key:0", value}) == "+OK\r\n");
}

TEST_CASE("kv server: with leave to evict, memory that is full stays as it is and every write is taken") {
    Server server(surroundings());
    Client client(server);
    const std::size_t most = used_bytes() + (1u << 20);
    server.config.max_memory = static_cast<std::int64_t>(most);
    server.config.policy = EvictionPolicy::AllKeysLru;
    const std::string value(1000, 'v');
    for (std::size_t index = 0; index < 5000; index++) {
        REQUIRE(client.ask({"SET", std::format("key:{}", index), value}) == "+OK\r\n");
        REQUIRE(used_bytes() < most + (1u << 17));
    }
    CHECK(client.ask({"GET", "key:4999"}) == std::format("$1000\r\n{}\r\n", value));
    CHECK(server.statistics.evicted > 3000);
    CHECK(server.databases[0].size() == 5000 - server.statistics.evicted);
}

TEST_CASE("kv server: as a cluster it names the address at which it is reached") {
    Server server(surroundings());
    Client client(server);
    CHECK(client.ask({"CLUSTER", "SLOTS"}).find("$8\r\n10.0.0.2\r\n:6379\r\n") != std::string::npos);
    CHECK(client.ask({"CLUSTER", "NODES"}).find(" 10.0.0.2:6379@0 myself,master - 0 0 0 connected 0-16383\n") !=
          std::string::npos);
    server.config.announced_address.assign("127.0.0.1");
    server.config.announced_port = 7000;
    CHECK(client.ask({"CLUSTER", "SLOTS"}).find("$9\r\n127.0.0.1\r\n:7000\r\n") != std::string::npos);
    CHECK(client.ask({"CLUSTER", "SHARDS"}).find("$9\r\n127.0.0.1\r\n") != std::string::npos);
}

TEST_CASE("kv server: keys are counted by slot, also after databases have been exchanged") {
    Server server(surroundings());
    Client client(server);
    client.ask({"MSET", "{a}1", "x", "{a}2", "x", "b", "x"});
    CHECK(client.ask({"CLUSTER", "KEYSLOT", "a"}) == ":15495\r\n");
    CHECK(client.ask({"CLUSTER", "COUNTKEYSINSLOT", "15495"}) == ":2\r\n");
    CHECK(client.ask({"CLUSTER", "GETKEYSINSLOT", "15495", "1"}).starts_with("*1\r\n$4\r\n{a}"));
    client.ask({"SWAPDB", "0", "1"});
    CHECK(client.ask({"CLUSTER", "COUNTKEYSINSLOT", "15495"}) == ":0\r\n");
    client.ask({"SWAPDB", "1", "0"});
    CHECK(client.ask({"CLUSTER", "COUNTKEYSINSLOT", "15495"}) == ":2\r\n");
    client.ask({"RENAME", "{a}1", "c"});
    CHECK(client.ask({"CLUSTER", "COUNTKEYSINSLOT", "15495"}) == ":1\r\n");
    client.ask({"MOVE", "{a}2", "1"});
    CHECK(client.ask({"CLUSTER", "COUNTKEYSINSLOT", "15495"}) == ":0\r\n");
    client.ask({"FLUSHALL"});
    CHECK(client.ask({"CLUSTER", "COUNTKEYSINSLOT", "3300"}) == ":0\r\n");
}

TEST_CASE("kv server: what one has waited for counts as output that is not taken") {
    Server server(surroundings());
    Client waiter(server), pusher(server);
    CHECK(pusher.ask({"CONFIG", "SET", "client-output-buffer-limit", "normal 1000 0 0"}) == "+OK\r\n");
    CHECK(waiter.ask({"BLPOP", "a", "0"}).empty());
    CHECK(pusher.ask({"RPUSH", "a", std::string(2000, 'x')}) == ":1\r\n");
    CHECK(waiter.session->broken);
    CHECK_FALSE(pusher.session->broken);
}

TEST_CASE("kv server: a stranger without the password learns nothing, and makes it hold little") {
    Server server(surroundings());
    Client member(server);
    const std::string refused = "-NOAUTH Authentication required.\r\n";
    CHECK(member.ask({"SET", "key", "secret"}) == "+OK\r\n");
    CHECK(member.ask({"CONFIG", "SET", "requirepass", "right"}) == "+OK\r\n");
    CHECK(member.ask({"GET", "key"}) == "$6\r\nsecret\r\n"); // who was there before
    Client stranger(server);
    CHECK(stranger.ask({"GET", "key"}) == refused);
    CHECK(stranger.ask({"MULTI"}) == refused);
    CHECK(stranger.ask({"SUBSCRIBE", "a"}) == refused);
    CHECK(stranger.ask({"CLUSTER", "SLOTS"}) == refused);
    CHECK(stranger.ask({"AUTH", "wrong"}).starts_with("-WRONGPASS "));
    CHECK(stranger.ask({"GET", "key"}) == refused);
    CHECK(stranger.ask({"AUTH", "right"}) == "+OK\r\n");
    CHECK(stranger.ask({"GET", "key"}) == "$6\r\nsecret\r\n");
    Client many(server), large(server);
    server.input(many.session, "*11\r\n");
    CHECK(many.take() == "-ERR Protocol error: unauthenticated multibulk length\r\n");
    CHECK(many.session->closing);
    server.input(large.session, "*2\r\n$4\r\nAUTH\r\n$16385\r\n");
    CHECK(large.take() == "-ERR Protocol error: unauthenticated bulk length\r\n");
    CHECK(large.session->closing);
}

TEST_CASE("kv server: CLIENT LIST counts what came with it, and what is not whole yet") {
    const MemoryCheck check;
    Server server(surroundings());
    Client client(server), other(server);
    server.input(other.session, "*2\r\n$3\r\nGET\r\n");
    const std::string requests = "PING\r\nCLIENT LIST\r\nPING\r\n";
    server.input(client.session, requests);
    const std::string list = client.take();
    CHECK(list.contains(std::format(" qbuf={} ", requests.size())));
    CHECK(list.contains(" qbuf=13 "));
    server.input(other.session, "$1\r\nx\r\n");
    const std::string later = client.ask({"CLIENT", "LIST", "ID", std::to_string(other.session->id)});
    CHECK(later.contains(" qbuf=0 "));
}
