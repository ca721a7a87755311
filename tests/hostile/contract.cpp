// Attacks by breaking the contract: bad upcall pages, privileged instructions, ignored slice ends, random calls.
// Whoever breaks it is ended; nobody else notices.
#include "tests/hostile/neighbour.hpp"

using namespace exo;
using hostile::attempt;
using hostile::End;
using hostile::finished;
using hostile::Scene;

namespace {

// What an attack that ends its own environment does last: it counts as an attempt that must not return.
void last(lab::ChildStart* start) {
    start->board->word[60] = 1;
    start->board->result[0] = -1;
    start->board->done = 1;
}

void skip_two(lab::ChildStart* start, lab::UpcallFrame*) {
    volatile UpcallPage& page = *start->upcall;
    attempt(start, page.cause == static_cast<Cause>(13) || page.cause == static_cast<Cause>(6) ? CallResult(-1)
                                                                                               : CallResult(0));
    page.rip = page.rip + start->board->word[59];
}

} // namespace

TEST_CASE_FIXTURE(Scene, "an upcall entry in the kernel") {
    attack(
        [](lab::ChildStart* start) {
            start->upcall->upcall_entry = 0xffff'ffff'8010'0000ull;
            start->upcall->masked = 0;
            last(start);
            asm volatile("ud2");
            start->board->word[61] = 1;
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "an upcall stack in the kernel") {
    attack(
        [](lab::ChildStart* start) {
            lab::open_upcalls(start, skip_two, 0);
            start->upcall->upcall_stack = 0xffff'8000'0010'0000ull;
            last(start);
            asm volatile("ud2");
            start->board->word[61] = 1;
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "an upcall page that is no longer mapped") {
    attack(
        [](lab::ChildStart* start) {
            lab::open_upcalls(start, skip_two, 0);
            BindOp row{BindKind::Page, 0, no_handle, reinterpret_cast<std::uint64_t>(start->upcall), 0, 1, 0};
            (void)sys::unbind(self, &row, 1);
            last(start);
            asm volatile("ud2");
            start->board->word[61] = 1;
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "an upcall page that is mapped read only") {
    attack(
        [](lab::ChildStart* start) {
            lab::open_upcalls(start, skip_two, 0);
            BindOp row{
                BindKind::Protect, right::Read, no_handle, reinterpret_cast<std::uint64_t>(start->upcall), 0, 1, 0};
            if (!sys::bind(self, &row, 1).ok())
                finished(start);
            last(start);
            asm volatile("ud2"); // its handler cannot say where to go on
            start->board->word[61] = 1;
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "an upcall stack that cannot be written") {
    attack(
        [](lab::ChildStart* start) {
            lab::open_upcalls(start, skip_two, 0);
            start->upcall->upcall_stack = info_machine + 256;
            last(start);
            asm volatile("ud2");
            start->board->word[61] = 1;
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "vcores and environments made of others' frames") {
    attack(
        [](lab::ChildStart* start) {
            volatile std::uint64_t* words = start->board->word;
            std::uint64_t own = start->free_frame;
            for (std::uint64_t frame :
                 {words[hostile::known::neighbour_frame], words[hostile::known::neighbour_state_frame],
                  words[hostile::known::own_environment_frame], words[hostile::known::own_state_frame],
                  std::uint64_t{0x100}, ~std::uint64_t{0}}) {
                for (VcoreSpec spec :
                     {VcoreSpec{start->frames, frame, own, 0}, VcoreSpec{start->frames, own, frame, 0}})
                    attempt(start, sys::vcore_create(self, &spec));
            }
            VcoreSpec same{start->frames, own, own, 0}, mapped{start->frames, start->first_frame, own, 0};
            attempt(start, sys::vcore_create(self, &same));
            attempt(start, sys::vcore_create(self, &mapped)); // the board's frame
            attempt(start, sys::environment_create(start->given[0], start->frames,
                                                   words[hostile::known::neighbour_frame] & ~1ull, 1));
            attempt(start, sys::environment_create(start->given[0], start->frames,
                                                   (start->first_frame + start->frame_count - 2) & ~1ull, 1));
            attempt(start, sys::environment_create(start->given[0], start->frames, start->first_frame & ~1ull, 1));
            finished(start);
        },
        End::Alive, {sys::derive(lab::machine(), Kind::Machine, right::Create | right::Grant, 0, 1).value()});
}

TEST_CASE_FIXTURE(Scene, "a foreign system call to the first address that is not canonical") {
    attack(
        [](lab::ChildStart* start) {
            start->upcall->reflect_entry = 0x8000'0000'0000ull;
            start->upcall->masked = 0;
            last(start);
            asm volatile("syscall" : : "a"(39) : "rcx", "r11", "memory");
            start->board->word[61] = 1;
        },
        End::Faulted);
    constexpr std::uint64_t bad_reflection = 257; // the kernel refused; SYSRET there would fault in ring 0
    CHECK(attacker().info().fault_vector == bad_reflection);
}

TEST_CASE_FIXTURE(Scene, "a foreign system call with nobody to take it") {
    attack(
        [](lab::ChildStart* start) {
            start->upcall->reflect_entry = 0;
            start->upcall->masked = 0;
            last(start);
            asm volatile("syscall" : : "a"(39) : "rcx", "r11", "memory");
            start->board->word[61] = 1;
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "a foreign system call to an entry in the kernel") {
    attack(
        [](lab::ChildStart* start) {
            start->upcall->reflect_entry = 0xffff'ffff'8010'0000ull;
            start->upcall->masked = 0;
            last(start);
            asm volatile("syscall" : : "a"(39) : "rcx", "r11", "memory");
            start->board->word[61] = 1;
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "a foreign system call while masked") {
    attack(
        [](lab::ChildStart* start) {
            start->upcall->reflect_entry = reinterpret_cast<std::uint64_t>(lab::lab_upcall_entry);
            last(start);
            asm volatile("syscall" : : "a"(39) : "rcx", "r11", "memory");
            start->board->word[61] = 1;
        },
        End::Faulted);
}

TEST_CASE_FIXTURE(Scene, "privileged instructions") {
    attack(
        [](lab::ChildStart* start) {
            lab::open_upcalls(start, skip_two, 0);
            volatile std::uint64_t& bytes = start->board->word[59];
            bytes = 1;
            asm volatile("cli");
            asm volatile("sti");
            asm volatile("hlt");
            bytes = 2;
            asm volatile("wrmsr" : : "c"(0xc0000082), "a"(0), "d"(0));
            asm volatile("rdmsr" : : "c"(0xc0000082) : "rax", "rdx");
            asm volatile("outb %%al, $0xf4" : : "a"(0)); // the port that ends the machine
            asm volatile("inb $0x60, %%al" : : : "rax");
            bytes = 3;
            asm volatile("mov %%cr3, %%rax" : : : "rax");
            asm volatile("mov %%rax, %%cr3" : : "a"(0ull));
            asm volatile("swapgs");
            asm volatile("invlpg (%%rax)" : : "a"(0ull));
            bytes = 3;
            asm volatile("mov %%rax, %%dr7" : : "a"(0ull));
            bytes = 2;
            asm volatile("int $0xf0"); // the timer's vector
            asm volatile("int $0x40"); // a device's
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "spinning through every slice end") {
    attack(
        [](lab::ChildStart* start) {
            lab::open_upcalls(
                start, [](lab::ChildStart* s, lab::UpcallFrame*) { s->upcall->pending = 0; }, pending::slice_end);
            attempt(start, CallResult(-1));
            for (std::uint64_t end = lab::tsc() + 200'000'000; lab::tsc() < end;)
                asm volatile("pause");
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "one's own GS base in the kernel, and single steps through calls") {
    attack(
        [](lab::ChildStart* start) {
            asm volatile("wrgsbase %0" : : "r"(0xffff'ffff'8010'0000ull));
            for (unsigned i = 0; i < 100; i++)
                attempt(start, sys::inspect(no_handle, nullptr));
            asm volatile("pushfq; orq $0x40000, (%%rsp); popfq" ::: "memory", "cc"); // AC: no SMAP, if it counted
            attempt(start, sys::inspect(start->frames, reinterpret_cast<CapabilityInfo*>(0xffff'8000'0010'0000ull)));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "exhausting capabilities, tables and vcores") {
    attack(
        [](lab::ChildStart* start) {
            for (unsigned i = 0; i < 4096; i++)
                if (CallResult made = sys::derive(start->frames, Kind::Frames, right::Read, start->free_frame, 1);
                    !made.ok()) {
                    attempt(start, made);
                    break;
                }
            for (std::uint64_t i = 0; i < 4096; i++) {
                std::uint64_t frame = start->free_frame + 2 * i;
                VcoreSpec spec{start->frames, frame, frame + 1, 0};
                if (CallResult made = sys::vcore_create(self, &spec); !made.ok()) {
                    attempt(start, made);
                    break;
                }
            }
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "a storm of events at oneself") {
    attack(
        [](lab::ChildStart* start) {
            Handle event = sys::derive(self, Kind::Event, right::Signal, start->environment << 32 | 3, 1).value();
            for (unsigned i = 0; i < 20'000; i++)
                (void)sys::signal(event);
            attempt(start, CallResult(-1));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "a million random system calls") {
    constexpr std::uint64_t seed = 0x5eed'0000'0000'0001ull;
    MESSAGE("seed " << seed);
    attacker().start_block().argument = seed;
    attack(
        [](lab::ChildStart* start) {
            std::uint64_t state = start->argument;
            auto draw = [&state] {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                return state;
            };
            // A capability to lose, made again whenever a call has destroyed it, and rows for bind and unbind about a
            // place where nothing of the attacker's own lies.
            Handle loss = no_handle;
            CapabilityInfo info;
            BindOp rows[4] = {};
            for (unsigned i = 0; i < 1'000'000; i++) {
                // Calls that would end or stop the attacker itself are left out: stop, yield, wait, timer, call, reply.
                std::uint64_t number = draw() % 26;
                if (number >= 12 && number <= 17)
                    number = 7 + number % 2;
                if (!sys::inspect(loss, &info).ok())
                    loss = sys::derive(start->frames, Kind::Frames, right::all & 0x3f, start->free_frame & ~1ull, 32)
                               .value();
                for (BindOp& row : rows)
                    row = {static_cast<BindKind>(draw() % 12),
                           static_cast<std::uint32_t>(draw() & 0x7ff),
                           loss,
                           0x7000'0005'0000ull + draw() % 16 * page_bytes,
                           start->free_frame + draw() % 40,
                           draw() % 4,
                           loss};
                std::uint64_t word[5];
                for (std::uint64_t& w : word) {
                    std::uint64_t kind = draw();
                    w = kind % 6 == 0   ? loss
                        : kind % 6 == 1 ? draw() % 64
                        : kind % 6 == 2 ? start->first_frame + draw() % 128
                        : kind % 6 == 3 ? reinterpret_cast<std::uint64_t>(rows)
                        : kind % 6 == 4 ? self
                                        : draw();
                }
                (void)detail::enter(static_cast<std::uint32_t>(number), word[0], word[1], word[2], word[3], word[4]);
                start->upcall->pending = 0;
            }
            attempt(start, CallResult(-1));
            finished(start);
        },
        End::Alive);
}
