// What is large is gone at once and freed in pieces, whatever removes it.
#include "tests/unit/kv/client.hpp"

#include <format>
#include <vector>

using namespace kv_test;

namespace {

constexpr std::size_t many = 40'000;

// Many elements a request, so that a test does not take long: the words that `element` gives for each number.
template <typename Element>
void fill(Client& client, std::initializer_list<std::string_view> begin, Element element) {
    constexpr std::size_t at_once = 1000;
    for (std::size_t from = 0; from < many; from += at_once) {
        std::string words;
        std::size_t count = begin.size();
        for (const std::string_view word : begin)
            words += std::format("${}\r\n{}\r\n", word.size(), word);
        for (std::size_t number = from; number < from + at_once; number++)
            for (const std::string& word : element(number)) {
                words += std::format("${}\r\n{}\r\n", word.size(), word);
                count++;
            }
        client.server.input(client.session, std::format("*{}\r\n{}", count, words));
        REQUIRE(!client.take().starts_with('-'));
    }
}
void fill(Client& client, std::string_view what, std::string_view key) {
    using Words = std::vector<std::string>;
    const auto name = [](std::size_t number) { return std::format("e{}", number); };
    if (what == "hash")
        fill(client, {"HSET", key}, [&](std::size_t number) { return Words{name(number), "value"}; });
    else if (what == "set")
        fill(client, {"SADD", key}, [&](std::size_t number) { return Words{name(number)}; });
    else if (what == "list")
        fill(client, {"RPUSH", key}, [&](std::size_t number) { return Words{name(number)}; });
    else if (what == "sorted set")
        fill(client, {"ZADD", key}, [&](std::size_t number) { return Words{std::to_string(number), name(number)}; });
    else if (what == "keys")
        fill(client, {"MSET"}, [&](std::size_t number) { return Words{name(number), "value"}; });
}

std::uint64_t pending(Client& client) {
    const std::string info = client.ask({"INFO", "memory"});
    constexpr std::string_view field = "lazyfree_pending_objects:";
    const std::size_t at = info.find(field);
    REQUIRE(at != info.npos);
    return std::stoull(info.substr(at + field.size()));
}

// Octets that go at once: of so many items, and of two groups of an index.
constexpr std::size_t piece_octets = (Garbage::items_a_piece + 200) * 64 + 2 * 32'768;

} // namespace

TEST_CASE("kv garbage: what is large is gone at once and freed in pieces") {
    const MemoryCheck check;
    Server server(surroundings());
    Client client(server);
    client.ask({"CONFIG", "SET", "list-max-listpack-size", "1"}); // as many nodes
    const auto over = [&](const char* what, std::initializer_list<std::string_view> removal) {
        CAPTURE(what);
        CAPTURE(*removal.begin());
        const std::size_t empty = used_bytes();
        fill(client, what, "key");
        const std::size_t full = used_bytes();
        REQUIRE(full > empty + 3 * piece_octets);
        CHECK(!client.ask(removal).starts_with('-'));
        if (*removal.begin() == "PEXPIRE") {
            now_us += 2000;
            CHECK(client.ask({"EXISTS", "key"}) == ":0\r\n");
        }
        CHECK(used_bytes() + piece_octets > full);
        CHECK(pending(client) == (std::string_view(what) == "keys" ? many : 1));
        CHECK(client.ask({"TYPE", "key"}) == (*removal.begin() == "SET" ? "+string\r\n" : "+none\r\n"));
        client.ask({"DEL", "key"});
        std::size_t before = used_bytes(), pieces = 0;
        while (server.tick() == 0) {
            REQUIRE(used_bytes() + piece_octets > before);
            before = used_bytes();
            REQUIRE(++pieces < 1000);
        }
        CHECK(pieces >= many / Garbage::items_a_piece);
        CHECK(pending(client) == 0);
        CHECK(used_bytes() < empty + piece_octets); // buffers of the session
    };
    for (const char* what : {"hash", "set", "list", "sorted set"}) {
        over(what, {"DEL", "key"});
        over(what, {"UNLINK", "key"});
        over(what, {"SET", "key", "value"});
        over(what, {"PEXPIRE", "key", "1"});
    }
    for (const char* command : {"FLUSHALL", "FLUSHDB"}) {
        over("keys", {command});
        over("keys", {command, "ASYNC"});
    }
}

TEST_CASE("kv garbage: memory that is being freed is there before keys have to go for it") {
    const MemoryCheck check;
    Server server(surroundings());
    Client client(server);
    client.ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
    client.ask({"SET", "kept", "value"});
    const std::size_t empty = used_bytes();
    fill(client, "set", "key");
    const std::size_t full = used_bytes();
    client.ask({"DEL", "key"});
    client.ask({"CONFIG", "SET", "maxmemory", std::to_string((empty + full) / 2)});
    for (int round = 0; round < 5; round++)
        CHECK(client.ask({"SET", "other", "value"}) == "+OK\r\n");
    CHECK(used_bytes() <= (empty + full) / 2 + piece_octets);
    CHECK(client.ask({"EXISTS", "kept", "other"}) == ":2\r\n");
}

TEST_CASE("kv garbage: a large value that is evicted makes room for the write that evicts it") {
    const MemoryCheck check;
    Server server(surroundings());
    Client client(server);
    const std::size_t empty = used_bytes();
    client.ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
    fill(client, "hash", "key");
    client.ask({"CONFIG", "SET", "maxmemory", std::to_string((empty + used_bytes()) / 2)});
    CHECK(client.ask({"SET", "other", "value"}) == "+OK\r\n");
    CHECK(client.ask({"EXISTS", "key", "other"}) == ":1\r\n");
}
