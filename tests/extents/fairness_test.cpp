// An owner that gives long commands without end. What it takes from others is counted in commands that were carried
// out.
#include "tests/extents/tenant.hpp"

using namespace exo;
using namespace extents;

namespace {

constexpr auto Read = ExtentOperation::Read;

// Commands of the longest kind that the window has room for.
ExtentEntry long_read(std::uint16_t tag) {
    ExtentEntry made{};
    made.operation = Read;
    made.tag = tag;
    made.blocks = Tenant::window_pages * page_blocks;
    return made;
}

void submit_once(lab::ChildStart* start) {
    (void)sys::submit(start->given[0], 0);
    start->board->done = 1;
    for (;;)
        asm volatile("pause"); // Safe: a hint.
}

// The ring is full all the time. Its completions are never read, and tags come back long before they are used again.
void want_everything(lab::ChildStart* start) {
    auto* ring = reinterpret_cast<ExtentRing*>(child_ring_at); // Safe: mapped there.
    for (std::uint32_t given = 0;;) {
        const std::uint32_t taken = __atomic_load_n(&ring->taken, __ATOMIC_ACQUIRE);
        for (; given - taken < extent_queue_entries; ++given) {
            volatile ExtentEntry& place = ring->entries[given % extent_queue_entries];
            place.operation = Read;
            place.flags = 0;
            place.tag = static_cast<std::uint16_t>(given % extent_tags);
            place.extent = 0;
            place.reserved = 0;
            place.blocks = Tenant::window_pages * page_blocks;
            place.offset = 0;
            place.block = 0;
        }
        __atomic_store_n(&ring->given, given, __ATOMIC_RELEASE);
        (void)sys::submit(start->given[0], 0);
        start->board->done = 1;
    }
}

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "an owner that fills its ring and never looks holds up nobody") {
    lab::Child child({.frame_count = 256});
    REQUIRE(child.ok());
    Tenant silent(part(1), {.child = &child});
    REQUIRE_MESSAGE(silent.bound().ok(), lab::outcome(silent.bound()));
    for (std::uint16_t tag = 0; tag < extent_tags; ++tag)
        silent.put(long_read(tag));
    silent.publish();
    REQUIRE(child.start(submit_once));
    REQUIRE(child.finish());
    CHECK(silent.ring().taken < extent_tags); // no more than the disk is kept busy with
    Tenant busy(part(0));
    REQUIRE_MESSAGE(busy.bound().ok(), lab::outcome(busy.bound()));
    unsigned done = 0;
    for (unsigned i = 0; i < 40; ++i)
        done += busy.run(busy.entry(Read, i * page_blocks, 0)) == 0;
    CHECK(done == 40);
    CHECK(busy.settle());
}

TEST_CASE_FIXTURE(lab::Fresh, "an owner that wants everything gets its turn and no more") {
    lab::Child child({.frame_count = 256});
    REQUIRE(child.ok());
    Tenant greedy(part(1), {.child = &child});
    REQUIRE_MESSAGE(greedy.bound().ok(), lab::outcome(greedy.bound()));
    CHECK_OK(lab::bind(child.environment(), lab::page_row(child.frames(), child_ring_at, greedy.ring_frame(),
                                                          extent_ring_pages, right::Read | right::Write)));
    REQUIRE(child.start(want_everything));
    REQUIRE(child.finish());
    Tenant modest(part(0));
    REQUIRE_MESSAGE(modest.bound().ok(), lab::outcome(modest.bound()));
    const std::uint32_t before = __atomic_load_n(&greedy.ring().taken, __ATOMIC_ACQUIRE);
    constexpr unsigned at_once = 16, wanted = 160;
    unsigned given = 0, done = 0;
    CHECK(lab::until(
        [&] {
            done += modest.ended();
            for (; given < wanted && given - done < at_once; ++given)
                modest.put(modest.entry(Read, given % 64 * page_blocks, given % at_once));
            return !modest.submit().ok() || done == wanted;
        },
        20'000'000));
    const std::uint32_t others = __atomic_load_n(&greedy.ring().taken, __ATOMIC_ACQUIRE) - before;
    MESSAGE("short commands done: ", done, ", long ones taken meanwhile: ", others);
    CHECK(done == wanted);
    // Each of theirs has as many octets as 64 of the modest owner's.
    CHECK(others < done);
    CHECK(others > 0);
    CHECK(modest.settle());
}
