// The numbers of the system calls, expanded from syscalls.def; readable from assembly too.
#pragma once

// These numbers are the exokernel's; all others are foreign (Linux's, say) and go to the library OS.
#define EXO_CALL_BASE 0x45580000
#define EXO_CALL_NUMBERS 0x10000

#ifndef __ASSEMBLER__
#include <cstdint>

namespace exo {

inline constexpr std::uint32_t call_base = EXO_CALL_BASE;
inline constexpr std::uint32_t call_numbers = EXO_CALL_NUMBERS; // the exokernel's, from call_base on

enum class CallNumber : std::uint32_t {
#define EXO_CALL(number, name, parameters, arguments, rights, errors) name = number,
#include "secure-bindings/abi/syscalls.def"
#undef EXO_CALL
};

inline constexpr std::uint32_t call_count = 0
#define EXO_CALL(number, name, parameters, arguments, rights, errors) +1
#include "secure-bindings/abi/syscalls.def"
#undef EXO_CALL
    ;

} // namespace exo
#endif
