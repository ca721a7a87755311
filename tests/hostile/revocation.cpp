// Attacks by not giving back: frames, slots of time and a function are asked back, the holder does not care, and loses
// them. What it lost is its neighbour's from then on.
#include "tests/hostile/neighbour.hpp"

using namespace exo;
using hostile::attempt;
using hostile::attempt_seen;
using hostile::End;
using hostile::finished;
using hostile::FunctionKind;
using hostile::LentFunction;
using hostile::Scene;

namespace {

constexpr std::uint64_t place = 0x7000'0005'0000ull; // beside the board, where a table exists
constexpr Rights rw = right::Read | right::Write;

// Asks for it with a deadline that passes, then takes it.
void ask_and_take(Handle lent) {
    std::uint64_t deadline = lab::tsc() + lab::cycles(50'000);
    REQUIRE(sys::revoke(lent, deadline).ok());
    REQUIRE(sys::repossess(lent).is(Error::TooEarly));
    REQUIRE(lab::until([deadline] { return lab::tsc() > deadline; }));
    CallResult taken = sys::repossess(lent);
    while (taken.is(Error::Again))
        taken = sys::repossess(lent);
    REQUIRE(taken.ok());
}

// Never gives anything back: clears what it was told and goes on. A page that is gone is asked for again by the old
// name.
void ignore(lab::ChildStart* start, lab::UpcallFrame*) {
    volatile UpcallPage& page = *start->upcall;
    page.pending = 0;
    if (page.cause != Cause::PageFault)
        return;
    CapabilityInfo info;
    attempt(start, sys::inspect(start->given[0], &info));
    BindOp row{BindKind::Page, rw, start->given[0], place, start->board->word[46], 1, 0};
    attempt(start, sys::bind(self, &row, 1));
    row.handle = start->frames;
    attempt(start, sys::bind(self, &row, 1));
    finished(start);
}

} // namespace

TEST_CASE_FIXTURE(Scene, "frames asked back and written to until they are taken") {
    std::uint64_t frame = lab::take(1);
    Handle lent = sys::derive(lab::frames(), Kind::Frames, rw | right::Grant, frame, 1).value();
    attacker().board().word[46] = frame;
    begin(
        [](lab::ChildStart* start) {
            lab::open_upcalls(start, ignore, pending::revocation | pending::repossessed);
            BindOp row{BindKind::Page, rw, start->given[0], place, start->board->word[46], 1, 0};
            attempt_seen(start, !sys::bind(self, &row, 1).ok());
            start->board->go = 1;
            for (std::uint64_t i = 0;; i++)
                *reinterpret_cast<volatile std::uint64_t*>(place + i % 512 * 8) = i;
        },
        {lent});
    REQUIRE(lab::until([this] { return attacker().board().go != 0; }));
    ask_and_take(lent);
    give_to_neighbour(frame, 1);
    conclude(End::Alive);
}

TEST_CASE_FIXTURE(Scene, "slots of time asked back and used until they are taken") {
    const StartInfo& info = lab::start();
    std::uint64_t slot = info.vcore_core[0] * wheel_slots;
    (void)lab::unbind(self, {BindKind::Slice, 0, info.slices[0], 0, slot, 16, 0});
    Handle lent = sys::derive(info.slices[0], Kind::Slices, right::Bind | right::Grant, slot, 16).value();
    Handle theirs = attacker().grant(lent);
    REQUIRE(lab::bind(attacker().environment(), {BindKind::Slice, 0, theirs, 0, slot, 16, 0}).ok());
    attacker().board().word[46] = slot;
    begin([](lab::ChildStart* start) {
        lab::open_upcalls(start, ignore, pending::revocation | pending::repossessed | pending::slice_end);
        start->board->go = 1;
        while (!start->board->word[47])
            asm volatile("pause"); // Safe: a hint.
        BindOp row{BindKind::Slice, 0, start->given[0], 0, start->board->word[46], 16, 0};
        attempt(start, sys::bind(self, &row, 1));
        attempt(start, sys::unbind(self, &row, 1));
        finished(start);
    });
    REQUIRE(lab::until([this] { return attacker().board().go != 0; }));
    ask_and_take(lent);
    auto* wheels = reinterpret_cast<const volatile Wheel*>(info_wheels); // Safe: an info page.
    for (unsigned i = 0; i < 16; i++)
        CHECK(wheels[info.vcore_core[0]].slot[i] == no_vcore);
    attacker().board().word[47] = 1;
    conclude(End::Alive);
}

TEST_CASE_FIXTURE(Scene, "a function asked back and used until it is taken") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Entropy);
    REQUIRE(function.has_value());
    begin([](lab::ChildStart* start) {
        lab::open_upcalls(start, ignore, pending::revocation | pending::repossessed);
        start->board->go = 1;
        for (;;) { // the status register: a reset, when it is written
            *reinterpret_cast<volatile std::uint8_t*>(hostile::registers_at + 20) = 0;
            // QEMU holds one lock for a write to a device's register and for every timer of the machine, and gives it
            // to no one in turn: without a rest here no core's timer fires for up to a second, the neighbour's
            // included.
            for (unsigned i = 0; i < 256; i++)
                asm volatile("pause"); // Safe: a hint.
        }
    });
    REQUIRE(lab::until([this] { return attacker().board().go != 0; }));
    // Asked back from everyone below the test's own name for it.
    ask_and_take(function->handle);
    CHECK(hostile::device_info(function->index).owner == 0);
    CHECK((hostile::device_info(function->index).flags & device_flag::bindable) != 0);
    conclude(End::Alive);
    // Like new for the next.
    lab::Child next;
    REQUIRE(next.ok());
    CHECK(lend(next, FunctionKind::Entropy).has_value());
}

TEST_CASE_FIXTURE(Scene, "the frames that a domain's tables are made of, asked back and taken") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Entropy);
    REQUIRE(function.has_value());
    begin([](lab::ChildStart* start) {
        start->board->go = 1;
        for (;;)
            asm volatile("pause"); // Safe: a hint.
    });
    REQUIRE(lab::until([this] { return attacker().board().go != 0; }));
    ask_and_take(attacker().lent());
    CHECK(hostile::device_info(function->index).owner == 0);
    CHECK(attacker().state() == EnvironmentState::Faulted); // its own tables were among them
    give_to_neighbour(function->buffer_frame, hostile::buffer_pages);
    check_neighbour();
    CHECK(attacker().destroy());
    check_neighbour();
}
