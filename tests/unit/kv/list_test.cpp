// Listpacks and lists against a deque.
#include "libos-kv/data/limits.hpp"
#include "libos-kv/data/list.hpp"
#include "tests/unit/kv/lab.hpp"

#include <algorithm>
#include <deque>
#include <vector>

using namespace kv_test;

namespace {

using Model = std::deque<std::string>;

std::string text_of(PackedValue value) {
    return std::string(value.view());
}

void check_pack(const Listpack& pack, const Model& model) {
    REQUIRE(Listpack::is_sound(pack.block()));
    REQUIRE(pack.count() == model.size());
    std::size_t at = pack.first();
    for (const std::string& value : model) {
        REQUIRE(at != Listpack::end);
        REQUIRE(text_of(pack.get(at)) == value);
        at = pack.next(at);
    }
    REQUIRE(at == Listpack::end);
    at = pack.last();
    for (auto value = model.rbegin(); value != model.rend(); ++value) {
        REQUIRE(text_of(pack.get(at)) == *value);
        at = pack.previous(at);
    }
    REQUIRE(at == Listpack::end);
}

void check_list(const List& list, const Model& model) {
    REQUIRE(list.size() == model.size());
    List::Position position = list.seek(0);
    for (const std::string& value : model) {
        REQUIRE(position);
        REQUIRE(text_of(list.get(position)) == value);
        position = list.next(position);
    }
    REQUIRE(!position);
    position = list.seek(-1);
    for (auto value = model.rbegin(); value != model.rend(); ++value) {
        REQUIRE(text_of(list.get(position)) == *value);
        position = list.previous(position);
    }
    REQUIRE(!position);
    std::size_t nodes = 0;
    for (const List::Node* node = list.first_node(); node; node = node->next, nodes++)
        REQUIRE(node->pack.count() > 0);
    REQUIRE(nodes == list.nodes());
}

} // namespace

TEST_CASE("a listpack equals a deque") {
    Dice dice;
    const MemoryCheck memory;
    for (int life = 0; life < 20; life++) {
        Listpack pack;
        Model model;
        for (int step = 0; step < 600; step++) {
            const std::string value = dice.value(dice.one_in(10) ? 20'000 : 300);
            const std::size_t index = model.empty() ? 0 : dice.below(model.size());
            const auto there = model.begin() + static_cast<std::ptrdiff_t>(index);
            const auto signed_index = static_cast<std::int64_t>(index);
            const std::size_t at =
                pack.seek(dice.one_in(2) ? signed_index : signed_index - static_cast<std::int64_t>(model.size()));
            REQUIRE((at == Listpack::end) == model.empty());
            switch (dice.below(model.empty() ? 2 : 7)) {
            case 0:
                pack.append(value);
                model.push_back(value);
                break;
            case 1:
                pack.prepend(value);
                model.push_front(value);
                break;
            case 2:
                REQUIRE(pack.insert(at, value) == at);
                model.insert(there, value);
                break;
            case 3:
                pack.insert_after(at, value);
                model.insert(there + 1, value);
                break;
            case 4:
                pack.replace(at, value);
                *there = value;
                break;
            case 5: {
                const std::size_t count = dice.below(4);
                const std::size_t gone = std::min(count, model.size() - index);
                const std::size_t following = pack.erase(at, count);
                model.erase(there, there + static_cast<std::ptrdiff_t>(gone));
                REQUIRE((following == Listpack::end) == (index == model.size()));
                break;
            }
            default: {
                const std::size_t found = pack.find(pack.first(), *there);
                REQUIRE(found != Listpack::end);
                REQUIRE(text_of(pack.get(found)) == *there);
                REQUIRE(found <= at);
            }
            }
            if (step % 16 == 0)
                check_pack(pack, model);
        }
        check_pack(pack, model);
        CHECK(pack.seek(static_cast<std::int64_t>(model.size())) == Listpack::end);
        CHECK(pack.seek(-1 - static_cast<std::int64_t>(model.size())) == Listpack::end);
    }
}

TEST_CASE("a listpack counts more entries than its header can") {
    Listpack pack;
    constexpr std::size_t entries = 66'000;
    for (std::size_t entry = 0; entry < entries; entry++)
        pack.append("1");
    CHECK(pack.count() == entries);
    CHECK(Listpack::is_sound(pack.block()));
    pack.erase(pack.first(), 1000);
    CHECK(pack.count() == entries - 1000);
}

TEST_CASE("a damaged listpack is found out or harms nobody") {
    Dice dice;
    std::size_t refused = 0;
    for (int round = 0; round < 20'000; round++) {
        Listpack pack;
        for (std::size_t left = dice.below(8); left; left--)
            pack.append(dice.value(dice.one_in(20) ? 5000 : 80));
        std::string block(pack.block());
        for (std::size_t left = 1 + dice.below(3); left; left--)
            block[dice.below(block.size())] = static_cast<char>(dice.bits());
        if (dice.one_in(4))
            block.resize(dice.below(block.size() + 1));
        // Exactly as long as it is, so that a look behind its end is seen.
        const std::vector<char> exact(block.begin(), block.end());
        if (!Listpack::is_sound({exact.data(), exact.size()})) {
            refused++;
            continue;
        }
        const Listpack taken({exact.data(), exact.size()});
        std::size_t entries = 0;
        for (std::size_t at = taken.first(); at != Listpack::end; at = taken.next(at), entries++)
            (void)text_of(taken.get(at));
        REQUIRE(entries == taken.count());
        for (std::size_t at = taken.last(); at != Listpack::end; at = taken.previous(at))
            entries--;
        REQUIRE(entries == 0);
    }
    CHECK(refused > 5000);
}

TEST_CASE("a list equals a deque, whatever its nodes hold") {
    Dice dice;
    const MemoryCheck memory;
    for (const std::int64_t node : {-5, -2, -1, 0, 1, 3, 100}) {
        limits.list_node = node;
        List list;
        Model model;
        for (int step = 0; step < 6000; step++) {
            const std::string value = dice.value(dice.one_in(50) ? 20'000 : 300);
            const std::size_t index = model.empty() ? 0 : dice.below(model.size());
            const auto there = model.begin() + static_cast<std::ptrdiff_t>(index);
            const auto signed_index = static_cast<std::int64_t>(index);
            const List::Position position =
                list.seek(dice.one_in(2) ? signed_index : signed_index - static_cast<std::int64_t>(model.size()));
            REQUIRE(static_cast<bool>(position) == !model.empty());
            if (position)
                REQUIRE(text_of(list.get(position)) == *there);
            switch (dice.below(model.empty() ? 2 : step < 4000 ? 7 : 12)) {
            case 0:
                list.push(List::End::Back, value);
                model.push_back(value);
                break;
            case 1:
                list.push(List::End::Front, value);
                model.push_front(value);
                break;
            case 2:
                list.insert_before(position, value);
                model.insert(there, value);
                break;
            case 3:
                list.insert_after(position, value);
                model.insert(there + 1, value);
                break;
            case 4:
                list.replace(position, value);
                *there = value;
                break;
            default: {
                const List::Position following = list.erase(position);
                const auto after = model.erase(there);
                REQUIRE(static_cast<bool>(following) == (after != model.end()));
                if (following)
                    REQUIRE(text_of(list.get(following)) == *after);
            }
            }
            if (step % 200 == 0)
                check_list(list, model);
        }
        check_list(list, model);
        CHECK(!list.seek(static_cast<std::int64_t>(model.size())));
        CHECK(!list.seek(-1 - static_cast<std::int64_t>(model.size())));
    }
    limits = Limits();
}

TEST_CASE("a range is erased from a list, wherever it lies") {
    Dice dice;
    const MemoryCheck memory;
    for (const std::int64_t node : {-5, -1, 1, 7}) {
        limits.list_node = node;
        List list;
        Model model;
        for (int step = 0; step < 400; step++) {
            for (std::size_t left = dice.below(60); left; left--) {
                model.push_back(dice.value());
                list.push(List::End::Back, model.back());
            }
            const std::size_t first = dice.below(model.size() + 1);
            const std::size_t rest = model.size() - first;
            const std::size_t count = dice.one_in(8) ? rest : std::min(rest, dice.below(70));
            list.erase_range(first, count);
            const auto begin = model.begin() + static_cast<std::ptrdiff_t>(first);
            model.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
            if (step % 8 == 0)
                check_list(list, model);
        }
        check_list(list, model);
        list.erase_range(0, list.size());
        CHECK(list.size() == 0);
        CHECK(list.nodes() == 0);
        list.push(List::End::Front, "again");
        check_list(list, {"again"});
    }
    limits = Limits();
}
