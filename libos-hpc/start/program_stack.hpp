// The program's first stack, as _start finds it (System V AMD64 ABI, 3.4.1): argument count, argument and environment
// pointers, auxiliary vector.
#pragma once

#include "libos/start/start_info.hpp"
#include "secure-bindings/abi/types.hpp"

namespace exo::hpc {

inline constexpr std::uint64_t program_stack_bytes = 8ull << 20;

// Maps the stack, above a page that nobody may touch, and fills it in. Gives the stack pointer for _start.
Result<std::uint64_t> make_program_stack(const StartInfo& start);

} // namespace exo::hpc
