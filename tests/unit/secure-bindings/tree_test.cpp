// Walking and asking back: order, limits, and what happens when the tree changes between two pieces of work.
#include "tests/unit/secure-bindings/family.hpp"

#include <doctest/doctest.h>
#include <memory>
#include <set>
#include <vector>

namespace exo::test {

namespace {

// Environment 1 holds a root; children are named by the path of their making.
struct Tree3 {
    Tree3() {
        for (std::uint32_t environment = 1; environment <= 3; ++environment) {
            slots[environment].resize(64);
            space->attach(environment, slots[environment]);
        }
        top = *space->root(1, Kind::Frames, right::all, 0, 1000);
    }
    SlotRef child(SlotRef source, std::uint32_t environment) {
        return *space->derive(source, environment, Kind::Frames, right::all, 0, 1000);
    }
    void in_order() {
        const Attached tables[] = {{1, slots[1]}, {2, slots[2]}, {3, slots[3]}};
        CHECK(family_problem(*space, tables).value_or("") == "");
    }
    std::unique_ptr<CapabilitySpace> space = std::make_unique<CapabilitySpace>();
    std::vector<Slot> slots[4];
    SlotRef top = no_slot;
};

} // namespace

TEST_CASE("taking leaves one by one takes a whole tree, children first") {
    Tree3 t;
    const SlotRef a = t.child(t.top, 2);
    const SlotRef b = t.child(t.top, 3);
    const SlotRef aa = t.child(a, 3);
    const SlotRef aaa = t.child(aa, 2);
    const SlotRef ab = t.child(a, 2);
    std::set<SlotRef> gone;
    while (true) {
        const SlotRef leaf = t.space->next_leaf(t.top);
        CHECK(t.space->at(leaf).first_child == no_slot);
        if (leaf == t.top) {
            break;
        }
        t.space->remove(leaf);
        gone.insert(leaf);
        t.in_order();
    }
    CHECK(gone == std::set<SlotRef>{a, b, aa, aaa, ab});
}

TEST_CASE("a branch can go without its sisters") {
    Tree3 t;
    const SlotRef a = t.child(t.top, 1);
    const SlotRef b = t.child(t.top, 1);
    const SlotRef c = t.child(t.top, 1);
    for (const SlotRef out : {b, a, c}) {
        t.space->remove(out);
        t.in_order();
    }
    CHECK(t.space->at(t.top).first_child == no_slot);
}

TEST_CASE("has_foreign_descendant looks below, not beside, and within its limit") {
    Tree3 t;
    const SlotRef own = t.child(t.top, 1);
    const SlotRef lent = t.child(t.top, 2);
    CHECK(*t.space->has_foreign_descendant(own, 100) == false);
    CHECK(*t.space->has_foreign_descendant(lent, 100) == false);
    CHECK(*t.space->has_foreign_descendant(t.top, 100) == true);
    const SlotRef back = t.child(lent, 1);
    CHECK(*t.space->has_foreign_descendant(lent, 100) == true);
    t.space->remove(back);
    t.space->remove(lent);
    CHECK(*t.space->has_foreign_descendant(t.top, 100) == false);
    CHECK(*t.space->has_foreign_descendant(t.top, 1) == false);
    CHECK(t.space->has_foreign_descendant(t.top, 0).error() == Error::Again);
}

TEST_CASE("ask_back marks and tells every foreign descendant once, in pieces of any size") {
    for (std::size_t limit = 1; limit < 12; ++limit) {
        CAPTURE(limit);
        Tree3 t;
        std::set<SlotRef> foreign;
        for (int i = 0; i < 3; ++i) {
            const SlotRef a = t.child(t.top, 2);
            const SlotRef b = t.child(a, 1);
            const SlotRef c = t.child(b, 3);
            t.child(t.top, 1);
            foreign.insert({a, c});
        }
        std::multiset<SlotRef> told;
        std::size_t calls = 0;
        while (true) {
            const Status status = t.space->ask_back(t.top, 5000, limit, [&](SlotRef ref) { told.insert(ref); });
            ++calls;
            t.in_order();
            if (status) {
                break;
            }
            CHECK(status.error() == Error::Again);
            REQUIRE(calls < 100);
        }
        CHECK(calls == (12 + limit - 1) / limit);
        CHECK(told == std::multiset<SlotRef>(foreign.begin(), foreign.end()));
        for (const auto& table : {1, 2, 3}) {
            for (std::uint32_t i = 1; i < t.slots[table].size(); ++i) {
                const Slot& slot = t.slots[table][i];
                const bool asked = foreign.contains(slot_ref(table, i));
                CHECK(slot.revoking == (asked ? 1 : 0));
                CHECK(slot.deadline_tsc == (asked ? 5000u : 0u));
            }
        }
        // The same deadline again tells nobody, another tells everybody.
        CHECK(t.space->ask_back(t.top, 5000, 100, [&](SlotRef) { CHECK(false); }).has_value());
        told.clear();
        CHECK(t.space->ask_back(t.top, 6000, 100, [&](SlotRef ref) { told.insert(ref); }).has_value());
        CHECK(told.size() == foreign.size());
    }
}

TEST_CASE("ask_back goes on after the place it stopped at is removed") {
    Tree3 t;
    std::vector<SlotRef> lent;
    for (int i = 0; i < 6; ++i) {
        lent.push_back(t.child(t.top, 2)); // visited last made first
    }
    std::set<SlotRef> told;
    const auto tell = [&](SlotRef ref) { told.insert(ref); };
    REQUIRE(t.space->ask_back(t.top, 9, 2, tell).error() == Error::Again);
    CHECK(t.space->at(t.top).asking == lent[3]);
    t.space->remove(lent[3]);
    CHECK(t.space->at(t.top).asking == lent[2]);
    t.space->remove(lent[2]);
    t.in_order();
    CHECK(t.space->ask_back(t.top, 9, 100, tell).has_value());
    CHECK(told == std::set<SlotRef>{lent[5], lent[4], lent[1], lent[0]});
    CHECK(t.space->at(t.top).asking == no_slot);
}

TEST_CASE("a place to go on at that was removed last leaves nothing behind") {
    Tree3 t;
    const SlotRef a = t.child(t.top, 2);
    const SlotRef b = t.child(a, 3);
    REQUIRE(t.space->ask_back(t.top, 9, 1, [](SlotRef) {}).error() == Error::Again);
    CHECK(t.space->at(t.top).asking == b);
    t.space->remove(b);
    CHECK(t.space->at(t.top).asking == no_slot);
    t.space->remove(a);
    t.in_order();
    CHECK(t.space->ask_back(t.top, 9, 1, [](SlotRef) { CHECK(false); }).has_value());
}

TEST_CASE("two ask_backs under way, one above the other, keep apart") {
    Tree3 t;
    const SlotRef a = t.child(t.top, 2);
    const SlotRef last = t.child(a, 3);
    const SlotRef middle = t.child(a, 3);
    const SlotRef first = t.child(a, 3);
    REQUIRE(t.space->ask_back(t.top, 9, 2, [](SlotRef) {}).error() == Error::Again); // a, first
    REQUIRE(t.space->ask_back(a, 8, 1, [](SlotRef) {}).error() == Error::Again);     // first
    CHECK(t.space->at(t.top).asking == middle);
    CHECK(t.space->at(a).asking == middle);
    t.space->remove(middle);
    CHECK(t.space->at(t.top).asking == last);
    CHECK(t.space->at(a).asking == last);
    t.space->remove(first);
    t.in_order();
    CHECK(t.space->ask_back(t.top, 9, 9, [](SlotRef) {}).has_value());
    CHECK(t.space->at(last).deadline_tsc == 9);
    CHECK(t.space->ask_back(a, 8, 9, [](SlotRef) {}).has_value());
    CHECK(t.space->at(last).deadline_tsc == 8);
}

} // namespace exo::test
