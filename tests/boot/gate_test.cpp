// Protected control transfer: call enters the callee at its gate with the words in registers, on the caller's
// time; reply brings words back; and every way in which it is refused.
#include "tests/boot/expect.hpp"

using namespace exo;

namespace {

void add_words(std::uint64_t badge, std::uint64_t word0, std::uint64_t word1, std::uint64_t word2, std::uint64_t word3,
               lab::ChildStart* start) {
    start->board->beat = start->board->beat + 1;
    (void)sys::reply(badge, word0 + word1, word2 + word3, word0);
}

void serve(lab::ChildStart* start) {
    lab::open_gate(start, add_words);
    start->board->go = 1;
    for (;;)
        (void)sys::reply(0, 0, 0, 0);
}

void die_inside(std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, std::uint64_t, lab::ChildStart*) {
    (void)sys::stop(self, 9);
}

void serve_and_die(lab::ChildStart* start) {
    lab::open_gate(start, die_inside);
    start->board->go = 1;
    (void)sys::reply(0, 0, 0, 0);
}

Handle gate_to(lab::Child& child, std::uint64_t badge) {
    return sys::derive(child.environment(), Kind::Gate, right::Call | right::Grant, child.number() << 32 | badge, 1)
        .value();
}

} // namespace

TEST_CASE_FIXTURE(lab::Fresh, "words go there and back") {
    lab::Child child;
    REQUIRE(child.ok());
    Handle gate = gate_to(child, 7);
    CHECK_ERROR(sys::call_words(gate).status, WrongState); // not open yet
    REQUIRE(child.start(serve));
    REQUIRE(lab::until([&] { return child.board().go != 0; }));
    (void)lab::until([] { return false; }, 1000);
    for (std::uint64_t i = 0; i < 100; i++) {
        sys::Reply reply = sys::call_words(gate, i, 10, 20, 30);
        REQUIRE(reply.status.ok());
        CHECK(reply.status.value() == 7);
        CHECK(reply.word[0] == i + 10);
        CHECK(reply.word[1] == 50);
        CHECK(reply.word[2] == i);
    }
    CHECK(child.board().beat == 100);
}

TEST_CASE_FIXTURE(lab::Fresh, "a callee that ends answers Gone") {
    lab::Child child;
    REQUIRE(child.ok());
    Handle gate = gate_to(child, 0);
    REQUIRE(child.start(serve_and_die));
    REQUIRE(lab::until([&] { return child.board().go != 0; }));
    (void)lab::until([] { return false; }, 1000);
    CHECK_ERROR(sys::call_words(gate).status, Gone);
    CHECK_ERROR(sys::call_words(gate).status, Gone);
}

TEST_CASE_FIXTURE(lab::Fresh, "what is not a gate, or not callable, or elsewhere") {
    lab::Child child;
    REQUIRE(child.ok());
    CHECK_ERROR(sys::call_words(lab::frames()).status, WrongKind);
    CHECK_ERROR(sys::call_words(12345).status, BadHandle);
    Handle mute = sys::derive(gate_to(child, 1), Kind::Gate, right::Grant, child.number() << 32 | 1, 1).value();
    CHECK_ERROR(sys::call_words(mute).status, NoRight);
    if (lab::machine_info().core_count > 1) {
        lab::ChildOptions options;
        options.core = 1;
        lab::Child far(options);
        REQUIRE(far.ok());
        REQUIRE(far.start(serve));
        CHECK(lab::until([&] { return far.board().go != 0; }));
        CHECK_ERROR(sys::call_words(gate_to(far, 0)).status, WrongCore);
    }
}
