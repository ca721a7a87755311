// Visible revocation and the abort protocol: asked first with a deadline, then taken and recorded.
#include "tests/boot/expect.hpp"

using namespace exo;

namespace {

void give_back(lab::ChildStart* start, lab::UpcallFrame*) {
    lab::Board& board = *start->board;
    if (start->upcall->cause == Cause::PageFault) { // the frame is gone
        board.word[2] = start->upcall->fault_address;
        board.done = 1;
        (void)sys::stop(self, 77);
    }
    std::uint64_t bits = __atomic_exchange_n(&start->upcall->pending, 0, __ATOMIC_ACQ_REL);
    board.word[0] = board.word[0] | bits;
    if ((bits & pending::revocation) && start->argument)
        board.result[0] = sys::drop(start->given[0]).raw();
}

// Maps the frame it was granted, writes to it for as long as it is there.
void use_frame(lab::ChildStart* start) {
    lab::Board& board = *start->board;
    lab::open_upcalls(start, give_back, pending::revocation | pending::repossessed);
    constexpr std::uint64_t at = 0x7000'0005'0000ull; // beside its board, where a table exists
    BindOp row{BindKind::Page, right::Read | right::Write, start->given[0], at, board.word[40], 1, 0};
    board.result[1] = sys::bind(self, &row, 1).raw();
    board.go = 1;
    for (;;) {
        *reinterpret_cast<volatile std::uint64_t*>(at) = 1;
        board.beat = board.beat + 1;
    }
}

struct Loan {
    lab::Child child;
    std::uint64_t frame = 0;
    Handle lent = no_handle;
    explicit Loan(bool complies, std::uint32_t core = 0) : child(options(complies, core)) {
        frame = lab::take(1);
        lent = sys::derive(lab::frames(), Kind::Frames, right::Read | right::Write | right::Grant, frame, 1).value();
        child.grant(lent);
        child.board().word[40] = frame;
    }
    static lab::ChildOptions options(bool complies, std::uint32_t core) {
        lab::ChildOptions options;
        options.argument = complies;
        options.core = core;
        return options;
    }
};

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "a holder that complies loses nothing it did not give") {
    Loan loan(true);
    REQUIRE(loan.child.ok());
    REQUIRE(loan.child.start(use_frame));
    REQUIRE(lab::until([&] { return loan.child.board().go != 0; }));
    CHECK(loan.child.board().result[1] == 1);
    CHECK_ERROR(sys::repossess(loan.lent), TooEarly);
    CHECK_ERROR(sys::revoke(loan.lent, 0), BadArgument);
    CHECK_OK(sys::revoke(loan.lent, lab::tsc() + lab::cycles(1'000'000)));
    REQUIRE(loan.child.finish());
    CHECK((loan.child.board().word[0] & pending::revocation) != 0);
    CHECK(loan.child.board().result[0] == 0);
    CapabilityInfo info{};
    CHECK_OK(sys::inspect(loan.lent, &info));
    CHECK(info.children == 0);
    CHECK(lab::until([&] { return loan.child.state() == EnvironmentState::Stopped; }));
    CHECK(loan.child.info().status == 77);
    CHECK(loan.child.board().beat > 0);
    CHECK(loan.child.board().word[2] == 0x7000'0005'0000ull);
}

TEST_CASE_FIXTURE(lab::Fresh, "a holder that does not is cut off after the deadline, and it is on record") {
    Loan loan(false);
    REQUIRE(loan.child.ok());
    REQUIRE(loan.child.start(use_frame));
    REQUIRE(lab::until([&] { return loan.child.board().go != 0; }));
    std::uint64_t deadline = lab::tsc() + lab::cycles(20'000);
    CHECK_OK(sys::revoke(loan.lent, deadline));
    CHECK_ERROR(sys::repossess(loan.lent), TooEarly);
    REQUIRE(lab::until([&] { return lab::tsc() > deadline; }));
    CallResult taken = sys::repossess(loan.lent);
    while (taken.is(Error::Again))
        taken = sys::repossess(loan.lent);
    CHECK_OK(taken);
    REQUIRE(lab::until([&] { return loan.child.state() == EnvironmentState::Stopped; }));
    CHECK(loan.child.info().status == 77);
    CHECK(loan.child.board().word[2] == 0x7000'0005'0000ull);
    // Nothing maps it any more: it can become a table.
    CapabilityInfo info{};
    CHECK_OK(sys::inspect(loan.lent, &info));
    CHECK(info.children == 0);
    CHECK_OK(sys::drop(loan.lent));
}

TEST_CASE_FIXTURE(lab::Fresh, "the repossession vector says what was taken") {
    lab::Child child;
    REQUIRE(child.ok());
    std::uint64_t frame = lab::take(3);
    Handle lent = sys::derive(lab::frames(), Kind::Frames, right::Read | right::Grant, frame, 3).value();
    Handle theirs = child.grant(lent);
    CHECK_OK(sys::revoke(lent, 1));
    CallResult taken = sys::repossess(lent);
    while (taken.is(Error::Again))
        taken = sys::repossess(lent);
    CHECK_OK(taken);
    // The child's environment page, seen through the child's own address space.
    std::uint64_t at = 0x7000'0006'0000ull;
    CHECK_OK(lab::bind(child.environment(), {BindKind::Info, right::Read, no_handle, at, 0, 1, 0}));
    static std::uint64_t seen[4];
    child.board().word[50] = at;
    REQUIRE(child.start([](lab::ChildStart* start) {
        auto* page = reinterpret_cast<const volatile EnvironmentPage*>(start->board->word[50]);
        start->board->word[0] = page->repossession_count;
        start->board->word[1] = page->repossession[0].handle;
        start->board->word[2] = page->repossession[0].first;
        start->board->word[3] = page->repossession[0].count;
        start->board->done = 1;
        (void)sys::stop(self, 0);
    }));
    REQUIRE(child.finish());
    for (unsigned i = 0; i < 4; i++)
        seen[i] = child.board().word[i];
    CHECK(seen[0] == 1);
    CHECK(seen[1] == theirs);
    CHECK(seen[2] == frame);
    CHECK(seen[3] == 3);
}

TEST_CASE_FIXTURE(lab::Fresh, "taking the frames that an environment is made of ends it") {
    lab::Child child;
    REQUIRE(child.ok());
    REQUIRE(child.start([](lab::ChildStart* start) {
        start->board->go = 1;
        for (;;)
            (void)sys::wait(0, pending::news);
    }));
    REQUIRE(lab::until([&] { return child.board().go != 0; }));
    CHECK_OK(sys::revoke(child.lent(), 1));
    CallResult taken = sys::repossess(child.lent());
    while (taken.is(Error::Again))
        taken = sys::repossess(child.lent());
    CHECK_OK(taken);
    CHECK(child.state() == EnvironmentState::Faulted);
    CHECK(child.destroy());
}

TEST_CASE_FIXTURE(lab::Fresh, "slices come back too") {
    lab::Child child;
    REQUIRE(child.ok());
    const StartInfo& info = lab::start();
    std::uint64_t slot = info.vcore_core[0] * wheel_slots + 32;
    (void)lab::unbind(self, {BindKind::Slice, 0, info.slices[0], 0, slot, 32, 0});
    Handle part = sys::derive(info.slices[0], Kind::Slices, right::Bind | right::Grant, slot, 32).value();
    CallResult given = sys::grant(part, child.environment());
    REQUIRE(lab::bind(child.environment(), {BindKind::Slice, 0, given.value(), 0, slot, 32, 0}).ok());
    auto* wheels = reinterpret_cast<const volatile Wheel*>(info_wheels); // Safe: an info page.
    CHECK(wheels[info.vcore_core[0]].slot[40] != wheels[info.vcore_core[0]].slot[0]);
    CHECK_OK(sys::revoke(part, 1));
    CallResult taken = sys::repossess(part);
    while (taken.is(Error::Again))
        taken = sys::repossess(part);
    CHECK_OK(taken);
    CHECK(wheels[info.vcore_core[0]].slot[40] == no_vcore);
}
