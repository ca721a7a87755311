// The processor's vector unit, lent to third-party code for the length of a call. Everything beneath a program is
// compiled for general registers, because it may run at any of the program's instructions (decision 5); what does use
// vector registers is called while a VectorUse exists, which puts them back as they were.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo::coding {

// What code may be called: each level includes those before it.
enum class VectorLevel : std::uint8_t {
    None,   // general registers alone: what is portable, and slow
    Sse,    // SSE4.1 and PCLMULQDQ
    Avx2,   // 32 octets a register, and BMI2
    Avx512, // F, BW, CD, DQ and VL: 64 octets a register
};

// What the processor and XCR0 offer, found at the first call, or less if limited.
VectorLevel vector_level();
// For tests: nothing above that level is used from now on.
void limit_vector_level(VectorLevel level);

// While one exists on the stack, its caller may call code of that level, which is at most vector_level(). The registers
// which such code changes are kept in it, and restored when it ends; a preemption in between keeps them with the rest
// of the thread. Costs 32 moves, or 80 for Avx512.
class VectorUse {
public:
    explicit VectorUse(VectorLevel level);
    ~VectorUse();
    VectorUse(const VectorUse&) = delete;
    VectorUse& operator=(const VectorUse&) = delete;

    VectorLevel level() const { return allowed_; }

private:
    static constexpr std::size_t register_bytes = 32 * 64 + 8 * 8; // zmm0 to zmm31, k0 to k7

    VectorLevel allowed_; // what its caller asked for
    VectorLevel level_;   // of what is kept
    alignas(64) std::byte registers_[register_bytes];
};

} // namespace exo::coding
