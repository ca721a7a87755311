// Dumps: values and what becomes of them, octets that redis-server made, and damaged ones with a right sum, of which
// nothing may be believed.
#include "libos-kv/data/crc64.hpp"
#include "libos-kv/data/dump.hpp"
#include "libos-kv/data/hash.hpp"
#include "libos-kv/data/list.hpp"
#include "libos-kv/data/set.hpp"
#include "libos-kv/data/sorted_set.hpp"
#include "tests/unit/kv/lab.hpp"

#include <algorithm>
#include <format>
#include <memory>
#include <string_view>
#include <vector>

using namespace kv_test;
using namespace std::string_literals;

namespace {

struct Destroy {
    void operator()(Entry* entry) const { Entry::destroy(entry); }
};
using Value = std::unique_ptr<Entry, Destroy>;
using Words = std::vector<std::string>;

constexpr std::size_t room = 1 << 20;

// All that is in a value; of sets and hashes sorted.
Words content(Entry& entry) {
    Words words;
    auto add = [&](auto... parts) {
        words.emplace_back();
        ((words.back() += std::format("{} ", parts)), ...);
    };
    StringScratch scratch;
    switch (entry.type()) {
    case Type::String:
        return {std::string(string_of(entry, scratch))};
    case Type::List:
        for (List::Position at = entry.list().seek(0); at; at = entry.list().next(at)) {
            PackedValue value = entry.list().get(at);
            add(value.view());
        }
        return words;
    case Type::Set:
        entry.set().for_each([&](std::string_view member) { add(member); });
        break;
    case Type::SortedSet:
        entry.sorted_set().for_each([&](std::string_view member, double score) { add(member, score); });
        return words;
    case Type::Hash:
        entry.hash().for_each([&](std::string_view field, std::string_view value) { add(field, value); });
        break;
    }
    std::ranges::sort(words);
    return words;
}

Value any_value(Dice& dice, Type type, std::size_t largest) {
    const std::size_t size = 1 + dice.below(dice.one_in(3) ? largest : 20);
    auto object = [&](auto* made) { return Value(Entry::create_object("key", type, made, never_expires)); };
    switch (type) {
    case Type::String:
        if (dice.one_in(3))
            return Value(Entry::create_number("key", dice.number(), never_expires));
        return Value(Entry::create_string("key", dice.value(largest * 40), never_expires));
    case Type::List: {
        List* list = make<List>();
        while (list->size() < size)
            list->push(List::End::Back, dice.value());
        return object(list);
    }
    case Type::Set: {
        Set* set = make<Set>();
        for (const bool numbers = dice.one_in(2); set->size() < size;)
            set->insert(numbers ? std::to_string(dice.number()) : dice.name(5000));
        return object(set);
    }
    case Type::SortedSet: {
        SortedSet* set = make<SortedSet>();
        while (set->size() < size)
            set->set(dice.name(5000), static_cast<double>(dice.below(99)) / static_cast<double>(1 + dice.below(9)));
        return object(set);
    }
    case Type::Hash: {
        Hash* hash = make<Hash>();
        while (hash->size() < size)
            hash->set(dice.name(5000), dice.value());
        return object(hash);
    }
    }
    return nullptr;
}

constexpr Type types[] = {Type::String, Type::List, Type::Set, Type::SortedSet, Type::Hash};

std::string dumped(Entry& entry) {
    Text out;
    dump_value(entry, out);
    return std::string(out.view());
}

// With the version and a right sum.
std::string sealed(const std::string& body) {
    std::string dump = body + "\x0a\0"s;
    const std::uint64_t sum = crc64(dump);
    for (unsigned shift = 0; shift < 64; shift += 8)
        dump += static_cast<char>(sum >> shift);
    return dump;
}

Value restored(const std::string& dump, DumpProblem& problem, std::size_t packed_room = room) {
    REQUIRE(is_dump(dump));
    return Value(restore_value(dump, "key", never_expires, packed_room, problem));
}

bool is_refused(const std::string& body) {
    DumpProblem problem;
    return !restored(sealed(body), problem) && problem == DumpProblem::Damaged;
}

} // namespace

TEST_CASE("the sum of a dump is the CRC-64 that Redis uses") {
    CHECK(crc64("") == 0);
    CHECK(crc64("123456789") == 0xe9c6d914c4b8d9ca);
}

TEST_CASE("a value that was dumped is restored") {
    Dice dice;
    const MemoryCheck memory;
    for (int round = 0; round < 100; round++)
        for (const Type type : types) {
            const Value value = any_value(dice, type, 1500);
            DumpProblem problem;
            const std::string dump = dumped(*value);
            const Value again = restored(dump, problem);
            REQUIRE(again);
            REQUIRE(again->type() == type);
            REQUIRE(content(*again) == content(*value));
            std::string damaged = dump;
            damaged[dice.below(damaged.size())] ^= 1;
            REQUIRE(!is_dump(damaged));
            REQUIRE(!is_dump(std::string_view(dump).substr(0, dice.below(dump.size()))));
        }
}

TEST_CASE("what redis-server dumps is what is dumped here") {
    const Value ten(Entry::create_number("key", 10, never_expires));
    CHECK(dumped(*ten) == "\x00\xc0\x0a\x0a\x00\x6e\x9f\x57\x45\x0e\xae\x63\xbb"s);
    const Value text(Entry::create_string("key", "-70000 and more", never_expires));
    CHECK(dumped(*text) == sealed("\x00\x0f"s + "-70000 and more"));
    const Value wide(Entry::create_number("key", -70000, never_expires));
    CHECK(dumped(*wide) == sealed("\x00\xc2\x90\xee\xfe\xff"s));
    const Value wider(Entry::create_number("key", 5'000'000'000, never_expires));
    CHECK(dumped(*wider) == sealed("\x00\x0a"s + "5000000000"));
}

TEST_CASE("strings that were packed are taken, if there is room for them") {
    DumpProblem problem;
    const std::string packed = "\x00\x61\xe0\x0f\x00"s; // one a, and 24 more from one octet before
    const std::string body = "\x00\xc3\x05\x19"s + packed;
    const Value value = restored(sealed(body), problem);
    REQUIRE(value);
    CHECK(content(*value) == Words{std::string(25, 'a')});
    CHECK(!restored(sealed(body), problem, 24));
    CHECK(problem == DumpProblem::TooLarge);
    CHECK(restored(sealed(body), problem, 25));
    for (const char size : {'\x00', '\x18', '\x1a'}) // fewer and more than there are
        CHECK(is_refused("\x00\xc3\x05"s + size + packed));
    CHECK(is_refused("\x00\xc3\x05\x19\x00\x61\xe0\x0f\x01"s));                      // from before the beginning
    CHECK(is_refused("\x00\xc3\x05\x81\x00\x00\x00\x00\x20\x00\x00\x00"s + packed)); // 512 MiB of five octets
    CHECK(is_refused("\x00\xc3\x02\x04\x03\x61"s));                                  // a run that is cut off
}

TEST_CASE("of a dump nothing is believed") {
    CHECK(is_refused(""));
    CHECK(is_refused("\x00"s));
    CHECK(is_refused("\x00\x05"s + "four"));
    CHECK(is_refused("\x00\xc4"s));
    CHECK(is_refused("\x07\x01\x01"s)); // a module's
    CHECK(is_refused("\x02\x00"s));     // nobody
    CHECK(is_refused("\x02\x02\x01\x61\x01\x61"s));
    CHECK(is_refused("\x02\x81\xff\xff\xff\xff\xff\xff\xff\xff\x01\x61"s));
    CHECK(is_refused("\x04\x02\x01\x61\x01\x62\x01\x61\x01\x63"s));
    CHECK(is_refused("\x05\x01\x01\x61\x00\x00\x00\x00\x00\x00\xf8\x7f"s)); // no number
    CHECK(is_refused("\x0b\x0c\x02\x00\x00\x00\x02\x00\x00\x00\x05\x00\x05\x00"s));
    CHECK(is_refused("\x0b\x0c\x02\x00\x00\x00\x03\x00\x00\x00\x05\x00\x06\x00"s));
    CHECK(is_refused("\x0b\x0a\x03\x00\x00\x00\x01\x00\x00\x00\x05\x00"s));
    CHECK(is_refused("\x0b\x08\x02\x00\x00\x00\x00\x00\x00\x00"s));
    const std::string lonely = "\x09\x00\x00\x00\x01\x00\x05\x01\xff"s; // a listpack of one number
    CHECK(is_refused("\x10\x09"s + lonely));
    CHECK(is_refused("\x11\x09"s + lonely));
    CHECK(is_refused("\x12\x01\x03\x09"s + lonely));
    DumpProblem problem;
    CHECK(restored(sealed("\x12\x01\x02\x09"s + lonely), problem));
    // A string that says that it is longer than the listpack that it stands in.
    CHECK(is_refused("\x12\x01\x02\x0d\x0d\x00\x00\x00\x01\x00\xf0\xff\xff\x00\x00\x05\xff"s));
    CHECK(is_refused("\x12\x01\x02\x07\x07\x00\x00\x00\x00\x00\xff"s)); // an empty one alone
    CHECK(is_refused("\x11\x0f\x0f\x00\x00\x00\x02\x00\x81\x78\x02\x83\x6e\x61\x6e\x04\xff"s));
}

TEST_CASE("damaged dumps with a right sum become sound values, or none") {
    Dice dice;
    const MemoryCheck memory;
    std::size_t taken = 0, refused = 0;
    for (int round = 0; round < 6'000; round++) {
        const Value value = any_value(dice, types[dice.below(std::size(types))], 60);
        std::string body = dumped(*value);
        body.resize(body.size() - 10);
        for (std::size_t changes = 1 + dice.below(3); changes && !body.empty(); changes--) {
            // The first octets say what all others mean.
            const std::size_t at = dice.below(dice.one_in(2) ? std::min<std::size_t>(body.size(), 16) : body.size());
            if (dice.one_in(8))
                body.erase(at, 1 + dice.below(4));
            else
                body[at] = static_cast<char>(dice.one_in(3) ? dice.bits() : body[at] + (dice.one_in(2) ? 1 : -1));
        }
        DumpProblem problem;
        const Value made = restored(sealed(body), problem);
        ++(made ? taken : refused);
        if (!made)
            continue;
        const Words words = content(*made);
        REQUIRE(!words.empty());
        const Value again = restored(dumped(*made), problem);
        REQUIRE(again);
        REQUIRE(content(*again) == words);
    }
    CHECK(taken > 100);
    CHECK(refused > 100);
}
