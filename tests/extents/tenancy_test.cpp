// Two owners of one disk side by side: whose data go where, what a refusal stops, and what is not bound for whom.
#include "tests/extents/tenant.hpp"

using namespace exo;
using namespace extents;

namespace {

constexpr auto Read = ExtentOperation::Read;
constexpr auto Write = ExtentOperation::Write;

void keep_submitting(lab::ChildStart* start) {
    for (;;) {
        start->board->result[0] = sys::submit(start->given[0], 0).raw();
        start->board->done = 1;
    }
}

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "each owner's data go between its own blocks and its own frames") {
    Tenant mine(part(0));
    REQUIRE_MESSAGE(mine.bound().ok(), lab::outcome(mine.bound()));
    lab::Child child({.frame_count = 256});
    REQUIRE(child.ok());
    Tenant theirs(part(1), {.child = &child});
    REQUIRE_MESSAGE(theirs.bound().ok(), lab::outcome(theirs.bound()));
    mine.fill(0, 1, 'm');
    mine.fill(1, 1, '1');
    theirs.fill(0, 1, 't');
    theirs.fill(1, 1, '2');
    REQUIRE(mine.run(mine.entry(Write, 0, 0)) == 0);
    theirs.put(theirs.entry(Write, 0, 0));
    theirs.publish();
    REQUIRE(child.start(keep_submitting));
    REQUIRE(lab::until([&] { return theirs.ring().taken == 1 && theirs.ring().out == 0; }));
    // The same pages, back into the next one of each.
    theirs.put(theirs.entry(Read, 0, 1));
    theirs.publish();
    REQUIRE(lab::until([&] { return theirs.ring().taken == 2 && theirs.ring().out == 0; }));
    CHECK(theirs.holds(0, 1, 't'));
    CHECK(theirs.holds(1, 1, 't'));
    CHECK(mine.holds(0, 1, 'm'));
    CHECK(mine.holds(1, 1, '1'));
    CHECK(mine.run(mine.entry(Read, 0, 1)) == 0);
    CHECK(mine.holds(1, 1, 'm'));
    CHECK_OK(mine.join(1, part(1)));
    CHECK(mine.look(0) == 'm');
    CHECK(mine.look(0, 1) == 't');
}

TEST_CASE_FIXTURE(lab::Fresh, "what is refused reaches no block") {
    Tenant owner(part(1));
    REQUIRE_MESSAGE(owner.bound().ok(), lab::outcome(owner.bound()));
    CHECK_OK(owner.join(1, part(2)));
    CHECK_OK(owner.join(2, part(3, right::Read | right::Bind)));
    owner.fill(0, 1, 'n');
    REQUIRE(owner.run(owner.entry(Write, 0, 0, 1)) == 0);
    owner.fill(1, 1, 'x');
    // A command as it should be, and then others by its tag: into the next part, and where only reading is allowed.
    ExtentEntry entry = owner.entry(Write, 0, 1);
    REQUIRE(owner.run(entry) == 0);
    entry.block = part_blocks;
    CHECK(owner.run(entry) == -1);
    CHECK(owner.last_refusal() == ExtentRefusal::OutOfRange);
    entry.block = 0;
    entry.extent = 2;
    CHECK(owner.run(entry) == -1);
    CHECK(owner.last_refusal() == ExtentRefusal::NoRight);
    (void)lab::until([] { return false; }, 100'000);
    CHECK(owner.ended() == 0);
    CHECK(owner.look(0, 1) == 'n');
    CHECK(owner.look(0, 2) == 0);
    // Indices that lie give nothing.
    const std::uint32_t taken = owner.ring().taken;
    for (const std::uint32_t lie : {extent_queue_entries + 1u, 1000u, 0x8000'0000u, ~0u}) {
        owner.publish(lie);
        const CallResult called = sys::submit(owner.handle(), 0);
        CHECK_OK(called);
        CHECK(called.raw() == 0);
    }
    CHECK(owner.ring().taken == taken);
    CHECK(owner.settle());
}

TEST_CASE_FIXTURE(lab::Fresh, "nobody submits for another") {
    Tenant owner(part(0));
    REQUIRE_MESSAGE(owner.bound().ok(), lab::outcome(owner.bound()));
    owner.fill(0, 1, 'x');
    owner.put(owner.entry(Read, 0, 0));
    owner.publish();
    // It holds an extent of the disk, even the same one, and no ring.
    lab::Child child;
    REQUIRE(child.ok());
    REQUIRE(child.grant(owner.handle()) != no_handle);
    REQUIRE(child.start(keep_submitting));
    REQUIRE(child.finish());
    CHECK(child.board().result[0] == -static_cast<std::int64_t>(Error::NotBound));
    CHECK(owner.ring().taken == 0);
    (void)lab::until([] { return false; }, 100'000);
    CHECK(owner.holds(0, 1, 'x'));
    CHECK(child.destroy());
}

TEST_CASE_FIXTURE(lab::Fresh, "rings and windows are bound over what is the owner's, once") {
    Tenant owner(part(0));
    REQUIRE_MESSAGE(owner.bound().ok(), lab::outcome(owner.bound()));
    lab::Child child({.frame_count = 256});
    REQUIRE(child.ok());
    const Handle lent = part(1), mute = part(1, right::Read | right::Write | right::Grant);
    const Handle theirs = child.grant(lent), unbindable = child.grant(mute);
    const std::uint64_t first = child.first_frame() + child_frames_at;
    const ExtentRingSpec good{child.frames(), first, child_completions_at};
    CHECK_ERROR(bind_ring(child.environment(), unbindable, good), NoRight);
    CHECK_ERROR(bind_ring(child.environment(), theirs, good, 1), OutOfRange); // a vcore that it does not have
    ExtentRingSpec spec = good;
    spec.frames = theirs;
    CHECK_ERROR(bind_ring(child.environment(), theirs, spec), WrongKind);
    spec = good;
    spec.ring_frame = owner.data_frame(); // somebody else's
    CHECK_ERROR(bind_ring(child.environment(), theirs, spec), OutOfRange);
    spec.ring_frame = ~0ull - 1;
    CHECK_ERROR(bind_ring(child.environment(), theirs, spec), OutOfRange);
    spec = good;
    spec.ring_frame = child.upcall_frame(); // in use for something else
    CHECK_ERROR(bind_ring(child.environment(), theirs, spec), InUse);
    // A window needs a ring, and a ring is bound once.
    CHECK_ERROR(bind_window(child.environment(), theirs, 0, first + 8, child.frames()), NotBound);
    CHECK_OK(bind_ring(child.environment(), theirs, good));
    spec = good;
    spec.ring_frame = first + 4;
    spec.completions = child_ring_at;
    CHECK_ERROR(bind_ring(child.environment(), theirs, spec), Occupied);
    // What it lies in becomes nothing else.
    constexpr std::uint64_t no_table_yet = 0x7000'0040'0000ull;
    CHECK_ERROR(lab::bind(child.environment(), lab::table_row(child.frames(), no_table_yet, first, 1)), InUse);
    CHECK_ERROR(bind_window(child.environment(), theirs, 0, owner.data_frame(), child.frames()), OutOfRange);
    CHECK_ERROR(bind_window(child.environment(), theirs, extent_window_pages, first + 8, child.frames()), OutOfRange);
    CHECK_ERROR(bind_window(child.environment(), theirs, 0, first + 8, theirs), WrongKind);
    CHECK_OK(bind_window(child.environment(), theirs, 0, first + 8, child.frames()));
    CHECK(child.destroy());
    CHECK_OK(drop(mute));
    CHECK_OK(drop(lent));
    CHECK(owner.run(owner.entry(Read, 0, 0)) == 0);
}
