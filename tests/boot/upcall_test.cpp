// Upcalls: exceptions of every kind, the timer, events, and resuming what was interrupted with all its registers.
#include "tests/boot/expect.hpp"

using namespace exo;

namespace {

constexpr std::uint64_t hole = 0x7100'0000'0000ull;

// Records the exception and steps over the faulting instruction, whose length the child left in word[63].
void record_and_skip(lab::ChildStart* start, lab::UpcallFrame*) {
    volatile UpcallPage& page = *start->upcall;
    lab::Board& board = *start->board;
    std::uint64_t n = board.beat;
    board.word[2 * n] = static_cast<std::uint64_t>(page.cause);
    board.word[2 * n + 1] = page.fault_address;
    board.result[n] = static_cast<std::int64_t>(page.error_code);
    board.beat = n + 1;
    page.rip = page.rip + board.word[63];
}

void raise_exceptions(lab::ChildStart* start) {
    lab::Board& board = *start->board;
    lab::open_upcalls(start, record_and_skip, 0);
    board.word[63] = 2;
    asm volatile("xor %%edx, %%edx; xor %%ecx, %%ecx; div %%ecx" ::: "rax", "rcx", "rdx"); // #DE, 2 bytes
    asm volatile("ud2");                                                                   // #UD, 2 bytes
    board.word[63] = 0;
    asm volatile("int3"); // #BP: a trap, the address is already the next instruction's
    board.word[63] = 1;
    asm volatile("hlt"); // #GP: privileged, 1 byte
    board.word[63] = 2;
    asm volatile("mov (%%rax), %%cl" ::"a"(hole) : "rcx");                     // #PF read, 2 bytes
    asm volatile("mov %%cl, (%%rax)" ::"a"(hole), "c"(0ull) : "memory");       // #PF write
    asm volatile("mov (%%rax), %%cl" ::"a"(0xffff'8000'0010'0000ull) : "rcx"); // #PF on kernel memory
    asm volatile("mov (%%rax), %%cl" ::"a"(1ull << 62) : "rcx");               // #GP: not canonical
    board.done = 1;
    (void)sys::stop(self, 0);
}

void keep_registers(lab::ChildStart* start) {
    lab::open_upcalls(start, record_and_skip, 0);
    start->board->word[63] = 2;
    std::uint64_t sum;
    asm volatile("mov $1, %%rax; mov $2, %%rbx; mov $3, %%rcx; mov $4, %%rdx; mov $5, %%rsi; mov $6, %%rdi;"
                 "mov $7, %%r8; mov $8, %%r9; mov $9, %%r10; mov $10, %%r11; mov $11, %%r12; mov $12, %%r13;"
                 "mov $13, %%r14; mov $14, %%r15; stc; ud2; adc %%rbx, %%rax; add %%rcx, %%rax; add %%rdx, %%rax;"
                 "add %%rsi, %%rax; add %%rdi, %%rax; add %%r8, %%rax; add %%r9, %%rax; add %%r10, %%rax;"
                 "add %%r11, %%rax; add %%r12, %%rax; add %%r13, %%rax; add %%r14, %%rax; add %%r15, %%rax"
                 : "=a"(sum)
                 :
                 : "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "cc");
    start->board->word[62] = sum;
    start->board->done = 1;
    (void)sys::stop(self, 0);
}

// Counts what was pending.
void count_pending(lab::ChildStart* start, lab::UpcallFrame*) {
    volatile UpcallPage& page = *start->upcall;
    std::uint64_t bits = __atomic_exchange_n(&start->upcall->pending, 0, __ATOMIC_ACQ_REL);
    std::uint64_t events = __atomic_exchange_n(&start->upcall->events, 0, __ATOMIC_ACQ_REL);
    lab::Board& board = *start->board;
    board.word[10] = board.word[10] | bits;
    board.word[11] = board.word[11] | events;
    board.word[12] = board.word[12] + 1;
    board.word[13] = static_cast<std::uint64_t>(page.cause);
}

void want_timer(lab::ChildStart* start) {
    lab::Board& board = *start->board;
    lab::open_upcalls(start, count_pending, pending::timer);
    (void)sys::timer(lab::tsc() + start->argument);
    for (std::uint64_t i = 0; i < 20'000'000 && !(board.word[10] & pending::timer); i++)
        board.beat = i;
    board.done = 1;
    (void)sys::stop(self, 0);
}

void want_event(lab::ChildStart* start) {
    lab::Board& board = *start->board;
    lab::open_upcalls(start, count_pending, pending::event);
    board.go = 1;
    while (!board.word[11])
        (void)sys::wait(0, pending::news);
    board.done = 1;
    (void)sys::stop(self, 0);
}

void masked_event(lab::ChildStart* start) {
    lab::Board& board = *start->board;
    lab::open_upcalls(start, count_pending, pending::event);
    start->upcall->masked = 1;
    CallResult made = sys::derive(self, Kind::Event, right::Signal, start->environment << 32 | 5, 1);
    board.result[0] = sys::signal(made.value()).raw();
    board.word[20] = board.word[12];
    board.word[21] = start->upcall->events;
    (void)sys::wait(0, pending::news); // returns at once: something is pending
    start->upcall->masked = 0;
    board.result[1] = sys::signal(made.value()).raw();
    for (std::uint64_t i = 0; i < 1'000'000 && board.word[12] == 0; i++)
        board.beat = i;
    board.done = 1;
    (void)sys::stop(self, 0);
}

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "every exception becomes an upcall that says what and where") {
    lab::Child child;
    REQUIRE(child.ok());
    REQUIRE(child.start(raise_exceptions));
    REQUIRE(child.finish());
    const lab::Board& board = child.board();
    REQUIRE(child.state() == EnvironmentState::Stopped);
    REQUIRE(board.beat == 8);
    std::uint64_t causes[8] = {0, 6, 3, 13, 14, 14, 14, 13};
    for (unsigned i = 0; i < 8; i++)
        CHECK(board.word[2 * i] == causes[i]);
    CHECK(board.word[9] == hole);
    CHECK(board.result[4] == 4); // user mode, read, not present (Intel SDM 4.7)
    CHECK(board.result[5] == 6);
    CHECK(board.word[13] == 0xffff'8000'0010'0000ull);
    CHECK((board.result[6] & 4) == 4);
}

TEST_CASE_FIXTURE(lab::Fresh, "resuming in user mode brings back every register and the flags") {
    lab::Child child;
    REQUIRE(child.ok());
    REQUIRE(child.start(keep_registers));
    REQUIRE(child.finish());
    CHECK(child.board().word[0] == 6);
    CHECK(child.board().word[62] == 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10 + 11 + 12 + 13 + 14 + 1);
    CHECK(child.info().fault_vector == 0);
}

TEST_CASE_FIXTURE(lab::Fresh, "a timer interrupts a running vcore at its deadline") {
    lab::ChildOptions options;
    options.argument = lab::cycles(3000);
    lab::Child child(options);
    REQUIRE(child.ok());
    REQUIRE(child.start(want_timer));
    REQUIRE(child.finish());
    CHECK((child.board().word[10] & pending::timer) != 0);
    CHECK(child.board().word[13] == 32);
}

TEST_CASE_FIXTURE(lab::Fresh, "a signalled event wakes a sleeper and names its bit") {
    lab::Child child;
    REQUIRE(child.ok());
    CallResult event =
        sys::derive(child.environment(), Kind::Event, right::Signal, child.number() << 32 | 0 << 8 | 17, 1);
    REQUIRE(event.ok());
    Handle weak = sys::derive(event.value(), Kind::Event, 0, child.number() << 32 | 17, 1).value();
    REQUIRE(child.start(want_event));
    REQUIRE(lab::until([&] { return child.board().go != 0; }));
    (void)lab::until([] { return false; }, 1000);
    CHECK_ERROR(sys::signal(weak), NoRight);
    CHECK_ERROR(sys::signal(lab::frames()), WrongKind);
    CHECK_OK(sys::signal(event.value()));
    REQUIRE(child.finish());
    CHECK(child.board().word[11] == 1ull << 17);
    CHECK(lab::until([&] { return child.state() == EnvironmentState::Stopped; }));
    CHECK_ERROR(sys::signal(event.value()), WrongState);
}

TEST_CASE_FIXTURE(lab::Fresh, "while masked, events stay pending") {
    lab::Child child;
    REQUIRE(child.ok());
    REQUIRE(child.start(masked_event));
    REQUIRE(child.finish());
    CHECK(child.board().result[0] == 0);
    CHECK(child.board().word[20] == 0);
    CHECK(child.board().word[21] == 1ull << 5);
    CHECK(child.board().result[1] == 0);
    CHECK(child.board().word[12] >= 1);
}
