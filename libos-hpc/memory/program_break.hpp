// The end of the program's data segment (brk(2)): memory grows right behind the image.
#pragma once

#include <cstdint>

namespace exo::hpc {

// Moves the break if it can; returns where it is then.
std::uint64_t move_program_break(std::uint64_t wanted);

} // namespace exo::hpc
