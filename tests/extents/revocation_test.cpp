// What becomes of commands in flight when an extent, the frames of a window or of a ring, or the ring itself goes:
// every one has ended before anything has another owner, and none is taken any more.
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
        start->board->beat = start->board->beat + 1;
    }
}

// So many commands of one page at once.
void give(Tenant& owner, ExtentOperation operation, std::uint32_t count, std::uint16_t extent = 0) {
    for (std::uint32_t i = 0; i < count; ++i)
        owner.put(owner.entry(operation, i * page_blocks, i, extent));
    REQUIRE(owner.submit().ok());
    REQUIRE(owner.ring().out == count);
}

ExtentRefusal refusal(Tenant& owner, const ExtentEntry& entry) {
    owner.put(entry);
    CHECK_OK(owner.submit());
    return owner.last_refusal();
}

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "an extent goes when every command on it has ended") {
    Tenant owner(part(0));
    REQUIRE_MESSAGE(owner.bound().ok(), lab::outcome(owner.bound()));
    const Handle lent = part(1);
    CHECK_OK(owner.join(1, lent));
    give(owner, Write, 40, 1);
    CHECK_ERROR(sys::drop(lent), Again);
    CHECK(refusal(owner, owner.entry(Write, 0, 0, 1)) == ExtentRefusal::NoExtent);
    CHECK_OK(drop(lent));
    CHECK(owner.ended() == 40);
    CHECK(refusal(owner, owner.entry(Write, 0, 0, 1)) == ExtentRefusal::NoExtent);
    CHECK(owner.run(owner.entry(Read, 0, 0)) == 0);
}

TEST_CASE_FIXTURE(lab::Fresh, "an extent that is taken from an owner with commands in flight is the next one's alone") {
    Tenant next(part(0));
    REQUIRE_MESSAGE(next.bound().ok(), lab::outcome(next.bound()));
    lab::Child child({.frame_count = 256});
    REQUIRE(child.ok());
    Tenant holder(part(1), {.child = &child});
    REQUIRE_MESSAGE(holder.bound().ok(), lab::outcome(holder.bound()));
    constexpr std::uint32_t count = 50;
    holder.fill(0, count, 'h');
    for (std::uint32_t i = 0; i < count; ++i)
        holder.put(holder.entry(Write, i * page_blocks, i));
    holder.publish();
    REQUIRE(child.start(keep_submitting));
    REQUIRE(child.finish());
    REQUIRE(holder.ring().taken == count);
    const std::uint64_t deadline = lab::tsc() + 1;
    CHECK_OK(sys::revoke(holder.handle(), deadline));
    CallResult taken = sys::repossess(holder.handle());
    CHECK_ERROR(taken, Again);
    CHECK(lab::until([&] { return !(taken = sys::repossess(holder.handle())).is(Error::Again); }, 10'000'000));
    CHECK_OK(taken);
    CHECK(holder.ring().gone == 1);
    holder.fill(0, count, 'x');
    CHECK_OK(next.join(1, part(1)));
    next.fill(0, 1, 'n');
    for (std::uint32_t i = 0; i < count; ++i)
        CHECK(next.run(next.entry(Write, i * page_blocks, 0, 1)) == 0);
    const std::uint64_t beat = child.board().beat;
    CHECK(lab::until([&] { return child.board().beat > beat + 1; }));
    CHECK(child.board().result[0] == -static_cast<std::int64_t>(Error::BadHandle));
    CHECK(child.state() == EnvironmentState::Alive);
    unsigned whole = 0;
    for (std::uint32_t i = 0; i < count; ++i)
        whole += next.look(i * page_blocks, 1) == 'n';
    CHECK(whole == count);
}

TEST_CASE_FIXTURE(lab::Fresh, "frames of a window go when no command names them") {
    Tenant owner(part(0), {.own_capabilities = true});
    REQUIRE_MESSAGE(owner.bound().ok(), lab::outcome(owner.bound()));
    give(owner, Read, 40);
    CHECK_ERROR(sys::drop(owner.data_frames()), Again);
    CHECK_OK(drop(owner.data_frames()));
    CHECK(owner.ended() == 40);
    owner.fill(0, 40, 'x');
    CHECK(refusal(owner, owner.entry(Read, 0, 0)) == ExtentRefusal::BadMemory);
    CHECK(refusal(owner, owner.entry(Read, 0, 39)) == ExtentRefusal::BadMemory);
    (void)lab::until([] { return false; }, 500'000);
    CHECK(owner.holds(0, 40, 'x'));
}

TEST_CASE_FIXTURE(lab::Fresh, "frames of a ring that are taken take it along") {
    Tenant owner(part(0), {.own_capabilities = true});
    REQUIRE_MESSAGE(owner.bound().ok(), lab::outcome(owner.bound()));
    give(owner, Read, 30);
    owner.fill(30, 1, 'x');
    CHECK_OK(drop(owner.ring_frames()));
    CHECK(owner.ring().gone == 1);
    // Nobody but the test writes to those frames any more.
    owner.put(owner.entry(Read, 0, 30));
    CHECK_ERROR(owner.submit(), NotBound);
    CHECK_ERROR(owner.unbind(), NotBound);
    CHECK(owner.holds(30, 1, 'x'));
}

TEST_CASE_FIXTURE(lab::Fresh, "a ring on its way back takes nothing, and comes back as new") {
    Tenant owner(part(0));
    REQUIRE_MESSAGE(owner.bound().ok(), lab::outcome(owner.bound()));
    give(owner, Read, 40);
    CHECK_ERROR(owner.unbind(), Again);
    owner.put(owner.entry(Read, 0, 50));
    CHECK_ERROR(owner.submit(), NotBound);
    CallResult back = owner.unbind();
    CHECK(lab::until([&] { return !(back = owner.unbind()).is(Error::Again); }, 10'000'000));
    CHECK_OK(back);
    CHECK(owner.ring().gone == 1);
    // Its window, the place of its completions and its pair are free.
    CHECK_OK(owner.bind());
    CHECK(owner.run(owner.entry(Read, 0, 0)) == 0);
}

TEST_CASE_FIXTURE(lab::Fresh, "a page that a command names stays in the window") {
    Tenant owner(part(0));
    REQUIRE_MESSAGE(owner.bound().ok(), lab::outcome(owner.bound()));
    give(owner, Read, 40);
    const auto remove = [&](std::uint64_t page) {
        return lab::unbind(self, {BindKind::ExtentWindow, 0, owner.handle(), page * page_bytes, 0, 1, 0});
    };
    CHECK_ERROR(remove(39), InUse);
    CHECK_OK(remove(50));
    CHECK(refusal(owner, owner.entry(Read, 0, 50)) == ExtentRefusal::BadMemory);
    CHECK(owner.settle());
    CHECK_OK(remove(39));
}
