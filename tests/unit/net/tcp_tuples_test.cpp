// The table of connections by their ends.
#include "libos/net/tcp/tuples.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace exo::net;

namespace {

TcpTuple tuple_of(std::uint32_t number) {
    return {{Ipv4Address::of(10, 0, 0, 1), 80},
            {Ipv4Address::of(10, 1, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)),
             static_cast<std::uint16_t>(1 + number % 7)}};
}

} // namespace

TEST_CASE("tuples: entries that share a chain are told apart, and each can be taken out") {
    // More entries than first chains, so that some share one; no growth in between, for each order of removal.
    constexpr std::size_t count = 64;
    std::mt19937 generator(1);
    for (int round = 0; round < 50; round++) {
        TupleTable table;
        std::array<TupleEntry, count> entries;
        for (std::size_t i = 0; i < count; i++) {
            entries[i].tuple = tuple_of(static_cast<std::uint32_t>(i));
            table.insert(entries[i]);
        }
        CHECK(table.chains() == count);
        std::array<std::size_t, count> order;
        for (std::size_t i = 0; i < count; i++)
            order[i] = i;
        std::shuffle(order.begin(), order.end(), generator);
        for (std::size_t i = 0; i < count; i++) {
            REQUIRE(table.find(entries[order[i]].tuple) == &entries[order[i]]);
            table.remove(entries[order[i]]);
            table.remove(entries[order[i]]); // nothing more
            CHECK(table.find(entries[order[i]].tuple) == nullptr);
            CHECK(table.count() == count - 1 - i);
            for (std::size_t left = i + 1; left < count; left++)
                REQUIRE(table.find(entries[order[left]].tuple) == &entries[order[left]]);
        }
    }
}

TEST_CASE("tuples: each of the four tells two apart") {
    TupleTable table;
    TupleEntry entry;
    entry.tuple = tuple_of(3);
    table.insert(entry);
    TcpTuple other = entry.tuple;
    other.local.port++;
    CHECK(!table.find(other));
    other = entry.tuple;
    other.remote.port++;
    CHECK(!table.find(other));
    other = entry.tuple;
    other.local.address = Ipv4Address::of(10, 0, 0, 2);
    CHECK(!table.find(other));
    other = entry.tuple;
    other.remote.address = Ipv4Address::of(10, 0, 0, 2);
    CHECK(!table.find(other));
    CHECK(!table.find({entry.tuple.remote, entry.tuple.local}));
    CHECK(table.find(entry.tuple) == &entry);
}

TEST_CASE("tuples: the chains grow with the entries and stay short, whatever the key") {
    constexpr std::size_t count = 16'384;
    for (const std::uint64_t key : {1ull, 0x123456789abcdefull, 0xfeedfacecafebeefull}) {
        TupleTable table;
        table.set_key(key * 0x9e3779b97f4a7c15, key * 0xc2b2ae3d27d4eb4f);
        std::vector<TupleEntry> entries(count);
        for (std::size_t i = 0; i < count; i++) {
            entries[i].tuple = tuple_of(static_cast<std::uint32_t>(i));
            table.insert(entries[i]);
        }
        CHECK(table.chains() == count);
        std::vector<std::size_t> lengths(table.chains());
        std::size_t longest = 0, seen = 0;
        table.for_each([&](TupleEntry& entry) {
            seen++;
            longest = std::max(longest, ++lengths[entry.hash & (table.chains() - 1)]);
            REQUIRE(table.find(entry.tuple) == &entry);
        });
        CHECK(seen == count);
        CHECK(longest <= 12); // of a random one about 8
        table.for_each([&](TupleEntry& entry) { table.remove(entry); });
        CHECK(table.count() == 0);
        CHECK(!table.find(entries[7].tuple));
    }
}

TEST_CASE("tuples: which entries share a chain depends on the key") {
    std::vector<std::size_t> chains[2];
    for (const std::uint64_t key : {3ull, 0x0123456789abcdefull}) {
        TupleTable table;
        table.set_key(key, ~key * 0x9e3779b97f4a7c15);
        for (std::uint32_t i = 0; i < 32; i++) {
            TupleEntry entry;
            entry.tuple = tuple_of(i);
            table.insert(entry);
            chains[key != 3].push_back(entry.hash % table.chains());
            table.remove(entry);
        }
    }
    CHECK(chains[0] != chains[1]);
}
