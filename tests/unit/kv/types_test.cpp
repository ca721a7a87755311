// Hashes, sets and sorted sets against the host's containers, in both of their forms.
#include "libos-kv/data/hash.hpp"
#include "libos-kv/data/limits.hpp"
#include "libos-kv/data/set.hpp"
#include "libos-kv/data/sorted_set.hpp"
#include "tests/unit/kv/lab.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <vector>

using namespace kv_test;

namespace {

using Pairs = std::map<std::string, std::string>;
using Members = std::set<std::string>;
using Scores = std::map<std::string, double>;
using Order = std::vector<std::pair<double, std::string>>;

template <typename Scanned>
void scan_all(const Scanned& scanned, auto visit) {
    std::uint64_t cursor = 0;
    do {
        cursor = scanned.scan(cursor, visit);
    } while (cursor);
}

void check_hash(const Hash& hash, const Pairs& model) {
    REQUIRE(hash.size() == model.size());
    Pairs seen, scanned;
    hash.for_each([&](std::string_view field, std::string_view value) { REQUIRE(seen.emplace(field, value).second); });
    REQUIRE(seen == model);
    scan_all(hash, [&](std::string_view field, std::string_view value) { scanned.emplace(field, value); });
    REQUIRE(scanned == model);
    for (const auto& [field, expected] : model) {
        PackedValue value;
        REQUIRE(hash.get(field, value));
        REQUIRE(value.view() == expected);
    }
}

void check_set(const Set& set, const Members& model) {
    REQUIRE(set.size() == model.size());
    Members seen, scanned;
    set.for_each([&](std::string_view member) { REQUIRE(seen.emplace(member).second); });
    REQUIRE(seen == model);
    scan_all(set, [&](std::string_view member) { scanned.emplace(member); });
    REQUIRE(scanned == model);
    for (std::size_t index = 1; index < set.numbers().size(); index++)
        REQUIRE(set.numbers()[index - 1] < set.numbers()[index]);
}

Order order_of(const Scores& model) {
    Order order;
    for (const auto& [member, score] : model)
        order.emplace_back(score, member);
    std::sort(order.begin(), order.end());
    return order;
}

void check_sorted(const SortedSet& sorted, const Scores& model, Dice& dice) {
    const Order order = order_of(model);
    REQUIRE(sorted.size() == order.size());
    Order seen;
    sorted.for_each([&](std::string_view member, double score) { seen.emplace_back(score, member); });
    REQUIRE(seen == order);
    for (std::size_t rank = 0; rank < order.size(); rank++) {
        REQUIRE(sorted.score(order[rank].second) == order[rank].first);
        REQUIRE(sorted.rank(order[rank].second) == rank);
    }
    Scores scanned;
    scan_all(sorted, [&](std::string_view member, double score) { scanned.emplace(member, score); });
    REQUIRE(scanned == model);
    if (order.empty())
        return;
    const std::size_t first = dice.below(order.size()), count = dice.below(order.size() + 2);
    for (const bool descending : {false, true}) {
        Order range, expected;
        sorted.for_ranks(first, count, descending,
                         [&](std::string_view member, double score) { range.emplace_back(score, member); });
        for (std::size_t step = 0; step < count; step++) {
            const std::size_t rank = descending ? first - step : first + step;
            if (rank >= order.size())
                break;
            expected.push_back(order[rank]);
        }
        REQUIRE(range == expected);
    }
    const double border = order[first].first;
    const auto below = static_cast<std::size_t>(
        std::count_if(order.begin(), order.end(), [&](const auto& pair) { return pair.first < border; }));
    REQUIRE(sorted.count_while([&](double score, std::string_view) { return score < border; }) == below);
}

double random_score(Dice& dice) {
    switch (dice.below(4)) {
    case 0:
        return static_cast<double>(dice.below(5));
    case 1:
        return static_cast<double>(dice.number());
    case 2:
        return dice.one_in(2) ? HUGE_VAL : -HUGE_VAL;
    default:
        return static_cast<double>(dice.number()) / 1024;
    }
}

} // namespace

TEST_CASE("a hash equals a map") {
    Dice dice;
    const MemoryCheck memory;
    for (int life = 0; life < 16; life++) {
        const std::size_t names = life % 2 ? 3000 : 40;
        Hash hash;
        Pairs model;
        for (int step = 0; step < 8000; step++) {
            const std::string field = dice.name(names);
            if (dice.one_in(step < 6000 ? 4 : 2)) {
                REQUIRE(hash.erase(field) == (model.erase(field) == 1));
            } else {
                const std::string value = dice.value(life % 4 < 2 ? 60 : 300);
                REQUIRE(hash.set(field, value) == !model.contains(field));
                model[field] = value;
            }
            PackedValue value;
            const std::string asked = dice.name(names);
            REQUIRE(hash.get(asked, value) == model.contains(asked));
            if (!model.empty()) {
                PackedValue chosen;
                hash.random_pair([&] { return dice.bits(); }, chosen, value);
                REQUIRE(model.at(std::string(chosen.view())) == value.view());
            }
            if (step % 800 == 0)
                check_hash(hash, model);
        }
        check_hash(hash, model);
        CHECK(hash.is_packed() == (names == 40 && life % 4 < 2));
    }
}

TEST_CASE("a hash leaves its listpack where its limits are") {
    Hash many, longer;
    for (int field = 0; field < 512; field++)
        many.set(std::to_string(field), "1");
    CHECK(many.is_packed());
    many.set("0", "2");
    CHECK(many.is_packed());
    many.set("512", "1");
    CHECK(!many.is_packed());
    longer.set("field", std::string(64, 'v'));
    CHECK(longer.is_packed());
    longer.set("field", std::string(65, 'v'));
    CHECK(!longer.is_packed());
    CHECK(longer.size() == 1);
}

TEST_CASE("few numbers take as many octets as the widest needs, and few words no more than they have") {
    const auto bytes_of = [](std::initializer_list<std::string_view> members) {
        Set set;
        for (const std::string_view member : members)
            set.insert(member);
        return set.bytes() - sizeof(Set);
    };
    constexpr std::size_t head = 8;
    CHECK(bytes_of({"1", "2", "-3", "32767"}) == block_bytes(head + 4 * 2));
    CHECK(bytes_of({"1", "2", "-3", "32768"}) == block_bytes(head + 4 * 4));
    CHECK(bytes_of({"1", "-2147483649", "-3", "4"}) == block_bytes(head + 4 * 8));
    Hash hash;
    for (int number = 0; number < 20; number++) {
        hash.set(std::to_string(number), "some value");
        CHECK(hash.bytes() == sizeof(Hash) + block_bytes(hash.pack().bytes()));
    }
    for (int number = 0; number < 19; number++)
        hash.erase(std::to_string(number));
    CHECK(hash.bytes() == sizeof(Hash) + block_bytes(hash.pack().bytes()));
    CHECK(hash.pack().bytes() < 30);
}

TEST_CASE("a set equals a set") {
    Dice dice;
    const MemoryCheck memory;
    for (int life = 0; life < 16; life++) {
        Set set;
        Members model;
        const bool numbers = life % 2 == 0;
        const std::size_t names = life % 4 < 2 ? 300 : 3000;
        for (int step = 0; step < 8000; step++) {
            const auto number = static_cast<std::int64_t>(dice.below(names)) - 100;
            const std::string member =
                numbers ? std::to_string(dice.one_in(40) && step < 20 ? INT64_MIN : number) : dice.name(names);
            if (dice.one_in(3))
                REQUIRE(set.erase(member) == (model.erase(member) == 1));
            else
                REQUIRE(set.insert(member) == model.insert(member).second);
            const std::string asked = dice.name(names);
            REQUIRE(set.contains(asked) == model.contains(asked));
            if (!model.empty()) {
                PackedValue chosen;
                set.random_member([&] { return dice.bits(); }, chosen);
                REQUIRE(model.contains(std::string(chosen.view())));
            }
            if (step % 800 == 0)
                check_set(set, model);
        }
        check_set(set, model);
        CHECK(set.is_numbers() == (numbers && names == 300));
    }
}

TEST_CASE("a set of numbers takes 512 of them, and nothing that is not one's own text") {
    Set set;
    for (int number = 0; number < 512; number++)
        set.insert(std::to_string(number));
    CHECK(set.is_numbers());
    CHECK(!set.contains("01"));
    CHECK(!set.erase("+1"));
    set.insert("512");
    CHECK(!set.is_numbers());
    CHECK(set.size() == 513);
    Set mixed;
    mixed.insert("7");
    mixed.insert("07");
    CHECK(!mixed.is_numbers());
    CHECK(mixed.size() == 2);
    CHECK(mixed.contains("7"));
}

TEST_CASE("a sorted set equals a sorted vector") {
    Dice dice;
    const MemoryCheck memory;
    for (int life = 0; life < 16; life++) {
        const std::size_t names = life % 2 ? 2000 : 40;
        SortedSet sorted;
        Scores model;
        for (int step = 0; step < 6000; step++) {
            const std::string member = dice.name(names);
            if (dice.one_in(step < 4000 ? 5 : 2)) {
                REQUIRE(sorted.erase(member) == (model.erase(member) == 1));
            } else if (dice.one_in(200)) {
                const Order order = order_of(model);
                const std::size_t first = dice.below(order.size() + 1), count = dice.below(20);
                sorted.erase_ranks(first, count);
                for (std::size_t rank = first; rank < order.size() && rank < first + count; rank++)
                    model.erase(order[rank].second);
            } else {
                const double score = random_score(dice);
                sorted.set(member, score);
                model[member] = score;
            }
            const std::string asked = dice.name(names);
            const auto found = model.find(asked);
            REQUIRE(sorted.score(asked) == (found == model.end() ? std::nullopt : std::optional(found->second)));
            if (step % 600 == 0)
                check_sorted(sorted, model, dice);
        }
        check_sorted(sorted, model, dice);
        CHECK(sorted.is_packed() == (names == 40));
        if (sorted.is_packed())
            sorted.unpack();
        CHECK(!sorted.is_packed());
        check_sorted(sorted, model, dice);
    }
}
