// Where verified programs (secure-bindings/filter) run in ring 0: a window of the kernel's address space whose pages
// are executable and read only, over frames that the programs' owners paid for. Code is written through the direct
// map, which is never executable, before it is shown here. Guarded by the kernel lock.
#pragma once

#include "secure-bindings/abi/types.hpp"

namespace exo {

inline constexpr std::uint64_t code_pages_each = 32; // of one program, at most
inline constexpr std::size_t code_places = 256;

// Makes the window's tables, at boot.
void code_window_start();

// Shows `count` frames, at most code_pages_each, at a free place. Errors: TableFull, OutOfRange.
Result<std::uint16_t> code_show(std::uint64_t first_frame, std::uint64_t count);
// Takes a place out of the window. No core executes there: programs run under the kernel lock.
void code_hide(std::uint16_t place);
// The first instruction of a place, on this core; forgets translations of what was hidden since the last time.
const void* code_at(std::uint16_t place);

} // namespace exo
