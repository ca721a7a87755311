// What the store does by itself it does in turns, and says how long they were. Time passes by being asked for here:
// each look at the clock takes some.
#include "tests/unit/kv/client.hpp"

#include <format>
#include <vector>

using namespace kv_test;

namespace {

constexpr std::uint64_t look_us = 10, turn_us = 600;
constexpr std::size_t buckets_places = 16; // keys that go together

Surroundings slow_surroundings() {
    Surroundings its = surroundings();
    its.monotonic_us = [] { return now_us += look_us; };
    return its;
}

std::uint64_t number_of(Client& client, std::string_view section, std::string_view name) {
    const std::string info = client.ask({"INFO", section});
    const std::string field = std::format("\r\n{}:", name);
    const std::size_t at = info.find(field);
    REQUIRE(at != info.npos);
    return std::stoull(info.substr(at + field.size()));
}

} // namespace

TEST_CASE("kv turns: what expires at once goes in turns") {
    const MemoryCheck check;
    Server server(slow_surroundings());
    Client client(server);
    constexpr std::size_t count = 5000;
    for (std::size_t number = 0; number < count; number++)
        REQUIRE(client.ask({"SET", std::format("key:{}", number), "value", "EX", "1000"}) == "+OK\r\n");
    now_us += 2'000'000'000;
    client.ask({"CONFIG", "RESETSTAT"});
    std::size_t turns = 0;
    for (std::uint64_t gone = 0; gone < count; turns++) {
        REQUIRE(turns < count);
        const std::int64_t pause_ms = server.tick();
        const std::uint64_t now_gone = number_of(client, "stats", "expired_keys");
        CHECK(now_gone - gone <= turn_us / look_us * buckets_places);
        CHECK((pause_ms < 10 || now_gone - gone < 8)); // it goes on soon
        gone = now_gone;
    }
    CHECK(turns > 10);
    const std::uint64_t longest = number_of(client, "stats", "longest_turn_expiry_usec");
    CHECK(longest >= look_us);
    CHECK(longest < turn_us);
    CHECK(number_of(client, "stats", "longest_turn_usec") >= longest);
    client.ask({"CONFIG", "RESETSTAT"});
    CHECK(number_of(client, "stats", "longest_turn_usec") == 0);
}

TEST_CASE("kv turns: waits that are over at once end in turns") {
    const MemoryCheck check;
    Server server(slow_surroundings());
    Client other(server);
    std::vector<Client> clients;
    for (std::size_t number = 0; number < 3000; number++)
        CHECK(clients.emplace_back(server).ask({"BLPOP", "key", "1000"}).empty());
    now_us += 2'000'000'000;
    other.ask({"CONFIG", "RESETSTAT"});
    std::size_t answered = 0, turns = 0;
    for (; answered < clients.size(); turns++) {
        REQUIRE(turns < clients.size());
        const std::int64_t pause_ms = server.tick();
        std::size_t here = 0;
        for (Client& client : clients)
            here += client.take() == "*-1\r\n";
        CHECK(here <= turn_us / look_us);
        answered += here;
        CHECK((pause_ms <= 1 || answered == clients.size()));
    }
    CHECK(turns > 10);
    CHECK(number_of(other, "stats", "longest_turn_connections_usec") < turn_us);
    CHECK(number_of(other, "clients", "blocked_clients") == 0);
}
