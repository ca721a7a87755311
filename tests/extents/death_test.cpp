// Owners that end with commands in flight. Their frames, blocks and queue pair go to others at once; nothing of the old
// commands may land there, and nothing of the old owner may be seen there.
#include "tests/extents/tenant.hpp"

using namespace exo;
using namespace extents;

namespace {

constexpr auto Read = ExtentOperation::Read;
constexpr auto Write = ExtentOperation::Write;

// How a child ends; its argument.
constexpr std::uint64_t exits = 0, crashes = 1, is_killed = 2;

void submit_and_end(lab::ChildStart* start) {
    (void)sys::submit(start->given[0], 0);
    start->board->done = 1;
    if (start->argument == exits)
        (void)sys::stop(self, 0);
    if (start->argument == crashes)
        asm volatile("ud2"); // Safe: ends this environment, which takes no upcalls.
    for (;;)
        asm volatile("pause"); // Safe: a hint.
}

void keep_submitting(lab::ChildStart* start) {
    for (;;) {
        (void)sys::submit(start->given[0], 0);
        start->board->done = 1;
    }
}

// All bits of the completion queue that are set, but those of the phases.
void read_completions(lab::ChildStart* start) {
    constexpr std::uint64_t phase = 1ull << 48;
    const auto* words = reinterpret_cast<const volatile std::uint64_t*>(child_completions_at); // Safe: mapped there.
    std::uint64_t seen = 0;
    for (unsigned i = 0; i < page_bytes / 8; ++i)
        seen |= i % 2 ? words[i] & ~phase : words[i];
    start->board->word[0] = seen;
    start->board->done = 1;
    for (;;)
        asm volatile("pause"); // Safe: a hint.
}

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "of an owner that dies with commands in flight nothing lands afterwards") {
    constexpr std::uint32_t count = 30; // each way: in flight for half a second
    Tenant neighbour(part(0));
    REQUIRE_MESSAGE(neighbour.bound().ok(), lab::outcome(neighbour.bound()));
    neighbour.fill(0, 1, 'n');
    REQUIRE(neighbour.run(neighbour.entry(Write, 0, 0)) == 0);
    CHECK_OK(neighbour.join(1, part(1)));
    for (const std::uint64_t end : {exits, crashes, is_killed}) {
        CAPTURE(end);
        lab::Child child({.frame_count = 256, .argument = end});
        REQUIRE(child.ok());
        Tenant dying(part(1), {.child = &child});
        REQUIRE_MESSAGE(dying.bound().ok(), lab::outcome(dying.bound()));
        dying.fill(0, 2 * count, 'd');
        for (std::uint32_t i = 0; i < count; ++i) {
            dying.put(dying.entry(Read, i * page_blocks, i));
            dying.put(dying.entry(Write, (count + i) * page_blocks, count + i));
        }
        dying.publish();
        REQUIRE(child.start(submit_and_end));
        REQUIRE(child.finish());
        if (end != is_killed)
            REQUIRE(lab::until([&] { return child.state() != EnvironmentState::Alive; }));
        CHECK(dying.ring().out == 2 * count);
        neighbour.fill(1, 1, '?');
        neighbour.put(neighbour.entry(Read, 0, 1));
        CHECK_OK(neighbour.submit());
        CHECK(child.destroy());
        // The frames are the test's now, and it writes to them.
        dying.fill(0, 2 * count, 'x');
        (void)lab::until([] { return false; }, 800'000);
        CHECK(dying.holds(0, 2 * count, 'x'));
        unsigned leaked = 0;
        for (std::uint32_t i = 0; i < count; ++i)
            leaked += neighbour.look((count + i) * page_blocks, 1) == 'x';
        CHECK(leaked == 0);
        CHECK(neighbour.settle());
        CHECK(neighbour.holds(1, 1, 'n'));
    }
}

TEST_CASE_FIXTURE(lab::Fresh, "the next owner of a queue pair finds nothing of the last one in it") {
    {
        lab::Child child({.frame_count = 256});
        REQUIRE(child.ok());
        Tenant first(part(1), {.child = &child});
        REQUIRE_MESSAGE(first.bound().ok(), lab::outcome(first.bound()));
        for (unsigned i = 0; i < 20; ++i)
            first.put(first.entry(Write, i * page_blocks, i));
        first.publish();
        REQUIRE(child.start(keep_submitting));
        REQUIRE(lab::until([&] { return first.ring().taken == 20 && first.ring().out == 0; }));
        CHECK(child.destroy());
    }
    lab::Child child({.frame_count = 256});
    REQUIRE(child.ok());
    const Tenant next(part(1), {.child = &child});
    REQUIRE_MESSAGE(next.bound().ok(), lab::outcome(next.bound()));
    REQUIRE(child.start(read_completions));
    REQUIRE(child.finish());
    CHECK(child.board().word[0] == 0);
}

TEST_CASE_FIXTURE(lab::Fresh, "pairs come back from owners that end") {
    // More than there are, one after the other.
    for (unsigned i = 0; i < 20; ++i) {
        lab::Child child({.frame_count = 256});
        REQUIRE(child.ok());
        const Tenant tenant(part(i % 8), {.child = &child});
        CHECK_OK(tenant.bound());
        CHECK(child.destroy());
    }
}
