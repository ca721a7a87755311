// CLFLUSH a line at a time, or WBINVD for everything. Interface: caches.hpp.
#include "exokernel/device/caches.hpp"

namespace exo {

namespace {

constexpr std::uint64_t line_bytes = 64;

} // namespace

void write_back(const void* bytes, std::uint64_t count) {
    const auto first = reinterpret_cast<std::uint64_t>(bytes) & ~(line_bytes - 1); // Safe: only a number
    const std::uint64_t end = reinterpret_cast<std::uint64_t>(bytes) + count;
    for (std::uint64_t line = first; line < end; line += line_bytes) {
        asm volatile("clflush (%0)" ::"r"(line) : "memory"); // Safe: changes no contents
    }
    asm volatile("mfence" ::: "memory"); // Safe: orders only
}

void write_back_caches() {
    asm volatile("wbinvd" ::: "memory");
} // Safe: changes no contents

} // namespace exo
