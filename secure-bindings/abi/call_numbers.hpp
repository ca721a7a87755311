// The numbers of the system calls, expanded from syscalls.def; readable from assembly too.
#pragma once

// Foreign (Linux) numbers are all below; anything from here on is the exokernel's.
#define EXO_CALL_BASE 0x45580000

#ifndef __ASSEMBLER__
#include <cstdint>

namespace exo {

inline constexpr std::uint32_t call_base = EXO_CALL_BASE;

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
