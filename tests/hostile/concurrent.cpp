// Attacks from two cores at once: what the kernel has checked is changed by another vcore before it is used, or is
// taken away while another vcore uses it. The first vcore is beside the neighbour, the second has core 1 to itself.
#include "tests/hostile/neighbour.hpp"

using namespace exo;
using hostile::attempt;
using hostile::attempt_seen;
using hostile::End;
using hostile::finished;
using hostile::Scene;

namespace {

constexpr std::uint64_t place = 0x7000'0005'0000ull; // beside the board, where a table exists
constexpr std::uint64_t second_page_at = 0x7000'0006'0000ull, second_stack_at = 0x7000'0007'0000ull;
constexpr Rights rw = right::Read | right::Write;
constexpr std::uint64_t mark = 0x6d61'726b'6d61'726bull;
constexpr std::uint64_t attack_us = 1'000'000;
constexpr unsigned ready = 46, shared = 0; // words of the attacker's board: free for a case, and those both vcores use

BindOp page_row(lab::ChildStart* start, std::uint64_t address, std::uint64_t frame) {
    return {BindKind::Page, rw, start->frames, address, frame, 1, 0};
}
volatile std::uint64_t& word_at(std::uint64_t address) {
    return *reinterpret_cast<volatile std::uint64_t*>(address); // Safe: mapped by the child.
}

// The attacker's second vcore, on core 1, masked, running `entry`. given[0]: slots of core 1.
bool start_second(lab::ChildStart* start, lab::ChildFunction entry) {
    std::uint64_t state = start->free_frame, page = state + 1, stack = state + 2;
    start->free_frame += 3;
    BindOp rows[] = {page_row(start, second_page_at, page), page_row(start, second_stack_at, stack)};
    if (sys::bind(self, rows, 2).raw() != 2)
        return false;
    for (std::uint64_t i = 0; i < page_bytes; i += 8)
        word_at(second_page_at + i) = 0;
    word_at(second_page_at + offsetof(UpcallPage, masked)) = 1;
    VcoreSpec spec{start->frames, state, page, 1};
    CapabilityInfo slots;
    if (!sys::vcore_create(self, &spec).ok() || !sys::inspect(start->given[0], &slots).ok())
        return false;
    BindOp time{BindKind::Slice, 0, start->given[0], 1, slots.first, slots.count, 0};
    return sys::bind(self, &time, 1).ok() &&
           sys::start(self, 1, reinterpret_cast<std::uint64_t>(entry), second_stack_at + page_bytes - 8,
                      reinterpret_cast<std::uint64_t>(start))
               .ok();
}

class TwoCores : public Scene {
public:
    TwoCores() {
        const StartInfo& info = lab::start();
        REQUIRE(info.vcore_count > 1);
        REQUIRE(info.vcore_core[1] == 1);
        (void)lab::unbind(self, {BindKind::Slice, 0, info.slices[1], 1, wheel_slots, wheel_slots, 0});
        slots_ =
            sys::derive(info.slices[1], Kind::Slices, right::Bind | right::Grant, wheel_slots, wheel_slots).value();
    }
    Handle slots() const { return slots_; }

private:
    Handle slots_;
};

// Shared words as a row or a spec that one vcore passes and the other changes.
template <typename T>
volatile T& shared_as(lab::ChildStart* start) {
    return reinterpret_cast<volatile T&>(start->board->word[shared]); // Safe: six words are enough for either.
}

void step_over(lab::ChildStart* start, lab::UpcallFrame*) {
    volatile UpcallPage& page = *start->upcall;
    page.pending = 0;
    if (page.cause == static_cast<Cause>(6)) // a ud2
        page.rip = page.rip + 2;
}

} // namespace

TEST_SUITE_BEGIN("two-cores");

TEST_CASE_FIXTURE(TwoCores, "a row that changes while bind reads it") {
    attack(
        [](lab::ChildStart* start) {
            std::uint64_t own = start->free_frame++;
            BindOp row = page_row(start, place, own);
            attempt_seen(start, !sys::bind(self, &row, 1).ok());
            word_at(place) = mark;
            (void)sys::unbind(self, &row, 1);
            volatile BindOp& moving = shared_as<BindOp>(start);
            moving.kind = BindKind::Page;
            moving.flags = rw;
            moving.handle = start->frames;
            moving.address = place;
            moving.resource = own;
            moving.count = 1;
            start->board->word[ready] = own;
            attempt_seen(start, !start_second(start, [](lab::ChildStart* s) {
                             volatile BindOp& changed = shared_as<BindOp>(s);
                             for (;;) {
                                 changed.resource = s->board->word[hostile::known::neighbour_frame];
                                 changed.count = 3;
                                 changed.resource = s->board->word[ready];
                                 changed.count = 1;
                                 changed.address = 0xffff'8000'0010'0000ull;
                                 changed.address = place;
                             }
                         }));
            for (std::uint64_t end = lab::tsc() + lab::cycles(attack_us); lab::tsc() < end;) {
                if (!sys::bind(self, const_cast<const BindOp*>(&moving), 1).ok())
                    continue;
                attempt_seen(start, word_at(place) != mark);
                (void)sys::unbind(self, &row, 1);
            }
            finished(start);
        },
        End::Alive, {slots()});
}

TEST_CASE_FIXTURE(TwoCores, "a page that comes and goes while calls read and write it") {
    attack(
        [](lab::ChildStart* start) {
            start->board->word[ready] = start->free_frame++;
            attempt_seen(start, !start_second(start, [](lab::ChildStart* s) {
                             BindOp row = page_row(s, place, s->board->word[ready]);
                             for (;;) {
                                 (void)sys::bind(self, &row, 1);
                                 (void)sys::unbind(self, &row, 1);
                             }
                         }));
            for (std::uint64_t end = lab::tsc() + lab::cycles(attack_us); lab::tsc() < end;) {
                (void)sys::inspect(start->frames, reinterpret_cast<CapabilityInfo*>(place + 16));
                (void)sys::bind(self, reinterpret_cast<const BindOp*>(place), 80);
                (void)sys::vcore_create(self, reinterpret_cast<const VcoreSpec*>(place + page_bytes - 16));
            }
            attempt_seen(start, false);
            finished(start);
        },
        End::Alive, {slots()});
}

TEST_CASE_FIXTURE(TwoCores, "a vcore's frames that change while it is made") {
    constexpr std::uint64_t frames = 2 * max_cores; // for as many vcores as an environment can have
    Handle more =
        sys::derive(lab::frames(), Kind::Frames, rw | right::Retype | right::Grant, lab::take(frames), frames).value();
    attack(
        [](lab::ChildStart* start) {
            volatile VcoreSpec& moving = shared_as<VcoreSpec>(start);
            moving.frames = start->given[1];
            moving.core = 0;
            attempt_seen(start, !start_second(start, [](lab::ChildStart* s) {
                             volatile VcoreSpec& changed = shared_as<VcoreSpec>(s);
                             const std::uint64_t theirs = s->board->word[hostile::known::neighbour_frame];
                             for (unsigned i = 0;; i++) {
                                 volatile std::uint64_t& frame = i % 16 ? changed.upcall_frame : changed.state_frame;
                                 frame = theirs + i % 2;
                                 frame = s->board->word[ready] + (i % 16 != 0);
                             }
                         }));
            auto* frames = reinterpret_cast<const volatile FrameEntry*>(info_frames); // Safe: an info page.
            auto* theirs = frames + start->board->word[hostile::known::neighbour_frame];
            CapabilityInfo mine{};
            attempt_seen(start, !sys::inspect(start->given[1], &mine).ok());
            std::uint64_t own = mine.first;
            for (std::uint64_t end = lab::tsc() + lab::cycles(attack_us); lab::tsc() < end;) {
                start->board->word[ready] = own;
                if (!sys::vcore_create(self, const_cast<const VcoreSpec*>(&moving)).ok())
                    continue;
                attempt_seen(start, const_cast<const FrameType&>(frames[own].type) != FrameType::VcoreState);
                attempt_seen(start, theirs[0].pins + theirs[1].pins != 0);
                own = own + 2 < mine.first + mine.count ? own + 2 : own;
            }
            finished(start);
        },
        End::Alive, {slots(), more});
}

TEST_CASE_FIXTURE(TwoCores, "an upcall page that changes while upcalls are made") {
    attack(
        [](lab::ChildStart* start) {
            lab::open_upcalls(start, step_over, pending::all);
            start->upcall->reflect_entry = 0;
            attempt_seen(start, false);
            bool second = start_second(start, [](lab::ChildStart* s) {
                volatile UpcallPage& page = *s->upcall;
                const std::uint64_t entry = page.upcall_entry, begin = page.resume_begin, end = page.resume_end;
                for (std::uint64_t i = 0;; i++) {
                    page.upcall_entry = i % 2 ? 0xffff'ffff'8010'0000ull : 0x8000'0000'0000ull;
                    page.upcall_entry = entry;
                    page.resume_begin = 0;
                    page.resume_end = ~0ull;
                    page.resume_restart = i % 2 ? 0xffff'ffff'8010'0000ull : 0x8000'0000'0000ull;
                    page.resume_begin = begin;
                    page.resume_end = end;
                    if (i % 1000 == 0)
                        page.pending = pending::all;
                }
            });
            start->board->done = 1;
            for (std::uint64_t end = lab::tsc() + lab::cycles(attack_us); second && lab::tsc() < end;)
                asm volatile("ud2");
            start->upcall->masked = 1; // if it lived so long
            asm volatile("ud2");
            start->board->word[61] = 1;
        },
        End::Faulted, {slots()});
}

TEST_CASE_FIXTURE(TwoCores, "a frame taken while the other core writes to it") {
    std::uint64_t frame = lab::take(1);
    Handle lent = sys::derive(lab::frames(), Kind::Frames, rw | right::Grant, frame, 1).value();
    attacker().board().word[ready] = frame;
    begin(
        [](lab::ChildStart* start) {
            BindOp row{BindKind::Page, rw, start->given[1], place, start->board->word[ready], 1, 0};
            attempt_seen(start, !sys::bind(self, &row, 1).ok());
            attempt_seen(start, !start_second(start, [](lab::ChildStart* s) {
                             s->board->go = 1;
                             for (std::uint64_t i = 0;; i++) // its translation stays in this core's TLB
                                 word_at(place) = i;
                         }));
            for (;;)
                (void)sys::wait(0, pending::news);
        },
        {slots(), lent});
    REQUIRE(lab::until([this] { return attacker().board().go != 0; }));
    REQUIRE(sys::revoke(lent, lab::tsc()).ok());
    while (sys::repossess(lent).is(Error::Again)) {
    }
    give_to_neighbour(frame, 1);
    conclude(End::Faulted);
}

TEST_CASE_FIXTURE(TwoCores, "ended in the middle of calls on the other core") {
    constexpr unsigned rounds = 16;
    for (unsigned round = 0; round < rounds; round++) {
        lab::ChildOptions options;
        options.core = 1;
        lab::Child child(options);
        REQUIRE(child.ok());
        REQUIRE(child.start([](lab::ChildStart* start) {
            for (;;) {
                start->board->go = 1;
                Handle part = sys::derive(start->frames, Kind::Frames, rw, start->free_frame, 1).value();
                BindOp row{BindKind::Page, rw, part, place, start->free_frame, 1, 0};
                (void)sys::bind(self, &row, 1);
                word_at(place) = 1;
                (void)sys::drop(part);
            }
        }));
        REQUIRE(lab::until([&] { return child.board().go != 0; }));
        for (std::uint64_t end = lab::tsc() + lab::cycles(1000) + round * lab::cycles(100); lab::tsc() < end;)
            asm volatile("pause"); // Safe: a hint.
        CHECK(child.destroy());
    }
    check_neighbour();
}

TEST_SUITE_END();
