// The index of items by their key against a map, through growth and shrinking, and what a scan promises.
#include "libos-kv/data/entry.hpp"
#include "libos-kv/data/index.hpp"
#include "tests/unit/kv/lab.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

using namespace kv_test;

namespace {

struct Item {
    std::string key;
    std::uint64_t value;
};
std::size_t looks; // at keys of items
struct ItemTraits {
    using Item = ::Item;
    static std::string_view key(const Item& item) {
        looks++;
        return item.key;
    }
};
using ItemIndex = Index<ItemTraits>;
// The machine's, whatever this program is made for.
struct NearReference {
    static constexpr unsigned octets = 5, shift = 3;
    static constexpr std::uintptr_t base = 0x7800'0000'0000;
};
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
        Item* item = new Item{key, value};
        Item* old = index.exchange(item);
        REQUIRE((old != nullptr) == model.contains(key));
        delete old;
        if (!old)
            index.insert(item);
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
        for (int wave = 0; wave < 6; wave++) {
            const bool growing = wave % 2 == 0;
            for (std::size_t step = 0; step < names * (growing ? 2 : 5); step++) {
                const std::string key = dice.name(names);
                if (dice.one_in(6) == growing)
                    play.remove(key);
                else
                    play.put(key);
                if (dice.one_in(names))
                    check_all(play.index, play.model);
            }
            check_all(play.index, play.model);
        }
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
    CHECK(play.index.table_bytes() < full / 100);
    CHECK(play.index.empty());
}

TEST_CASE("an index takes little more than its items need, and no change of it long") {
    Dice dice;
    const MemoryCheck memory;
    Play play(dice);
    constexpr std::size_t count = 100'000, group = 128 * 6, checked_from = 1000;
    std::size_t most = 0;
    for (std::size_t which = 0; which < count; which++) {
        looks = 0;
        play.put(std::to_string(which));
        most = std::max(most, looks);
        if (which % 5000 == 0 && which >= checked_from)
            CHECK(play.index.table_bytes() < play.index.size() * 64 / 6 * 3 / 2);
    }
    CHECK(most > group / 2);
    CHECK(most < group * 2);
    most = 0;
    for (std::size_t which = 0; which < count; which++) {
        looks = 0;
        play.remove(std::to_string(which));
        most = std::max(most, looks);
    }
    CHECK(most > group / 8);
    CHECK(most < group * 2);
}

TEST_CASE("an index is given away in pieces") {
    Dice dice;
    const MemoryCheck memory;
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{100}, std::size_t{20'000}}) {
        Play play(dice);
        for (std::size_t which = 0; which < count; which++)
            play.put(std::to_string(which));
        const std::size_t limit = 1 + dice.below(50);
        ItemIndex::Remains remains(std::move(play.index));
        CHECK(play.index.empty());
        CHECK(remains.size() == count);
        std::size_t left = count, taken = 0;
        while (remains.take(limit, [&](Item& item) {
            taken++;
            REQUIRE(play.model.erase(item.key) == 1);
            delete &item;
        })) {
            REQUIRE(taken >= std::min(limit, left));
            REQUIRE(taken < limit + 63); // and a bucket
            left -= taken;
            taken = 0;
            REQUIRE(remains.size() == left);
        }
        CHECK(play.model.empty());
    }
}

TEST_CASE("a bucket keeps addresses of the machine's direct map in five octets") {
    using Near = Bucket<Item, NearReference>;
    CHECK(Near::places == 10);
    Dice dice;
    for (int round = 0; round < 1000; round++) {
        Near bucket = {};
        Item* items[Near::places];
        for (unsigned place = 0; place < Near::places; place++) {
            const std::uintptr_t offset = round == 0 ? 0 : round == 1 ? (8ull << 40) - 8 : dice.bits() >> 21 & ~7ull;
            items[place] = reinterpret_cast<Item*>(NearReference::base + offset); // Safe: never followed.
            bucket.set(place, items[place]);
            bucket.tags[place] = static_cast<std::uint8_t>(place + 1);
        }
        bucket.passed = static_cast<std::uint8_t>(dice.below(256));
        for (unsigned place = 0; place < Near::places; place++) {
            REQUIRE(bucket.item(place) == items[place]);
            REQUIRE(bucket.matches(static_cast<std::uint8_t>(place + 1)) == 1u << place);
        }
        REQUIRE(bucket.used() == (1u << Near::places) - 1);
        REQUIRE(bucket.matches(0) == 0);
    }
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
        drawn[play.index.random_item([&] { return dice.bits(); })->key]++;
    CHECK(drawn.size() == items);
    for (const auto& [key, count] : drawn) {
        CAPTURE(key);
        CHECK(count > draws / items * 4 / 5); // more than six deviations away
        CHECK(count < draws / items * 6 / 5);
    }
}

TEST_CASE("what an index holds stays when it gets the size of more items, or of those that are there") {
    Dice dice;
    const MemoryCheck memory;
    Play play(dice);
    play.index.resize(0);
    for (const std::size_t size : {0u, 1u, 5'000u, 200'000u, 3u, 0u}) {
        for (int more = 0; more < 1000; more++)
            play.put(std::to_string(dice.bits() % 100'000));
        play.index.resize(size);
        check_all(play.index, play.model);
    }
    play.index.resize(100'000);
    const std::size_t large = play.index.table_bytes();
    looks = 0;
    for (int key = 0; play.model.size() < 90'000; key++)
        play.put("key:" + std::to_string(key));
    CHECK(play.index.table_bytes() < large + large / 50); // hardly any group had to grow
    play.index.resize(0);
    CHECK(play.index.table_bytes() <= large);
    check_all(play.index, play.model);
}

TEST_CASE("an entry has the key that it was made with, and none that differs in an octet or in length") {
    constexpr std::size_t sizes = 40;
    for (std::size_t size = 1; size <= sizes; size++) {
        const std::string key(size, 'k');
        for (Entry* const entry :
             {Entry::create_string(key, "kkkkkkkkkkkkkkkk", never_expires), Entry::create_string(key, "kkkk", 1),
              Entry::create_number(key, 0x6b6b6b6b6b6b6b6b, never_expires)}) {
            CHECK(entry->has_key(key));
            CHECK_FALSE(entry->has_key(key.substr(1)));
            CHECK_FALSE(entry->has_key(key + 'k'));
            for (std::size_t at = 0; at < size; at++) {
                std::string other = key;
                other[at] = 'l';
                CHECK_FALSE(entry->has_key(other));
            }
            Entry::destroy(entry);
        }
    }
}
