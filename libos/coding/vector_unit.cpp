// What is offered is read from CPUID and XCR0 (Intel SDM 1, 13.3, 14.3, 15.2). Code of a level changes no more than
// what is saved for it: legacy SSE instructions leave the upper parts of registers alone, VEX-coded ones clear them, so
// where 64-octet registers are enabled either those are kept whole or no VEX-coded instruction is used.
#include "libos/coding/vector_unit.hpp"

extern "C" {
// vector_state.S: registers to and from memory aligned to 64.
void exo_vector_save_xmm(std::byte* memory);
void exo_vector_restore_xmm(const std::byte* memory);
void exo_vector_save_ymm(std::byte* memory);
void exo_vector_restore_ymm(const std::byte* memory);
void exo_vector_save_zmm(std::byte* memory);
void exo_vector_restore_zmm(const std::byte* memory);
}

namespace exo::coding {

namespace {

struct Leaf {
    std::uint32_t a, b, c, d;
};
Leaf cpuid(std::uint32_t leaf) {
    Leaf result;
    // Safe: reads what the processor is.
    asm("cpuid" : "=a"(result.a), "=b"(result.b), "=c"(result.c), "=d"(result.d) : "a"(leaf), "c"(0));
    return result;
}

std::uint32_t enabled_state() {
    std::uint32_t low, high;
    // Safe: reads XCR0; the caller made sure of OSXSAVE.
    asm("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

bool has_all(std::uint32_t value, std::uint32_t bits) {
    return (value & bits) == bits;
}

VectorLevel find_level() {
    constexpr std::uint32_t pclmul = 1u << 1, ssse3 = 1u << 9, sse41 = 1u << 19, sse42 = 1u << 20, osxsave = 1u << 27,
                            avx = 1u << 28;
    constexpr std::uint32_t avx2 = 1u << 5 | 1u << 8, avx512 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
    constexpr std::uint32_t ymm_state = 0x6, zmm_state = 0xe0;
    const Leaf basic = cpuid(1);
    if (!has_all(basic.c, pclmul | ssse3 | sse41 | sse42))
        return VectorLevel::None;
    if (!has_all(basic.c, osxsave | avx) || cpuid(0).a < 7)
        return VectorLevel::Sse;
    const std::uint32_t state = enabled_state(), extended = cpuid(7).b;
    if (!has_all(state, ymm_state) || !has_all(extended, avx2))
        return VectorLevel::Sse;
    if ((state & zmm_state) == 0)
        return VectorLevel::Avx2;
    return has_all(state, zmm_state) && has_all(extended, avx512) ? VectorLevel::Avx512 : VectorLevel::Sse;
}

// Found once; finding it twice at the same time gives the same.
VectorLevel found_level;
VectorLevel level_limit = VectorLevel::Avx512;
bool level_is_found;

} // namespace

VectorLevel vector_level() {
    if (!__atomic_load_n(&level_is_found, __ATOMIC_ACQUIRE)) { // pairs with the release below
        found_level = find_level();
        __atomic_store_n(&level_is_found, true, __ATOMIC_RELEASE);
    }
    return found_level < level_limit ? found_level : level_limit;
}

void limit_vector_level(VectorLevel level) {
    level_limit = level;
}

// VEX-coded instructions clear what lies above their registers, so where there is more, more is saved.
VectorUse::VectorUse(VectorLevel level)
    : allowed_(level),
      level_(level == VectorLevel::Avx2 && found_level == VectorLevel::Avx512 ? VectorLevel::Avx512 : level) {
    switch (level_) {
    case VectorLevel::None:
        return;
    case VectorLevel::Sse:
        exo_vector_save_xmm(registers_);
        return;
    case VectorLevel::Avx2:
        exo_vector_save_ymm(registers_);
        return;
    case VectorLevel::Avx512:
        exo_vector_save_zmm(registers_);
        return;
    }
}

VectorUse::~VectorUse() {
    switch (level_) {
    case VectorLevel::None:
        return;
    case VectorLevel::Sse:
        exo_vector_restore_xmm(registers_);
        return;
    case VectorLevel::Avx2:
        exo_vector_restore_ymm(registers_);
        return;
    case VectorLevel::Avx512:
        exo_vector_restore_zmm(registers_);
        return;
    }
}

} // namespace exo::coding
