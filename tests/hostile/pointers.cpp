// Attacks through pointers: every pointer argument at the kernel, at nothing, at read-only memory, across the end
// of a page, across the end of user memory.
#include "tests/hostile/neighbour.hpp"

using namespace exo;
using hostile::attempt;
using hostile::End;
using hostile::finished;
using hostile::Scene;

namespace {

constexpr std::uint64_t hole = 0x7200'0000'0000ull;
constexpr std::uint64_t bad[] = {
    0,          8,     hole,     0xffff'8000'0010'0000ull, 0xffff'ffff'8010'0000ull, user_end - 4, user_end,
    1ull << 62, ~0ull, ~0ull - 7};

template <typename T>
T* pointer(std::uint64_t address) {
    return reinterpret_cast<T*>(address); // Safe: never used as one here; the kernel must refuse it.
}

} // namespace

TEST_CASE_FIXTURE(Scene, "inspect's pointer") {
    attack(
        [](lab::ChildStart* start) {
            for (std::uint64_t address : bad)
                attempt(start, sys::inspect(start->frames, pointer<CapabilityInfo>(address)));
            attempt(start, sys::inspect(start->frames, pointer<CapabilityInfo>(info_machine)));
            // The program's text, which the child has read only.
            attempt(start, sys::inspect(start->frames, pointer<CapabilityInfo>(
                                                           reinterpret_cast<std::uint64_t>(lab::lab_upcall_entry))));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "bind's and unbind's pointer") {
    attack(
        [](lab::ChildStart* start) {
            for (std::uint64_t address : bad) {
                attempt(start, sys::bind(self, pointer<BindOp>(address), 1));
                attempt(start, sys::unbind(self, pointer<BindOp>(address), 1));
            }
            // The last row of a page whose neighbour is not mapped: the copy ends at the page.
            std::uint64_t edge = reinterpret_cast<std::uint64_t>(start->board) + 2 * page_bytes;
            attempt(start, sys::bind(self, pointer<BindOp>(edge - 16), 1));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "vcore_create's pointer") {
    attack(
        [](lab::ChildStart* start) {
            for (std::uint64_t address : bad)
                attempt(start, sys::vcore_create(self, pointer<VcoreSpec>(address)));
            finished(start);
        },
        End::Alive);
}

TEST_CASE_FIXTURE(Scene, "log's pointer and length") {
    Handle logger = sys::derive(lab::machine(), Kind::Machine, right::Log | right::Grant, 0, 1).value();
    attack(
        [](lab::ChildStart* start) {
            for (std::uint64_t address : bad)
                attempt(start, sys::log(start->given[0], pointer<char>(address), 16));
            attempt(start, sys::log(start->given[0], pointer<char>(0x7000'0000'0000ull), ~0ull));
            attempt(start, sys::log(start->given[0], pointer<char>(0x7000'0000'0000ull), log_bytes_max + 1));
            attempt(start, sys::shutdown(start->given[0], 0));
            attempt(start, sys::environment_create(start->given[0], start->frames, start->free_frame & ~1ull, 1));
            finished(start);
        },
        End::Alive, {logger});
}

TEST_CASE_FIXTURE(Scene, "start at addresses that are not user memory") {
    attack(
        [](lab::ChildStart* start) {
            std::uint64_t frame = start->free_frame;
            VcoreSpec spec{start->frames, frame, frame + 1, 0};
            CallResult made = sys::vcore_create(self, &spec);
            if (!made.ok())
                finished(start);
            for (std::uint64_t address :
                 std::initializer_list<std::uint64_t>{0xffff'8000'0010'0000ull, user_end, 1ull << 62, ~0ull}) {
                attempt(start, sys::start(self, made.value(), address, 0x1000, 0));
                attempt(start, sys::start(self, made.value(), 0x1000, address, 0));
            }
            finished(start);
        },
        End::Alive);
}
