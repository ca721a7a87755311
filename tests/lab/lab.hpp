// The test program's side: spare frames, a window to map them at, its own capabilities.
// Everything that a test takes is given back by Lab::reset between test cases.
#pragma once

#include "libos/start/start_info.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <cstddef>

namespace lab {

// A part of the address space that neither the program nor its library OS uses; one level-3 slot of it.
inline constexpr std::uint64_t window = 0x6000'0000'0000ull;
inline constexpr std::uint64_t window_bytes = 1ull << 30;

const exo::StartInfo& start();
exo::Handle frames(); // the spare frames
exo::Handle machine();
const exo::MachineInfo& machine_info();

// Frames from the spare run; 0 when there are none left. Not zeroed.
std::uint64_t take(std::uint64_t count, std::uint64_t alignment = 1);
std::uint64_t spare_left();
// A place in the window for `pages` pages, its tables bound.
std::uint64_t place(std::uint64_t pages);
// Frames mapped readable and writable in the test's own address space, at a new place, zeroed.
std::byte* map(std::uint64_t first_frame, std::uint64_t count);

// bind and unbind of one row; the raw result.
exo::CallResult bind(exo::Handle environment, const exo::BindOp& row);
exo::CallResult unbind(exo::Handle environment, const exo::BindOp& row);
exo::BindOp page_row(exo::Handle handle, std::uint64_t address, std::uint64_t frame, std::uint64_t count,
                     exo::Rights rights);
exo::BindOp table_row(exo::Handle handle, std::uint64_t address, std::uint64_t pair, std::uint32_t level);
// All tables for [begin, end) of an environment, pairs from the spare run, under `handle` in that environment.
bool add_tables(exo::Handle environment, exo::Handle handle, std::uint64_t begin, std::uint64_t end);

// Takes back everything that was taken since the program began: unmaps the window, drops derived capabilities.
void reset();

// Time.
std::uint64_t tsc();
std::uint64_t cycles(std::uint64_t microseconds);
// Spins, giving other vcores of this core time, until the condition holds; false after `microseconds`.
template <typename Condition>
bool until(Condition&& condition, std::uint64_t microseconds = 2'000'000) {
    for (std::uint64_t end = tsc() + cycles(microseconds); !condition();) {
        if (tsc() > end)
            return false;
        (void)exo::sys::yield(exo::no_handle, 0);
    }
    return true;
}

} // namespace lab
