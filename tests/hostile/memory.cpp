// Attacks on memory: frames of others, of the kernel, and of the attacker's own books.
#include "tests/hostile/neighbour.hpp"

using namespace exo;
using hostile::attempt;
using hostile::End;
using hostile::finished;
using hostile::Scene;

namespace {

constexpr std::uint64_t place = 0x7000'0005'0000ull; // beside the board, where a table exists
constexpr Rights rw = right::Read | right::Write;

CallResult map(lab::ChildStart* start, std::uint64_t frame, std::uint64_t count, Rights rights,
               std::uint64_t address = place) {
    BindOp row{BindKind::Page, rights, start->frames, address, frame, count, 0};
    return sys::bind(self, &row, 1);
}

} // namespace

TEST_CASE_FIXTURE(Scene, "mapping the neighbour's frames") {
    attack(
        [](lab::ChildStart* start) {
            for (std::uint64_t i = 0; i < 8; i++)
                attempt(start, map(start, start->board->word[40] + i, 1, right::Read));
            attempt(start, map(start, start->board->word[40], 1, rw));
            attempt(start, map(start, start->board->word[42], 1, right::Read));
            attempt(start, map(start, start->board->word[43], 1, right::Read));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "mapping the kernel's frames") {
    attack(
        [](lab::ChildStart* start) {
            for (std::uint64_t frame : std::initializer_list<std::uint64_t>{
                     0ull, 0x100ull, 0x101ull, 0x110ull, 0xfee00ull, 0xb8ull, (1ull << 36) - 1, ~0ull})
                attempt(start, map(start, frame, 1, right::Read));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "runs of pages that leave the attacker's range") {
    attack(
        [](lab::ChildStart* start) {
            std::uint64_t last = start->first_frame + start->frame_count - 1;
            attempt(start, map(start, last, 2, right::Read));
            attempt(start, map(start, last, 512, right::Read));
            attempt(start, map(start, start->free_frame, ~0ull / page_bytes, right::Read));
            attempt(start, map(start, start->free_frame, 1ull << 52, right::Read));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "addresses that are the kernel's, or wrap, or are not canonical") {
    attack(
        [](lab::ChildStart* start) {
            for (std::uint64_t address :
                 std::initializer_list<std::uint64_t>{0xffff'8000'0000'0000ull, info_base, 0xffff'ffff'8010'0000ull,
                                                      user_end, 0x0000'8000'0000'0000ull, 1ull << 62, ~0xfffull})
                attempt(start, map(start, start->free_frame, 1, rw, address));
            BindOp row{BindKind::Table,
                       bind_level(3),
                       start->frames,
                       0xffff'8000'0000'0000ull,
                       (start->free_frame + 1) & ~1ull,
                       1,
                       0};
            attempt(start, sys::bind(self, &row, 1));
            row.kind = BindKind::Page;
            row.flags = 0;
            attempt(start, sys::unbind(self, &row, 1));
            row.kind = BindKind::Protect;
            row.flags = rw;
            attempt(start, sys::bind(self, &row, 1));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "writing one's own page tables") {
    attack(
        [](lab::ChildStart* start) {
            auto* frames = reinterpret_cast<const volatile FrameEntry*>(info_frames);
            for (std::uint64_t i = 0; i < start->frame_count; i++) {
                std::uint64_t frame = start->first_frame + i;
                FrameType type = const_cast<const FrameType&>(frames[frame].type);
                if (type == FrameType::PageTable || type == FrameType::Ledger || type == FrameType::VcoreState)
                    attempt(start, map(start, frame, 1, rw));
            }
            attempt(start, map(start, start->board->word[44], 1, rw)); // the root, which its creator paid for
            attempt(start, map(start, start->board->word[45], 1, rw)); // the vcore's save area
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "a frame prepared with entries becomes an empty table") {
    attack(
        [](lab::ChildStart* start) {
            std::uint64_t pair = (start->free_frame + 1) & ~1ull;
            if (!map(start, pair, 2, rw).ok())
                finished(start);
            // Present, writable, user, leading to the neighbour's memory.
            std::uint64_t entry = start->board->word[hostile::known::neighbour_frame] * page_bytes | 7;
            for (std::uint64_t i = 0; i < 1024; i++)
                reinterpret_cast<volatile std::uint64_t*>(place)[i] = entry;
            constexpr std::uint64_t elsewhere = 0x7000'0060'0000ull;
            BindOp row{BindKind::Table, bind_level(1), start->frames, elsewhere, pair, 1, 0};
            attempt(start, sys::bind(self, &row, 1)); // still mapped
            BindOp page{BindKind::Page, 0, no_handle, place, 0, 2, 0};
            (void)sys::unbind(self, &page, 1);
            attempt(start, sys::bind(self, &row, 1).ok() ? CallResult(-1) : CallResult(0));
            // Nothing is there: no page of it is bound, and none can be read.
            BindOp protect{BindKind::Protect, right::Read, no_handle, elsewhere, 0, 1, 0};
            attempt(start, sys::bind(self, &protect, 1));
            start->board->done = 1;
            start->board->word[0] = *reinterpret_cast<volatile std::uint64_t*>(elsewhere); // faults, masked
            attempt(start, CallResult(0));
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "writing what the kernel shows read only") {
    attack(
        [](lab::ChildStart* start) {
            BindOp info{BindKind::Info, rw, no_handle, place, 0, 1, 0};
            attempt(start, sys::bind(self, &info, 1));
            info.flags = right::Read;
            if (!sys::bind(self, &info, 1).ok())
                finished(start);
            BindOp protect{BindKind::Protect, rw, no_handle, place, 0, 1, 0};
            attempt(start, sys::bind(self, &protect, 1));
            info.address = place + page_bytes;
            info.resource = 999;
            attempt(start, sys::bind(self, &info, 1));
            attempt(start, CallResult(-1));
            start->board->done = 1;
            *reinterpret_cast<volatile std::uint64_t*>(place) = 1; // faults, masked
            attempt(start, CallResult(0));
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "writing the machine's info pages") {
    attack(
        [](lab::ChildStart* start) {
            start->board->done = 1;
            *reinterpret_cast<volatile std::uint64_t*>(info_machine) = 1;
            attempt(start, CallResult(0));
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "reading kernel memory") {
    attack(
        [](lab::ChildStart* start) {
            start->board->done = 1;
            start->board->word[0] = *reinterpret_cast<volatile std::uint64_t*>(0xffff'8000'0010'0000ull);
            attempt(start, CallResult(0));
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "executing what is not executable") {
    attack(
        [](lab::ChildStart* start) {
            start->board->done = 1;
            start->board->word[10] = 0x0b0f; // ud2, on a page that is readable and writable
            reinterpret_cast<void (*)()>(reinterpret_cast<std::uint64_t>(&start->board->word[10]))();
            attempt(start, CallResult(0));
        },
        End::Faulted);
    // The fault must be the fetch, not the instruction.
}

TEST_CASE_FIXTURE(Scene, "large pages over tables and over others' frames") {
    attack(
        [](lab::ChildStart* start) {
            for (std::uint32_t size : {bind_flag::size_2m, bind_flag::size_1g}) {
                BindOp row{BindKind::Page, rw | size, start->frames, 0x7000'8000'0000ull, start->first_frame, 1, 0};
                attempt(start, sys::bind(self, &row, 1));
                row.resource = start->first_frame & ~511ull;
                attempt(start, sys::bind(self, &row, 1));
                row.resource = 0;
                attempt(start, sys::bind(self, &row, 1));
            }
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "one's own table taken away while it is in use, or made a page") {
    attack(
        [](lab::ChildStart* start) {
            for (std::uint32_t level : {1u, 2u, 3u}) {
                BindOp row{BindKind::Table, bind_level(level), no_handle, 0x7000'0000'0000ull, 0, 1, 0};
                attempt(start, sys::unbind(self, &row, 1));
            }
            BindOp row{BindKind::Table,
                       bind_level(4),
                       start->frames,
                       0x7000'0000'0000ull,
                       (start->free_frame + 1) & ~1ull,
                       1,
                       0};
            attempt(start, sys::bind(self, &row, 1));
            row.flags = bind_level(0);
            attempt(start, sys::bind(self, &row, 1));
            finished(start);
        },
        End::Alive);
}
