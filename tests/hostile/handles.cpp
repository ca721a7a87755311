// Attacks on names and rights: handles that were never given, rights and ranges beyond what was.
#include "tests/hostile/neighbour.hpp"

using namespace exo;
using hostile::attempt;
using hostile::End;
using hostile::finished;
using hostile::Scene;

TEST_CASE_FIXTURE(Scene, "forged handles") {
    attack(
        [](lab::ChildStart* start) {
            CapabilityInfo info;
            for (std::uint64_t slot = 64; slot < 80; slot++)
                attempt(start, sys::inspect(make_handle(static_cast<std::uint32_t>(slot), 1), &info));
            attempt(start, sys::inspect(start->frames + 0x10000, &info));
            attempt(start, sys::inspect(start->frames | 1ull << 48, &info));
            attempt(start, sys::drop(~1ull));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "stale handles") {
    attack(
        [](lab::ChildStart* start) {
            Handle own =
                sys::derive(start->frames, Kind::Frames, right::Read | right::Write, start->free_frame, 1).value();
            (void)sys::drop(own);
            CapabilityInfo info;
            attempt(start, sys::inspect(own, &info));
            BindOp row{BindKind::Page, right::Read, own, 0x7000'0005'0000ull, start->free_frame, 1, 0};
            attempt(start, sys::bind(self, &row, 1));
            // The slot is used again, under a new generation.
            Handle again = sys::derive(start->frames, Kind::Frames, right::Read, start->free_frame, 1).value();
            attempt(start, again == own ? CallResult(0) : CallResult(-1));
            attempt(start, sys::drop(own));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "another environment's handle") {
    attacker().board().word[46] = neighbour().frames() + (7ull << 16);
    attack(
        [](lab::ChildStart* start) {
            CapabilityInfo info;
            attempt(start, sys::inspect(start->board->word[46], &info));
            BindOp row{BindKind::Page, right::Read, start->frames, 0x7000'0005'0000ull, start->board->word[40], 1, 0};
            attempt(start, sys::bind(self, &row, 1));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "rights widened by derive") {
    Handle reader = sys::derive(lab::frames(), Kind::Frames, right::Read | right::Grant, lab::take(1), 1).value();
    CapabilityInfo about;
    REQUIRE(sys::inspect(reader, &about).ok());
    attacker().board().word[46] = about.first;
    attack(
        [](lab::ChildStart* start) {
            for (Rights more : {right::Write, right::Execute, right::Dma, right::Retype, right::Control, right::all})
                attempt(start,
                        sys::derive(start->given[0], Kind::Frames, right::Read | more, start->board->word[46], 1));
            finished(start);
        },
        End::Alive, {reader});
}

TEST_CASE_FIXTURE(Scene, "ranges widened by derive, with sums that wrap") {
    attack(
        [](lab::ChildStart* start) {
            std::uint64_t first = start->first_frame, count = start->frame_count;
            attempt(start, sys::derive(start->frames, Kind::Frames, right::Read, first - 1, 1));
            attempt(start, sys::derive(start->frames, Kind::Frames, right::Read, first + count, 1));
            attempt(start, sys::derive(start->frames, Kind::Frames, right::Read, first, count + 1));
            attempt(start, sys::derive(start->frames, Kind::Frames, right::Read, first + 1, ~0ull));
            attempt(start, sys::derive(start->frames, Kind::Frames, right::Read, ~0ull, 2));
            attempt(start, sys::derive(start->frames, Kind::Frames, right::Read, 0, first + count));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "a capability of one kind used as another") {
    attack(
        [](lab::ChildStart* start) {
            attempt(start, sys::derive(start->frames, Kind::Machine, right::Power, start->first_frame, 1));
            attempt(start, sys::derive(start->frames, Kind::Function, right::Bind, start->first_frame, 1));
            attempt(start, sys::derive(start->frames, Kind::Environment, right::Control, start->board->word[41], 1));
            attempt(start, sys::derive(self, Kind::Event, right::Signal, start->board->word[41] << 32, 1));
            attempt(start, sys::derive(self, Kind::Gate, right::Call, start->board->word[41] << 32, 1));
            attempt(start, sys::log(start->frames, "x", 1));
            attempt(start, sys::shutdown(start->frames, 0));
            attempt(start, sys::environment_create(start->frames, start->frames, start->free_frame & ~1ull, 1));
            attempt(start, sys::signal(start->frames));
            attempt(start, sys::call_words(start->frames).status);
            attempt(start, sys::yield(start->frames, 0));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "acting on the neighbour without a capability on it") {
    attack(
        [](lab::ChildStart* start) {
            std::uint64_t number = start->board->word[41];
            for (Handle name :
                 {Handle{number}, make_handle(static_cast<std::uint32_t>(number), 0), Handle{number << 16}}) {
                attempt(start, sys::stop(name, 1));
                attempt(start, sys::start(name, 0, 0x1000, 0x1000, 0));
                attempt(start, sys::bind(name, nullptr, 1));
                attempt(start, sys::grant(start->frames, name));
                attempt(start, sys::vcore_create(name, nullptr));
            }
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "a weak capability on the neighbour used as a strong one") {
    Handle weak =
        sys::derive(neighbour().environment(), Kind::Environment, right::Call | right::Grant, neighbour().number(), 1)
            .value();
    attack(
        [](lab::ChildStart* start) {
            attempt(start, sys::stop(start->given[0], 1));
            attempt(start, sys::start(start->given[0], 0, 0x1000, 0x1000, 0));
            attempt(start, sys::grant(start->frames, start->given[0]));
            BindOp row{BindKind::Page, right::Read, start->frames, 0x7000'0005'0000ull, start->free_frame, 1, 0};
            attempt(start, sys::bind(start->given[0], &row, 1));
            attempt(start, sys::unbind(start->given[0], &row, 1));
            attempt(start, sys::derive(start->given[0], Kind::Gate, right::Call, start->board->word[41] << 32, 1));
            attempt(start, sys::derive(start->given[0], Kind::Event, right::Signal, start->board->word[41] << 32, 1));
            finished(start);
        },
        End::Alive, {weak});
}

TEST_CASE_FIXTURE(Scene, "the neighbour's slots") {
    attack(
        [](lab::ChildStart* start) {
            for (Handle name : {start->frames, Handle{1}, no_handle}) {
                BindOp row{BindKind::Slice, 0, name, 0, 20, 20, 0};
                attempt(start, sys::bind(self, &row, 1));
                attempt(start, sys::unbind(self, &row, 1));
            }
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "a handle used after it was repossessed") {
    std::uint64_t frame = lab::take(1);
    Handle lent = sys::derive(lab::frames(), Kind::Frames, right::Read | right::Write | right::Grant, frame, 1).value();
    REQUIRE(attacker().grant(lent) != no_handle);
    attacker().board().word[46] = frame;
    REQUIRE(sys::revoke(lent, 1).ok());
    while (sys::repossess(lent).is(Error::Again)) {
    }
    attack(
        [](lab::ChildStart* start) {
            CapabilityInfo info;
            attempt(start, sys::inspect(start->given[0], &info));
            BindOp row{BindKind::Page, right::Read, start->given[0], 0x7000'0005'0000ull, start->board->word[46], 1, 0};
            attempt(start, sys::bind(self, &row, 1));
            row.handle = start->frames;
            attempt(start, sys::bind(self, &row, 1));
            finished(start);
        },
        End::Alive);
}
