// Frames granted beside those that the kit manages, bound by hand: for environments that a bench makes and for
// pages that it lends. Taken once and never returned; a bench reuses what it took.
#pragma once

#include "libos/start/start_info.hpp"
#include "secure-bindings/abi/syscall.hpp"

namespace bench {

inline constexpr exo::Rights memory_rights = exo::right::Read | exo::right::Write | exo::right::Execute |
                                             exo::right::Dma | exo::right::Retype | exo::right::Grant;

// `count` neighbouring frames, the first a multiple of `alignment`. Ends the program when there are none left.
std::uint64_t take_spare(std::uint64_t count, std::uint64_t alignment = 1);
exo::Handle spare_handle();

// Maps spare frames readable and writable in the program's own address space, zeroed.
std::byte* map_spare(std::uint64_t first_frame, std::uint64_t count);

constexpr exo::BindOp page_row(exo::Handle frames, std::uint64_t address, std::uint64_t frame, std::uint64_t count,
                               exo::Rights rights) {
    return {exo::BindKind::Page, rights | exo::bind_flag::size_4k, frames, address, frame, count, 0};
}

// One row in an environment; ends the program when the kernel refuses it.
void bind_row(exo::Handle environment, const exo::BindOp& row, const char* step);

// Binds the tables that [begin, end) of an environment lacks. `frames`: the environment's name for `pairs`, a run
// of frames whose first is even and of which `used` counts those in use.
struct TablePairs {
    exo::Handle frames;
    std::uint64_t first, count, used = 0;
};
void add_tables(exo::Handle environment, TablePairs& pairs, std::uint64_t begin, std::uint64_t end);

} // namespace bench
