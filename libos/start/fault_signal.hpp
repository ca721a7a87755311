// Exception vectors (Intel SDM 3A 6.3.1) as Linux's signals, so that a status means what a shell's user expects.
#pragma once

#include <cstdint>

namespace exo {

constexpr const char* fault_name(std::uint64_t vector) {
    switch (vector) {
    case 0:
        return "division error";
    case 1:
        return "debug exception";
    case 3:
        return "breakpoint";
    case 4:
        return "overflow";
    case 6:
        return "invalid instruction";
    case 12:
        return "stack fault";
    case 13:
        return "general protection fault";
    case 14:
        return "page fault";
    case 16:
        return "x87 floating-point error";
    case 17:
        return "misaligned access";
    case 19:
        return "SIMD floating-point error";
    }
    return "exception";
}

constexpr std::uint64_t fault_signal(std::uint64_t vector) {
    constexpr std::uint64_t illegal = 4, trap = 5, bus = 7, arithmetic = 8, segment = 11;
    switch (vector) {
    case 0:
    case 16:
    case 19:
        return arithmetic;
    case 1:
    case 3:
        return trap;
    case 6:
        return illegal;
    case 12:
    case 17:
        return bus;
    }
    return segment;
}

} // namespace exo
