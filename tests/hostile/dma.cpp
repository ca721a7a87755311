// Attacks by DMA: windows onto what is not the attacker's, a device told to reach past its windows, and one that is
// still copying when its owner dies or loses the frames.
#include "tests/hostile/edu.hpp"
#include "tests/hostile/neighbour.hpp"

using namespace exo;
using hostile::attempt;
using hostile::attempt_seen;
using hostile::End;
using hostile::finished;
using hostile::FunctionKind;
using hostile::LentFunction;
using hostile::Scene;
namespace edu = hostile::edu;

namespace {

constexpr Rights rw = right::Read | right::Write;
constexpr std::uint64_t mark = 0xdddd'dddd'dddd'ddddull;
constexpr unsigned device_works = 59; // word of the attacker's board: what it does to itself comes through

// Attack addresses of a copy that is under way when something happens to its owner.
void copy_for_ever(lab::ChildStart* start) {
    start->board->word[device_works] = edu::works();
    edu::fill(0, mark);
    (void)edu::run(edu::Direction::FromMemory, hostile::device_buffer, edu::bytes_max);
    // Once to the end, so that the IOMMU remembers the way.
    (void)edu::run(edu::Direction::ToMemory, start->argument, edu::bytes_max);
    edu::begin(edu::Direction::ToMemory, start->argument, edu::bytes_max);
    start->board->go = 1;
    for (;;)
        asm volatile("pause"); // Safe: a hint.
}

// Longer than the device takes to begin.
void let_the_copy_end() {
    std::uint64_t end = lab::tsc() + lab::cycles(300'000);
    REQUIRE(lab::until([end] { return lab::tsc() > end; }));
}

} // namespace

TEST_CASE_FIXTURE(Scene, "DMA windows onto the neighbour's frames, the kernel's, and one's own tables") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Entropy);
    REQUIRE(function.has_value());
    Handle no_dma = sys::derive(lab::frames(), Kind::Frames, rw | right::Grant, lab::take(1), 1).value();
    attack(
        [](lab::ChildStart* start) {
            Handle function = start->given[0];
            auto window = [&](Handle frames, std::uint64_t frame, std::uint64_t count, std::uint64_t address) {
                BindOp row{BindKind::Dma, rw, function, address, frame, count, frames};
                attempt(start, sys::bind(self, &row, 1));
            };
            constexpr std::uint64_t place = hostile::device_buffer + 0x1'0000;
            window(start->frames, start->board->word[hostile::known::neighbour_frame], 1, place);
            window(start->frames, start->board->word[hostile::known::neighbour_environment_frame], 1, place);
            window(start->frames, 0x100, 1, place);
            window(start->frames, 0, 1, place);
            window(start->frames, ~0ull, 1, place);
            window(start->frames, start->first_frame + start->frame_count - 1, 2, place);
            window(start->frames, start->first_frame, ~0ull / page_bytes, place);
            window(start->frames, start->free_frame, 1, 0xfee0'0000); // the interrupt range
            window(start->frames, start->free_frame, 1, ~0xfffull);
            window(start->frames, start->free_frame, 1, hostile::device_buffer); // taken
            CapabilityInfo lent;
            if (sys::inspect(start->given[1], &lent).ok())
                window(start->given[1], lent.first, 1, place); // a frame without the right to DMA
            window(function, start->free_frame, 1, place);
            auto* frames = reinterpret_cast<const volatile FrameEntry*>(info_frames); // Safe: an info page.
            for (std::uint64_t frame = start->first_frame; frame < start->free_frame; frame++)
                if (const_cast<const FrameType&>(frames[frame].type) != FrameType::Data)
                    window(start->frames, frame, 1, place);
            // Tables of the domain, seen as memory, and frames in use, made tables.
            BindOp table{BindKind::DmaTable, bind_level(1), function, 0x4000'0000, start->first_frame & ~1ull, 1,
                         start->frames};
            attempt(start, sys::bind(self, &table, 1));
            table.resource = start->board->word[hostile::known::neighbour_frame] & ~1ull;
            attempt(start, sys::bind(self, &table, 1));
            finished(start);
        },
        End::Alive, {no_dma});
}

TEST_CASE_FIXTURE(Scene, "register windows onto memory, configuration space and the message table") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Entropy);
    REQUIRE(function.has_value());
    attacker().board().word[46] = hostile::device_info(function->index).msix_bar;
    attack(
        [](lab::ChildStart* start) {
            auto window = [&](std::uint64_t bar, std::uint64_t page, std::uint64_t count, Rights rights) {
                BindOp row{BindKind::Bar, rights, start->given[0], 0x7000'0009'0000ull, bar << 32 | page, count, 0};
                attempt(start, sys::bind(self, &row, 1));
            };
            window(6, 0, 1, rw);                      // configuration space, to write
            window(start->board->word[46], 0, 1, rw); // its interrupt messages, to write
            window(4, 4, 1, right::Read);             // past the BAR
            window(4, 0, 5, right::Read);
            window(4, 0xffff'ffff, 2, right::Read);
            window(4, 0, 0, right::Read);
            window(0, 0, 1, right::Read); // a BAR that is not there
            window(7, 0, 1, right::Read);
            window(4, 0, 1, right::Read | right::Execute);
            BindOp row{BindKind::Bar, right::Read, start->given[0], info_base, 4ull << 32, 1, 0};
            attempt(start, sys::bind(self, &row, 1));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "somebody else's function") {
    attacker().board().word[46] = neighbours_function().index;
    attacker().board().word[47] = neighbours_function().theirs;
    attack(
        [](lab::ChildStart* start) {
            for (Handle name : {Handle{start->board->word[46]}, Handle{start->board->word[47]}, start->frames, self}) {
                BindOp row{BindKind::Bar, right::Read, name, 0x7000'0009'0000ull, 4ull << 32, 1, 0};
                attempt(start, sys::bind(self, &row, 1));
                row = {BindKind::Dma, rw, name, hostile::device_buffer, start->free_frame, 1, start->frames};
                attempt(start, sys::bind(self, &row, 1));
                attempt(start, sys::unbind(self, &row, 1));
                row = {BindKind::Interrupt, 0, name, 0, 7, 1, 0};
                attempt(start, sys::bind(self, &row, 1));
                attempt(start, sys::unbind(self, &row, 1));
            }
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "a function that another environment owns, by a capability of one's own on it") {
    attack(
        [](lab::ChildStart* start) {
            BindOp row{BindKind::Bar, right::Read, start->given[0], 0x7000'0009'0000ull, 4ull << 32, 1, 0};
            attempt(start, sys::bind(self, &row, 1));
            row = {BindKind::DmaTable, bind_level(3), start->given[0], 0, (start->free_frame + 1) & ~1ull, 1,
                   start->frames};
            attempt(start, sys::bind(self, &row, 1));
            row = {BindKind::Interrupt, 0, start->given[0], 0, 7, 1, 0};
            attempt(start, sys::bind(self, &row, 1));
            attempt(start, sys::unbind(self, &row, 1));
            row.kind = BindKind::Arm;
            attempt(start, sys::bind(self, &row, 1));
            finished(start);
        },
        End::Alive, {neighbours_function().handle});
}

TEST_CASE_FIXTURE(Scene, "DMA outside the domain") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Edu);
    REQUIRE(function.has_value());
    attacker().board().word[46] = neighbours_function().buffer_frame;
    std::uint32_t blocked = hostile::device_info(function->index).dma_faults;
    attack(
        [](lab::ChildStart* start) {
            using edu::Direction;
            volatile std::uint64_t* words = start->board->word;
            words[device_works] = edu::works();
            const std::uint64_t targets[] = {words[hostile::known::neighbour_frame] * page_bytes,
                                             words[hostile::known::neighbour_environment_frame] * page_bytes,
                                             words[46] * page_bytes,
                                             words[hostile::known::own_environment_frame] * page_bytes,
                                             start->first_frame * page_bytes, // one's own, but not by this name
                                             hostile::device_buffer - page_bytes,
                                             hostile::device_buffer + hostile::buffer_pages * page_bytes,
                                             0x10'0000 - 8,
                                             0x20'0000};
            edu::fill(0, mark);
            (void)edu::run(Direction::FromMemory, hostile::device_buffer, edu::bytes_max);
            for (std::uint64_t target : targets)
                attempt_seen(start, !edu::run(Direction::ToMemory, target, 64));
            attempt_seen(start, start->board->word[47] == mark); // through its own frame's physical name
            // What the neighbour has in memory does not come back either.
            std::uint64_t expected = 0x6e65'6967'6862'6f75ull;
            edu::fill(0, 0);
            for (std::uint64_t target : {targets[0], targets[2] + page_bytes}) {
                (void)edu::run(Direction::FromMemory, hostile::device_buffer, 64);
                (void)edu::run(Direction::FromMemory, target, 64);
                (void)edu::run(Direction::ToMemory, hostile::device_buffer + page_bytes, 64);
                for (unsigned i = 0; i < 8; i++)
                    attempt_seen(start, (edu::buffer(1)[i] ^ expected) < 64);
            }
            finished(start);
        },
        End::Alive);
    CHECK(attacker().board().word[device_works] == 1);
    CHECK(hostile::device_info(function->index).dma_faults > blocked);
}

TEST_CASE_FIXTURE(Scene, "killed with a copy under way, and the frames given to the neighbour") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Edu);
    REQUIRE(function.has_value());
    attacker().start_block().argument = hostile::device_buffer;
    begin(copy_for_ever);
    REQUIRE(lab::until([this] { return attacker().board().go != 0; }));
    CHECK(attacker().board().word[device_works] == 1);
    CHECK(attacker().destroy());
    CHECK(hostile::device_info(function->index).owner == 0);
    give_to_neighbour(function->buffer_frame, hostile::buffer_pages);
    let_the_copy_end();
    check_neighbour();
}

TEST_CASE_FIXTURE(Scene, "frames asked back and taken while a copy into them is under way") {
    std::optional<LentFunction> function = lend(attacker(), FunctionKind::Edu);
    REQUIRE(function.has_value());
    constexpr std::uint64_t place = hostile::device_buffer + 0x1'0000;
    std::uint64_t frame = lab::take(1);
    Handle lent = sys::derive(lab::frames(), Kind::Frames, rw | right::Dma | right::Grant, frame, 1).value();
    Handle theirs = attacker().grant(lent);
    REQUIRE(lab::bind(attacker().environment(), {BindKind::Dma, rw, function->theirs, place, frame, 1, theirs}).ok());
    attacker().start_block().argument = place;
    begin(copy_for_ever);
    REQUIRE(lab::until([this] { return attacker().board().go != 0; }));
    CHECK(attacker().board().word[device_works] == 1);
    REQUIRE(sys::revoke(lent, lab::tsc()).ok());
    while (sys::repossess(lent).is(Error::Again)) {
    }
    give_to_neighbour(frame, 1);
    let_the_copy_end();
    check_neighbour();
    CHECK(attacker().state() == EnvironmentState::Alive);
    CHECK(attacker().destroy());
    check_neighbour();
}
