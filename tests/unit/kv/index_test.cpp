// The index of items by their key against a map, through growth and shrinking, and what a scan promises.
#include "libos-kv/data/index.hpp"
#include "tests/unit/kv/lab.hpp"

#include <map>
#include <set>
#include <vector>

using namespace kv_test;

namespace {

struct Item {
    std::string key;
    std::uint64_t value;
};
struct ItemTraits {
    using Item = ::Item;
    static std::string_view key(const Item& item) { return item.key; }
};
using ItemIndex = Index<ItemTraits>;
using Model = std::map<std::string, std::uint64_t>;

void check_all(const ItemIndex& index, const Model& model) {
    REQUIRE(index.size() == model.size());
    REQUIRE(index.empty() == model.empty());
    Model seen;
    index.for_each([&](const Item& item) { REQUIRE(seen.emplace(item.key, item.value).second); });
    REQUIRE(seen == model);
    for (const auto& [key, value] : model) {
        const Item* item = index.get(key);
        REQUIRE(item);
        REQUIRE(item->value == value);
    }
}

struct Play {
    Dice& dice;
    ItemIndex index;
    Model model;

    explicit Play(Dice& its_dice) : dice(its_dice) {}
    ~Play() {
        index.drain([](Item& item) { delete &item; });
        CHECK(index.size() == 0);
        CHECK(index.get("key:1") == nullptr);
    }
    void put(const std::string& key) {
        const std::uint64_t value = dice.bits();
        Item** place = index.find(key);
        REQUIRE((place != nullptr) == model.contains(key));
        if (place) {
            Item* old = std::exchange(*place, new Item{key, value});
            delete old;
        } else {
            index.insert(new Item{key, value});
        }
        model[key] = value;
    }
    void remove(const std::string& key) {
        Item* item = index.remove(key);
        const auto found = model.find(key);
        REQUIRE((item != nullptr) == (found != model.end()));
        if (!item)
            return;
        REQUIRE(item->value == found->second);
        model.erase(found);
        delete item;
    }
};

} // namespace

TEST_CASE("an index equals a map while it grows and shrinks") {
    Dice dice;
    const MemoryCheck memory;
    for (const std::size_t names : {std::size_t{12}, std::size_t{500}, std::size_t{60'000}}) {
        Play play(dice);
        bool moved = false;
        for (int wave = 0; wave < 6; wave++) {
            const bool growing = wave % 2 == 0;
            for (std::size_t step = 0; step < names * (growing ? 2 : 5); step++) {
                const std::string key = dice.name(names);
                if (dice.one_in(6) == growing)
                    play.remove(key);
                else
                    play.put(key);
                moved |= play.index.is_moving();
                if (dice.one_in(300))
                    play.index.step();
                if (dice.one_in(names))
                    check_all(play.index, play.model);
            }
            check_all(play.index, play.model);
        }
        CHECK(moved == (names > 10'000));
    }
}

TEST_CASE("an index that was filled and emptied is small again") {
    Dice dice;
    const MemoryCheck memory;
    Play play(dice);
    constexpr std::size_t count = 50'000;
    for (std::size_t which = 0; which < count; which++)
        play.put(std::to_string(which));
    const std::size_t full = play.index.table_bytes();
    CHECK(full < count * 32);
    for (std::size_t which = 0; which < count; which++)
        play.remove(std::to_string(which));
    while (play.index.step()) {
    }
    CHECK(play.index.table_bytes() < full / 100);
    CHECK(play.index.empty());
}

TEST_CASE("a scan visits what was there from its beginning to its end") {
    Dice dice;
    const MemoryCheck memory;
    for (int round = 0; round < 30; round++) {
        Play play(dice);
        // Some keys stay; others come or go so that the table changes its size under the scan.
        std::set<std::string> staying;
        const std::size_t stay = dice.below(3000), others = dice.below(30'000);
        for (std::size_t which = 0; which < stay; which++) {
            staying.insert("stay" + std::to_string(which));
            play.put("stay" + std::to_string(which));
        }
        const bool shrinking = dice.one_in(2);
        for (std::size_t which = 0; shrinking && which < others; which++)
            play.put(std::to_string(which));
        std::set<std::string> seen;
        std::uint64_t cursor = 0;
        std::size_t which = 0, calls = 0;
        do {
            cursor = play.index.scan(cursor, [&](const Item& item) { seen.insert(item.key); });
            REQUIRE(++calls < 200'000);
            for (int change = 0; change < 20 && which < others; change++, which++) {
                if (shrinking)
                    play.remove(std::to_string(which));
                else
                    play.put(std::to_string(which));
            }
        } while (cursor);
        for (const std::string& key : staying)
            REQUIRE(seen.contains(key));
    }
}

TEST_CASE("a scan goes on from any cursor") {
    Dice dice;
    Play play(dice);
    CHECK(play.index.scan(dice.bits(), [](const Item&) { CHECK(false); }) == 0);
    for (int round = 0; round < 3000; round++)
        play.put(dice.name(5000));
    for (int round = 0; round < 10'000; round++) {
        const std::uint64_t next =
            play.index.scan(dice.bits(), [&](const Item& item) { REQUIRE(play.model.contains(item.key)); });
        REQUIRE(next < std::uint64_t{1} << 40);
    }
}

TEST_CASE("each item is chosen as often as another") {
    Dice dice;
    Play play(dice);
    constexpr std::size_t items = 200, draws = 200'000;
    for (std::size_t which = 0; which < items; which++)
        play.put(std::to_string(which));
    std::map<std::string, std::size_t> drawn;
    for (std::size_t draw = 0; draw < draws; draw++)
        drawn[(*play.index.random_item([&] { return dice.bits(); }))->key]++;
    CHECK(drawn.size() == items);
    for (const auto& [key, count] : drawn) {
        CAPTURE(key);
        CHECK(count > draws / items * 4 / 5); // more than six deviations away
        CHECK(count < draws / items * 6 / 5);
    }
}
