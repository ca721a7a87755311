// Slices, yield, wait: time given, shared, asked back at its end and taken when it is not handed over.
#include "tests/boot/expect.hpp"

using namespace exo;

namespace {

void spin(lab::ChildStart* start) {
    for (;;)
        start->board->beat = start->board->beat + 1;
}

void yield_at_end(lab::ChildStart* start, lab::UpcallFrame*) {
    std::uint64_t bits = __atomic_exchange_n(&start->upcall->pending, 0, __ATOMIC_ACQ_REL);
    if (bits & pending::slice_end) {
        start->board->word[0] = start->board->word[0] + 1;
        (void)sys::yield(no_handle, 0);
    }
    if (bits & pending::slice_start)
        start->board->word[1] = start->board->word[1] + 1;
}

void spin_and_yield(lab::ChildStart* start) {
    lab::open_upcalls(start, yield_at_end, pending::slice_end | pending::slice_start);
    spin(start);
}

void ignore_end(lab::ChildStart* start, lab::UpcallFrame*) {
    std::uint64_t bits = __atomic_exchange_n(&start->upcall->pending, 0, __ATOMIC_ACQ_REL);
    if (bits & pending::slice_end)
        start->board->word[0] = start->board->word[0] + 1;
}

void spin_and_ignore(lab::ChildStart* start) {
    lab::open_upcalls(start, ignore_end, pending::slice_end);
    spin(start);
}

void wait_a_little(lab::ChildStart* start) {
    std::uint64_t before = lab::tsc();
    // A bit that is pending and not asked for does not end a wait, whether it was there before or comes meanwhile.
    __atomic_exchange_n(&start->upcall->pending, pending::repossessed, __ATOMIC_ACQ_REL);
    (void)sys::timer(before + start->argument / 4);
    start->board->result[0] = sys::wait(before + start->argument, pending::event).raw();
    start->board->word[0] = lab::tsc() - before;
    start->board->word[1] = __atomic_load_n(&start->upcall->pending, __ATOMIC_ACQUIRE);
    // One that is asked for ends it at once, or when it comes.
    start->board->result[1] = sys::wait(0, pending::repossessed | pending::event).raw();
    start->board->result[2] = sys::wait(0, pending::all + 1).raw();
    __atomic_exchange_n(&start->upcall->pending, 0, __ATOMIC_ACQ_REL);
    before = lab::tsc();
    (void)sys::timer(before + start->argument / 4);
    start->board->result[3] = sys::wait(before + 100 * start->argument, pending::timer).raw();
    start->board->word[2] = lab::tsc() - before;
    start->board->done = 1;
    (void)sys::stop(self, 0);
}

// Cycles of the core that each of two spinning vcores had, from what the info pages say.
std::uint64_t ran(std::uint64_t environment) {
    auto* infos = reinterpret_cast<const volatile VcoreInfo*>(info_vcores); // Safe: an info page.
    for (std::size_t i = 0; i < max_vcores; i++)
        if (infos[i].state != VcoreState::Free && infos[i].environment == environment)
            return infos[i].run_cycles;
    return 0;
}

void sleep_here(std::uint64_t microseconds) {
    for (std::uint64_t end = lab::tsc() + lab::cycles(microseconds); lab::tsc() < end;)
        asm volatile("pause");
}

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "half of the slots is half of the time") {
    lab::Child child;
    REQUIRE(child.ok());
    REQUIRE(child.give_time(32, 32));
    REQUIRE(child.start(spin_and_yield));
    std::uint64_t begin = lab::tsc(), had = ran(child.number());
    sleep_here(300'000);
    std::uint64_t share = (ran(child.number()) - had) * 100 / (lab::tsc() - begin);
    CHECK(share >= 35);
    CHECK(share <= 65);
    CHECK(child.board().word[0] > 0);
    CHECK(child.board().word[1] > 0);
}

TEST_CASE_FIXTURE(lab::Fresh, "who ignores the end of its slice is switched by force and keeps every register") {
    lab::Child child;
    REQUIRE(child.ok());
    REQUIRE(child.give_time(32, 32));
    REQUIRE(child.start(spin_and_ignore));
    sleep_here(300'000);
    std::uint64_t beat = child.board().beat;
    CHECK(beat > 0);
    CHECK(child.board().word[0] > 0);
    sleep_here(200'000);
    CHECK(child.board().beat > beat);
    CHECK(child.state() == EnvironmentState::Alive);
}

TEST_CASE_FIXTURE(lab::Fresh, "slices: every refusal") {
    const StartInfo& info = lab::start();
    lab::Child child;
    REQUIRE(child.ok());
    std::uint64_t slot = info.vcore_core[0] * wheel_slots;
    BindOp row{BindKind::Slice, 0, info.slices[0], info.vcore_count, slot, 1, 0};
    CHECK_ERROR(lab::bind(self, row), OutOfRange);
    row = {BindKind::Slice, 0, info.slices[0], 0, ~0ull - 1, 1, 0};
    CHECK_ERROR(lab::bind(self, row), OutOfRange);
    row = {BindKind::Slice, 0, info.slices[0], 0, slot, 0, 0};
    CHECK_ERROR(lab::bind(self, row), OutOfRange);
    row = {BindKind::Slice, 0, lab::frames(), 0, slot, 1, 0};
    CHECK_ERROR(lab::bind(self, row), WrongKind);
    // Slots that one environment has bound are not another's to bind, whatever it was granted.
    Handle part = sys::derive(info.slices[0], Kind::Slices, right::Bind | right::Grant, slot, 1).value();
    CallResult given = sys::grant(part, child.environment());
    REQUIRE(given.ok());
    row = {BindKind::Slice, 0, given.value(), 0, slot, 1, 0};
    CHECK_ERROR(lab::bind(child.environment(), row), Occupied);
    CHECK_ERROR(lab::unbind(child.environment(), row), NotBound);
}

TEST_CASE_FIXTURE(lab::Fresh, "wait sleeps until its deadline") {
    lab::ChildOptions options;
    options.argument = lab::cycles(5000);
    lab::Child child(options);
    REQUIRE(child.ok());
    REQUIRE(child.start(wait_a_little));
    REQUIRE(child.finish());
    const lab::Board& board = child.board();
    CHECK(board.result[0] == 0);
    CHECK(board.word[0] >= options.argument);
    CHECK((board.word[1] & (pending::repossessed | pending::timer)) == (pending::repossessed | pending::timer));
    CHECK(board.result[1] == 0);
    CHECK(board.result[2] == -static_cast<std::int64_t>(Error::BadArgument));
    CHECK(board.result[3] == 0);
    CHECK(board.word[2] >= options.argument / 4);
    CHECK(board.word[2] < 100 * options.argument);
}

TEST_CASE_FIXTURE(lab::Fresh, "yield to a vcore that is named, and refusals") {
    lab::Child child;
    REQUIRE(child.ok());
    CHECK_ERROR(sys::yield(child.environment(), 0), WrongState);
    CHECK_ERROR(sys::yield(child.environment(), 5), OutOfRange);
    CHECK_ERROR(sys::yield(lab::frames(), 0), WrongKind);
    Handle weak = sys::derive(child.environment(), Kind::Environment, right::Receive, child.number(), 1).value();
    CHECK_ERROR(sys::yield(weak, 0), NoRight);
    REQUIRE(child.start(spin_and_yield));
    CHECK_OK(sys::yield(child.environment(), 0));
    CHECK(lab::until([&] { return child.board().beat > 0; }));
}
