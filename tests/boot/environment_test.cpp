// environment_create, vcore_create, start, stop: protection domains from their making to their end.
#include "tests/boot/expect.hpp"

using namespace exo;

namespace {

void say_hello(lab::ChildStart* start) {
    start->board->word[0] = start->argument;
    start->board->word[1] = start->environment;
    start->board->done = 1;
    (void)sys::stop(self, 42);
}

void touch_nothing(lab::ChildStart* start) {
    start->board->beat = 1;
    *reinterpret_cast<volatile std::uint64_t*>(0x1000) = 1;
    start->board->done = 1;
}

void wait_for_ever(lab::ChildStart*) {
    for (;;)
        (void)sys::wait(0, pending::news);
}

void divide(lab::ChildStart* start) {
    start->board->beat = 1;
    asm volatile("xor %%edx, %%edx; xor %%ecx, %%ecx; mov $1, %%eax; div %%ecx" ::: "rax", "rcx", "rdx");
}

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "a child runs, ends with a status, and leaves nothing") {
    lab::ChildOptions options;
    options.argument = 0xabcdef;
    lab::Child child(options);
    REQUIRE(child.ok());
    CHECK(child.state() == EnvironmentState::Alive);
    REQUIRE(child.start(say_hello));
    REQUIRE(child.finish());
    CHECK(lab::until([&] { return child.state() == EnvironmentState::Stopped; }));
    CHECK(child.board().word[0] == 0xabcdef);
    CHECK(child.board().word[1] == child.number());
    CHECK(child.info().status == 42);
    CHECK(child.destroy());
    CHECK(child.state() == EnvironmentState::Free);
}

TEST_CASE_FIXTURE(lab::Fresh, "a masked exception ends the child and says where, and nobody else") {
    lab::Child child;
    REQUIRE(child.ok());
    REQUIRE(child.start(touch_nothing));
    REQUIRE(child.finish());
    CHECK(child.state() == EnvironmentState::Faulted);
    CHECK(child.board().beat == 1);
    CHECK(child.board().done == 0);
    CHECK(child.info().fault_vector == 14);
    CHECK(child.info().fault_address == 0x1000);
    lab::Child second;
    REQUIRE(second.ok());
    REQUIRE(second.start(divide));
    REQUIRE(second.finish());
    CHECK(second.info().fault_vector == 0);
}

TEST_CASE_FIXTURE(lab::Fresh, "the frames of an ended environment can be used again, and hold nothing of its books") {
    std::uint64_t frame = 0, state_frame = 0;
    {
        lab::Child child;
        REQUIRE(child.ok());
        frame = child.environment_frame();
        state_frame = child.state_frame();
        std::uint64_t at = lab::place(1);
        CHECK_ERROR(lab::bind(self, lab::page_row(lab::frames(), at, frame, 1, right::Read)), InUse);
        CHECK_ERROR(lab::bind(self, lab::page_row(lab::frames(), at, state_frame, 1, right::Read)), InUse);
        REQUIRE(child.start(wait_for_ever));
        (void)lab::until([] { return false; }, 2000);
        REQUIRE(child.destroy());
    }
    std::uint64_t at = lab::place(6);
    CHECK_OK(lab::bind(self, lab::page_row(lab::frames(), at, frame, 5, right::Read)));
    CHECK_OK(lab::bind(self, lab::page_row(lab::frames(), at + 5 * page_bytes, state_frame, 1, right::Read)));
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < 6 * page_bytes / 8; i++)
        sum |= reinterpret_cast<volatile std::uint64_t*>(at)[i];
    CHECK(sum == 0);
}

TEST_CASE_FIXTURE(lab::Fresh, "creating: every refusal") {
    std::uint64_t frame = lab::take(8, 2);
    CHECK_ERROR(sys::environment_create(lab::frames(), lab::frames(), frame, 1), WrongKind);
    CHECK_ERROR(sys::environment_create(lab::machine(), lab::machine(), frame, 1), WrongKind);
    CHECK_ERROR(sys::environment_create(lab::machine(), lab::frames(), frame + 1, 1), Misaligned);
    CHECK_ERROR(sys::environment_create(lab::machine(), lab::frames(), frame, 0), OutOfRange);
    CHECK_ERROR(sys::environment_create(lab::machine(), lab::frames(), 0, 1), OutOfRange);
    CHECK_ERROR(sys::environment_create(lab::machine(), lab::frames(), frame, ~0ull), OutOfRange);
    Handle logger = sys::derive(lab::machine(), Kind::Machine, right::Log, 0, 1).value();
    CHECK_ERROR(sys::environment_create(logger, lab::frames(), frame, 1), NoRight);
    Handle reader = sys::derive(lab::frames(), Kind::Frames, right::Read, frame, 8).value();
    CHECK_ERROR(sys::environment_create(lab::machine(), reader, frame, 1), NoRight);
    std::uint64_t at = lab::place(1);
    CHECK_OK(lab::bind(self, lab::page_row(lab::frames(), at, frame + 3, 1, right::Read)));
    CHECK_ERROR(sys::environment_create(lab::machine(), lab::frames(), frame, 1), InUse);
}

TEST_CASE_FIXTURE(lab::Fresh, "vcores: every refusal") {
    lab::Child child;
    REQUIRE(child.ok());
    std::uint64_t free = child.first_frame() + 100;
    VcoreSpec spec{child.frames(), free, free + 1, lab::machine_info().core_count};
    CHECK_ERROR(sys::vcore_create(child.environment(), &spec), OutOfRange);
    spec = {child.frames(), free, free, 0};
    CHECK_ERROR(sys::vcore_create(child.environment(), &spec), InUse);
    spec = {child.frames(), child.state_frame(), free, 0};
    CHECK_ERROR(sys::vcore_create(child.environment(), &spec), InUse);
    spec = {child.frames(), 1, free, 0};
    CHECK_ERROR(sys::vcore_create(child.environment(), &spec), OutOfRange);
    CHECK_ERROR(sys::vcore_create(child.environment(), nullptr), BadAddress);
    CHECK_ERROR(sys::vcore_create(lab::frames(), &spec), WrongKind);
    spec = {child.frames(), free, free + 1, 0};
    CallResult second = sys::vcore_create(child.environment(), &spec);
    REQUIRE(second.ok());
    CHECK(second.value() == 1);
}

TEST_CASE_FIXTURE(lab::Fresh, "start and stop: every refusal") {
    lab::Child child;
    REQUIRE(child.ok());
    CHECK_ERROR(sys::start(child.environment(), 7, 0x1000, 0x1000, 0), OutOfRange);
    CHECK_ERROR(sys::start(child.environment(), 0, user_end, 0x1000, 0), BadAddress);
    CHECK_ERROR(sys::start(child.environment(), 0, 0x1000, 0xffff'8000'0000'0000ull, 0), BadAddress);
    CHECK_ERROR(sys::start(lab::frames(), 0, 0x1000, 0x1000, 0), WrongKind);
    REQUIRE(child.start(wait_for_ever));
    CHECK_ERROR(sys::start(child.environment(), 0, 0x1000, 0x1000, 0), WrongState);
    Handle weak = sys::derive(child.environment(), Kind::Environment, right::Receive, child.number(), 1).value();
    CHECK_ERROR(sys::stop(weak, 0), NoRight);
    CHECK_ERROR(sys::start(weak, 0, 0x1000, 0x1000, 0), NoRight);
    CHECK_ERROR(sys::bind(weak, nullptr, 0), NoRight);
    CHECK(child.destroy());
    CHECK_ERROR(sys::stop(child.environment(), 0), BadHandle);
}
