// What may be derived from what. Every refusal is checked to have changed no slot of any table.
#include "tests/unit/secure-bindings/family.hpp"

#include <cstring>
#include <doctest/doctest.h>
#include <memory>
#include <vector>

namespace exo::test {

namespace {

struct Family {
    explicit Family(std::size_t slots = 32) : first(slots), second(slots) {
        space->attach(1, first);
        space->attach(2, second);
    }
    // Derives and expects this refusal and no change.
    void refused(Error error, SlotRef source, std::uint32_t environment, Kind kind, Rights rights, std::uint64_t from,
                 std::uint64_t count) {
        const std::vector<Slot> first_before = first;
        const std::vector<Slot> second_before = second;
        const Result<SlotRef> result = space->derive(source, environment, kind, rights, from, count);
        REQUIRE(!result);
        CHECK(error_name(result.error()) == std::string(error_name(error)));
        CHECK(std::memcmp(first_before.data(), first.data(), first.size() * sizeof(Slot)) == 0);
        CHECK(std::memcmp(second_before.data(), second.data(), second.size() * sizeof(Slot)) == 0);
    }
    void in_order() {
        const Attached tables[] = {{1, first}, {2, second}};
        CHECK(family_problem(*space, tables).value_or("") == "");
    }
    std::unique_ptr<CapabilitySpace> space = std::make_unique<CapabilitySpace>();
    std::vector<Slot> first;
    std::vector<Slot> second;
};

constexpr std::uint64_t event_of(std::uint64_t environment, std::uint64_t vcore, std::uint64_t bit) {
    return environment << 32 | vcore << 8 | bit;
}
constexpr std::uint64_t gate_of(std::uint64_t environment, std::uint64_t vcore, std::uint64_t badge) {
    return environment << 32 | vcore << 16 | badge;
}

} // namespace

TEST_CASE("a child has the range and rights asked for, below its parent") {
    Family f;
    const SlotRef top = *f.space->root(1, Kind::Frames, right::Read | right::Write | right::Grant, 100, 50);
    const SlotRef child = *f.space->derive(top, 1, Kind::Frames, right::Read, 110, 40);
    const Slot& slot = f.space->at(child);
    CHECK(slot.kind == Kind::Frames);
    CHECK(slot.rights == right::Read);
    CHECK(slot.first == 110);
    CHECK(slot.count == 40);
    CHECK(slot.depth == 1);
    CHECK(slot.parent == top);
    CHECK(slot.revoking == 0);
    const SlotRef granted = *f.space->derive(top, 2, Kind::Frames, right::Read | right::Grant, 100, 50);
    CHECK(slot_environment(granted) == 2);
    CHECK(*f.space->find(2, f.space->handle_of(granted), Kind::Frames, right::Grant) == granted);
    f.in_order();
}

TEST_CASE("rights never grow") {
    Family f;
    const SlotRef top = *f.space->root(1, Kind::Frames, right::Read | right::Grant, 0, 10);
    f.refused(Error::NoRight, top, 1, Kind::Frames, right::Read | right::Write, 0, 10);
    f.refused(Error::NoRight, top, 1, Kind::Frames, 1u << 31, 0, 10);
    const SlotRef narrow = *f.space->derive(top, 1, Kind::Frames, right::Read, 0, 10);
    f.refused(Error::NoRight, narrow, 1, Kind::Frames, right::Grant, 0, 10);
    // Without Grant it stays where it is.
    f.refused(Error::NoRight, narrow, 2, Kind::Frames, right::Read, 0, 10);
    CHECK(f.space->derive(narrow, 1, Kind::Frames, 0, 0, 10).has_value());
}

TEST_CASE("ranges never grow, whatever wraps") {
    Family f;
    const SlotRef top = *f.space->root(1, Kind::Frames, right::Read, 100, 50);
    f.refused(Error::OutOfRange, top, 1, Kind::Frames, 0, 99, 2);
    f.refused(Error::OutOfRange, top, 1, Kind::Frames, 0, 149, 2);
    f.refused(Error::OutOfRange, top, 1, Kind::Frames, 0, 150, 1);
    f.refused(Error::OutOfRange, top, 1, Kind::Frames, 0, 100, 51);
    f.refused(Error::OutOfRange, top, 1, Kind::Frames, 0, 120, ~0ull);
    f.refused(Error::OutOfRange, top, 1, Kind::Frames, 0, 120, ~0ull - 119);
    f.refused(Error::OutOfRange, top, 1, Kind::Frames, 0, ~0ull, 120);
    f.refused(Error::BadArgument, top, 1, Kind::Frames, 0, 120, 0);
    CHECK(f.space->derive(top, 1, Kind::Frames, 0, 149, 1).has_value());
    CHECK(f.space->derive(top, 1, Kind::Frames, 0, 100, 50).has_value());
}

TEST_CASE("kinds do not turn into each other") {
    Family f;
    for (const Kind from : {Kind::Frames, Kind::Slices, Kind::Function, Kind::Event, Kind::Gate, Kind::Machine}) {
        const SlotRef top = *f.space->root(1, from, right::all, 0, ~0ull);
        for (const Kind to : {Kind::None, Kind::Frames, Kind::Slices, Kind::Function, Kind::Environment, Kind::Event,
                              Kind::Gate, Kind::Machine}) {
            if (to != from) {
                f.refused(Error::WrongKind, top, 1, to, 0, 0, 1);
            }
        }
    }
    const SlotRef environment = *f.space->root(1, Kind::Environment, right::all, 0, 8);
    for (const Kind to : {Kind::None, Kind::Frames, Kind::Slices, Kind::Function, Kind::Machine}) {
        f.refused(Error::WrongKind, environment, 1, to, 0, 1, 1);
    }
}

TEST_CASE("events and gates come from an environment under control") {
    Family f;
    const SlotRef control = *f.space->root(1, Kind::Environment, right::Control | right::Grant, 3, 1);
    const SlotRef event = *f.space->derive(control, 1, Kind::Event, right::all, event_of(3, 2, 63), 1);
    CHECK(f.space->at(event).rights == (right::Signal | right::Grant));
    const SlotRef gate = *f.space->derive(control, 2, Kind::Gate, right::all, gate_of(3, 511, 0xffff), 1);
    CHECK(f.space->at(gate).rights == (right::Call | right::Grant));
    const SlotRef plain = *f.space->derive(control, 1, Kind::Event, right::Signal, event_of(3, 0, 0), 1);
    CHECK(f.space->at(plain).rights == right::Signal);
    f.refused(Error::NoRight, plain, 2, Kind::Event, right::Signal, event_of(3, 0, 0), 1);
    f.refused(Error::WrongKind, event, 1, Kind::Gate, right::Call, gate_of(3, 2, 1), 1);
    f.refused(Error::OutOfRange, event, 1, Kind::Event, right::Signal, event_of(3, 2, 62), 1);
    const SlotRef given = *f.space->derive(event, 2, Kind::Event, right::Signal, event_of(3, 2, 63), 1);
    CHECK(f.space->at(given).parent == event);
    f.in_order();
}

TEST_CASE("an event or gate names an environment of the source and a place that can exist") {
    Family f;
    const SlotRef control = *f.space->root(1, Kind::Environment, right::all, 3, 2);
    for (const std::uint64_t first : std::initializer_list<std::uint64_t>{
             event_of(2, 0, 0), event_of(5, 0, 0), event_of(3, 0, 64), event_of(3, max_vcores, 0),
             event_of(3, 0xff'ffff, 0), ~0ull, std::uint64_t{3}}) {
        f.refused(Error::OutOfRange, control, 1, Kind::Event, right::Signal, first, 1);
    }
    for (const std::uint64_t first :
         std::initializer_list<std::uint64_t>{gate_of(2, 0, 0), gate_of(5, 0, 0), gate_of(3, max_vcores, 0), ~0ull}) {
        f.refused(Error::OutOfRange, control, 1, Kind::Gate, right::Call, first, 1);
    }
    f.refused(Error::OutOfRange, control, 1, Kind::Event, right::Signal, event_of(3, 0, 0), 2);
    f.refused(Error::BadArgument, control, 1, Kind::Event, right::Signal, event_of(3, 0, 0), 0);
    CHECK(f.space->derive(control, 1, Kind::Event, right::Signal, event_of(4, max_vcores - 1, 63), 1).has_value());

    const SlotRef seen = *f.space->derive(control, 1, Kind::Environment, right::all & ~right::Control, 3, 1);
    f.refused(Error::NoRight, seen, 1, Kind::Event, right::Signal, event_of(3, 0, 0), 1);
    f.refused(Error::NoRight, seen, 1, Kind::Gate, right::Call, gate_of(3, 0, 0), 1);
}

TEST_CASE("a full table and a full depth refuse") {
    Family f(derivation_depth_max + 4);
    SlotRef deepest = *f.space->root(1, Kind::Slices, right::all, 0, 64);
    for (std::size_t depth = 1; depth <= derivation_depth_max; ++depth) {
        deepest = *f.space->derive(deepest, 1, Kind::Slices, right::all, 0, 64);
        CHECK(f.space->at(deepest).depth == depth);
    }
    f.refused(Error::TableFull, deepest, 1, Kind::Slices, 0, 0, 1);
    f.refused(Error::TableFull, deepest, 2, Kind::Slices, 0, 0, 1);
    const SlotRef top = f.space->at(f.space->at(deepest).parent).parent;
    CHECK(f.space->derive(top, 1, Kind::Slices, 0, 0, 1).has_value());
    CHECK(f.space->derive(top, 1, Kind::Slices, 0, 0, 1).has_value());
    f.refused(Error::TableFull, top, 1, Kind::Slices, 0, 0, 1);
    CHECK(f.space->derive(top, 2, Kind::Slices, 0, 0, 1).has_value());
    f.refused(Error::TableFull, top, 7, Kind::Slices, 0, 0, 1);
    f.refused(Error::TableFull, top, max_environments, Kind::Slices, 0, 0, 1);
    f.in_order();
}

TEST_CASE("the child of a capability asked back is asked back too") {
    Family f;
    const SlotRef top = *f.space->root(1, Kind::Frames, right::all, 0, 8);
    const SlotRef lent = *f.space->derive(top, 2, Kind::Frames, right::all, 0, 8);
    REQUIRE(f.space->ask_back(top, 777, 10, [](SlotRef) {}).has_value());
    const SlotRef late = *f.space->derive(lent, 2, Kind::Frames, right::all, 0, 8);
    CHECK(f.space->at(late).revoking == 1);
    CHECK(f.space->at(late).deadline_tsc == 777);
    const SlotRef own = *f.space->derive(top, 1, Kind::Frames, right::all, 0, 8);
    CHECK(f.space->at(own).revoking == 0);
}

} // namespace exo::test
