// Members by chance: as many as were asked for, different where they must be, each as often as the others; those
// that SPOP gives are gone; and several shards do not choose alike.
#include "libos-kv/command/random_choice.hpp"
#include "tests/unit/kv/shard_lab.hpp"

#include <cmath>
#include <format>
#include <set>
#include <string_view>
#include <vector>

using namespace kv_test;

namespace {

using Words = std::vector<std::string>;

// A store with one connection.
class Store {
public:
    explicit Store(std::uint64_t seed) : server_(surroundings(seed)), session_(server_.open("peer", "here")) {}

    std::string ask(const Words& words) {
        std::string request = std::format("*{}\r\n", words.size());
        for (const std::string& word : words)
            request += std::format("${}\r\n{}\r\n", word.size(), word);
        server_.input(session_, request);
        const std::string reply(session_->to_send());
        session_->sent(reply.size());
        return reply;
    }
    // The strings of a reply that is an array of them.
    Words ask_many(const Words& words) {
        const std::string reply = ask(words);
        REQUIRE(reply.starts_with('*'));
        Words items;
        for (std::size_t at = reply.find("\r\n") + 2; at < reply.size();) {
            const std::size_t size = std::stoul(reply.substr(at + 1, 12)), start = reply.find("\r\n", at) + 2;
            items.push_back(reply.substr(start, size));
            at = start + size + 2;
        }
        REQUIRE(reply.starts_with(std::format("*{}\r\n", items.size())));
        return items;
    }

private:
    static Surroundings surroundings(std::uint64_t seed) {
        Surroundings below;
        below.realtime_us = [] { return std::uint64_t{1'700'000'000'000'000}; };
        below.monotonic_us = [] { return std::uint64_t{1}; };
        below.seed = seed;
        below.memory_bytes = std::uint64_t{1} << 30;
        return below;
    }

    Server server_;
    Session* session_;
};

// Whether something of probability `chance` may have happened so often in so many tries: six standard deviations.
bool is_likely(std::size_t happened, std::size_t tries, double chance) {
    const double expected = static_cast<double>(tries) * chance;
    return std::abs(static_cast<double>(happened) - expected) < 6 * std::sqrt(expected * (1 - chance));
}

Words some_members(bool numbers, std::size_t count) {
    Words members;
    for (std::size_t index = 0; index < count; index++)
        members.push_back(std::format("{}{}", numbers ? "" : "member ", index));
    return members;
}

} // namespace

TEST_CASE("different ones are different, and each is chosen as often") {
    Dice dice;
    Random random(dice.seed);
    constexpr std::size_t size = 60, rounds = 4000;
    const Words all = some_members(false, size);
    for (const std::size_t count : {0, 1, 7, 20, 21, 45, 60}) {
        std::vector<std::size_t> chosen(size);
        for (std::size_t round = 0; round < rounds; round++) {
            std::set<std::string> seen;
            choose_different(
                random, count, size,
                [&](auto visit) {
                    for (const std::string& name : all)
                        visit(name);
                },
                [&](auto visit) { visit(all[random() % size]); },
                [&](std::string_view name) {
                    REQUIRE(seen.emplace(name).second);
                    chosen[std::stoul(std::string(name.substr(7)))]++;
                });
            REQUIRE(seen.size() == count);
        }
        const double chance = static_cast<double>(count) / size;
        for (const std::size_t times : chosen)
            CHECK((count == 0 || count == size ? times == count / size * rounds : is_likely(times, rounds, chance)));
    }
}

TEST_CASE("what SPOP gives was there, and is gone") {
    Dice dice;
    const MemoryCheck memory;
    Store store(dice.seed);
    for (const bool numbers : {true, false})
        for (const std::size_t count : {1, 3, 299}) {
            const Words members = some_members(numbers, 300);
            Words request = {"sadd", "key"};
            request.insert(request.end(), members.begin(), members.end());
            REQUIRE(store.ask(request) == ":300\r\n");
            std::set<std::string> left(members.begin(), members.end());
            while (!left.empty()) {
                for (const std::string& popped : store.ask_many({"spop", "key", std::to_string(count)}))
                    REQUIRE(left.erase(popped) == 1);
                REQUIRE(store.ask({"scard", "key"}) == std::format(":{}\r\n", left.size()));
                if (!left.empty())
                    REQUIRE(store.ask({"sismember", "key", *left.begin()}) == ":1\r\n");
            }
            REQUIRE(store.ask({"exists", "key"}) == ":0\r\n");
        }
}

TEST_CASE("a negative count lets members repeat, and does not fill all memory") {
    Dice dice;
    Store store(dice.seed);
    const Words members = some_members(false, 4);
    store.ask({"sadd", "set", members[0], members[1], members[2], members[3]});
    store.ask({"zadd", "sorted", "1", members[0], "2", members[1], "3", members[2], "4", members[3]});
    store.ask({"hset", "hash", members[0], "1", members[1], "2", members[2], "3", members[3], "4"});
    const std::string too_much = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
    store.ask({"config", "set", "maxmemory", "64mb"});
    for (const auto& [command, key] :
         {std::pair("srandmember", "set"), std::pair("zrandmember", "sorted"), std::pair("hrandfield", "hash")}) {
        std::vector<std::size_t> chosen(members.size());
        for (const std::string& member : store.ask_many({command, key, "-4000"}))
            chosen.at(std::stoul(member.substr(7)))++;
        for (const std::size_t times : chosen)
            CHECK(is_likely(times, 4000, 0.25));
        CHECK(store.ask_many({command, key, "100"}).size() == members.size());
        CHECK(store.ask({command, key, "-4000000000"}) == too_much);
        CHECK(store.ask({"exists", key}) == ":1\r\n");
    }
}

TEST_CASE("each shard chooses in its own way") {
    Vcores vcores(3);
    std::set<std::uint64_t> first{vcores.front->server.random()};
    for (const auto& shard : vcores.shards)
        first.insert(shard->server.random());
    CHECK(first.size() == 4);
}
