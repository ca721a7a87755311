// Random words for what owners must not guess: keys of tables and of compiled programs.
#pragma once

#include "exokernel/arch/x86_64/cpu.hpp"

namespace exo {

// Of the processor where it makes them (RDRAND, Intel SDM 7.3.17), and of its clock.
inline std::uint64_t random_word() {
    constexpr std::uint32_t has_rdrand = 1u << 30; // CPUID.1:ECX
    std::uint64_t value = 0;
    std::uint32_t a = 1, b = 0, c = 0, d = 0;
    asm volatile("cpuid" : "+a"(a), "+b"(b), "+c"(c), "+d"(d)); // Safe: reads only.
    if (c & has_rdrand)
        asm volatile("rdrand %0" : "=r"(value) : : "cc"); // Safe: the processor has it; 0 when it has none left.
    return value ^ rdtsc() * 0x9e37'79b9'7f4a'7c15ull;
}

} // namespace exo
