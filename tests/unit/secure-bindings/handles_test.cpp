// Tables and handles: what names a capability, and what no longer does.
#include "tests/unit/secure-bindings/family.hpp"

#include <cstring>
#include <doctest/doctest.h>
#include <limits>
#include <memory>
#include <vector>

namespace exo::test {

namespace {

struct Tables {
    explicit Tables(std::size_t slots) : first(slots), second(slots) {
        space->attach(1, first);
        space->attach(2, second);
    }
    std::unique_ptr<CapabilitySpace> space = std::make_unique<CapabilitySpace>();
    std::vector<Slot> first;
    std::vector<Slot> second;
};

} // namespace

TEST_CASE("a handle names its capability, by kind and rights") {
    Tables t(8);
    const SlotRef ref = *t.space->root(1, Kind::Frames, right::Read | right::Write, 100, 50);
    const Handle handle = t.space->handle_of(ref);
    CHECK(handle != no_handle);
    CHECK(*t.space->find(1, handle, Kind::Frames, right::Read) == ref);
    CHECK(*t.space->find(1, handle, Kind::None, 0) == ref);
    CHECK(t.space->find(1, handle, Kind::Slices, right::Execute).error() == Error::WrongKind);
    CHECK(t.space->find(1, handle, Kind::Frames, right::Read | right::Execute).error() == Error::NoRight);
    CHECK(t.space->find(1, handle, Kind::None, right::Grant).error() == Error::NoRight);
}

TEST_CASE("anything that is not a live handle of this table is a bad handle") {
    Tables t(8);
    const SlotRef ref = *t.space->root(1, Kind::Machine, right::all, 0, 1);
    const Handle handle = t.space->handle_of(ref);
    for (const Handle bad : std::initializer_list<Handle>{
             no_handle, self, handle + 1, handle + 0x1'0000, handle | 1ull << 48, handle | 1ull << 63,
             make_handle(0, 1), make_handle(7, 1), make_handle(8, 1), make_handle(0xffff, 0xffff'ffff)}) {
        CAPTURE(bad);
        CHECK(t.space->find(1, bad, Kind::None, 0).error() == Error::BadHandle);
    }
    CHECK(t.space->find(2, handle, Kind::None, 0).error() == Error::BadHandle);
    CHECK(t.space->find(3, handle, Kind::None, 0).error() == Error::BadHandle); // nothing attached
    t.space->remove(ref);
    CHECK(t.space->find(1, handle, Kind::None, 0).error() == Error::BadHandle);
}

TEST_CASE("a slot used again has another handle") {
    Tables t(2);
    const SlotRef first = *t.space->root(1, Kind::Machine, 0, 0, 1);
    const Handle old = t.space->handle_of(first);
    t.space->remove(first);
    const SlotRef second = *t.space->root(1, Kind::Machine, 0, 0, 1);
    REQUIRE(second == first);
    CHECK(t.space->handle_of(second) != old);
    CHECK(t.space->find(1, old, Kind::None, 0).error() == Error::BadHandle);
}

TEST_CASE("a slot whose generations are used up is retired") {
    Tables t(3);
    const SlotRef ref = *t.space->root(1, Kind::Machine, 0, 0, 1);
    t.space->at(ref).generation = std::numeric_limits<std::uint32_t>::max() - 1;
    t.space->remove(ref);
    REQUIRE(*t.space->root(1, Kind::Machine, 0, 0, 1) == ref);
    const Handle last = t.space->handle_of(ref);
    CHECK(handle_generation(last) == std::numeric_limits<std::uint32_t>::max());
    CHECK(*t.space->find(1, last, Kind::None, 0) == ref);
    t.space->remove(ref);
    CHECK(t.space->find(1, last, Kind::None, 0).error() == Error::BadHandle);
    // Of two places one is left.
    CHECK(*t.space->root(1, Kind::Machine, 0, 0, 1) != ref);
    CHECK(t.space->root(1, Kind::Machine, 0, 0, 1).error() == Error::TableFull);
}

TEST_CASE("a table holds one capability fewer than it has slots") {
    for (const std::size_t slots : {0u, 1u, 2u, 5u}) {
        CAPTURE(slots);
        Tables t(slots);
        CHECK(t.space->capacity(1) == slots);
        for (std::size_t i = 1; i < slots; ++i) {
            CHECK(t.space->root(1, Kind::Frames, 0, i, 1).has_value());
        }
        const std::vector<Slot> before = t.first;
        CHECK(t.space->root(1, Kind::Frames, 0, 0, 1).error() == Error::TableFull);
        CHECK((slots == 0 || std::memcmp(before.data(), t.first.data(), slots * sizeof(Slot)) == 0));
    }
}

TEST_CASE("a table larger than handles can name is used up to the last name") {
    std::vector<Slot> slots(slots_per_table_max + 64);
    CapabilitySpace space;
    space.attach(1, slots);
    CHECK(space.capacity(1) == slots_per_table_max);
    for (std::size_t i = 1; i < slots_per_table_max; ++i) {
        REQUIRE(space.root(1, Kind::Frames, 0, i, 1).has_value());
    }
    CHECK(space.root(1, Kind::Frames, 0, 0, 1).error() == Error::TableFull);
}

TEST_CASE("a root needs a kind and a range that does not wrap") {
    Tables t(4);
    CHECK(t.space->root(1, Kind::None, 0, 0, 1).error() == Error::BadArgument);
    CHECK(t.space->root(1, Kind::Frames, 0, 5, 0).error() == Error::BadArgument);
    CHECK(t.space->root(1, Kind::Frames, 0, ~0ull, 1).error() == Error::BadArgument);
    CHECK(t.space->root(1, Kind::Frames, 0, 2, ~0ull - 1).error() == Error::BadArgument);
    CHECK(t.space->root(9, Kind::Frames, 0, 0, 1).error() == Error::TableFull); // nothing attached
    CHECK(t.space->root(max_environments, Kind::Frames, 0, 0, 1).error() == Error::TableFull);
    CHECK(t.space->root(1, Kind::Frames, 0, 1, ~0ull - 1).has_value());
}

TEST_CASE("attaching clears what the memory held, detaching forgets it") {
    std::vector<Slot> slots(4);
    std::memset(static_cast<void*>(slots.data()), 0xee, slots.size() * sizeof(Slot));
    CapabilitySpace space;
    space.attach(5, slots);
    const Attached tables[] = {{5, slots}};
    CHECK(family_problem(space, tables) == std::nullopt);
    for (int i = 0; i < 3; ++i) {
        CHECK(space.root(5, Kind::Frames, 0, 0, 1).has_value());
    }
    space.detach(5);
    CHECK(space.capacity(5) == 0);
    CHECK(space.root(5, Kind::Frames, 0, 0, 1).error() == Error::TableFull);
}

TEST_CASE("first_used finds every capability, a bounded piece at a time") {
    Tables t(64);
    std::vector<SlotRef> refs;
    for (int i = 0; i < 40; ++i) {
        refs.push_back(*t.space->root(1, Kind::Frames, 0, 0, 1));
    }
    for (int i = 0; i < 40; ++i) {
        if (i % 7 != 3) {
            t.space->remove(refs[i]);
        }
    }
    std::uint32_t cursor = 0;
    std::vector<SlotRef> found;
    std::size_t calls = 0;
    while (cursor < 64) {
        REQUIRE(++calls < 200);
        const std::uint32_t before = cursor;
        if (const SlotRef ref = t.space->first_used(1, &cursor, 5); ref != no_slot) {
            found.push_back(ref);
            ++cursor;
        }
        CHECK(cursor <= before + 6);
    }
    CHECK(found == std::vector<SlotRef>{refs[3], refs[10], refs[17], refs[24], refs[31], refs[38]});
    CHECK(t.space->first_used(1, &cursor, 5) == no_slot);
}

} // namespace exo::test
