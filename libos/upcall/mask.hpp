// The masked flag of the running vcore: while it is set, asynchronous upcalls stay pending, and an exception
// ends the environment. Kept in the upcall page, which %gs points to (vcore.hpp). The host's double of this file
// is libos/host-double/libos/upcall/mask.hpp.
#pragma once

#include "libos/upcall/offsets.h"

#include <cstdint>

namespace exo {

inline void pause() {
    asm volatile("pause");
}

// Safe in all: one access to the running vcore's own page; a move to another vcore happens only while unmasked,
// and then the flag reads the same on the new one.
inline bool masked() {
    std::uint64_t value;
    asm volatile("movq %%gs:0, %0" : "=r"(value) : : "memory");
    return value != 0;
}
inline void mask() {
    asm volatile("movq $1, %%gs:0" : : : "memory");
}
// Handles what is pending, and what arrives meanwhile; unmasked afterwards.
void handle_pending();
// Handles what arrived in the meantime before it returns.
inline void unmask() {
    asm volatile goto("movq $0, %%gs:%c0\n\t"
                      "movq %%gs:%c1, %%rax\n\t"
                      "testq %%rax, %%gs:%c2\n\t"
                      "jnz %l[pending]"
                      :
                      : "i"(UPCALL_MASKED), "i"(UPCALL_WANTED), "i"(UPCALL_PENDING)
                      : "rax", "cc", "memory"
                      : pending);
    return;
pending:
    handle_pending();
}

// Masked until the end of the block; nests.
class MaskGuard {
public:
    MaskGuard() : was_masked_(masked()) { mask(); }
    ~MaskGuard() {
        if (!was_masked_)
            unmask();
    }
    MaskGuard(const MaskGuard&) = delete;
    MaskGuard& operator=(const MaskGuard&) = delete;

private:
    bool was_masked_;
};

// Unmasked until the end of the block, for kit code that touches a program's memory.
class UnmaskGuard {
public:
    UnmaskGuard() : was_masked_(masked()) {
        if (was_masked_)
            unmask();
    }
    ~UnmaskGuard() {
        if (was_masked_)
            mask();
    }
    UnmaskGuard(const UnmaskGuard&) = delete;
    UnmaskGuard& operator=(const UnmaskGuard&) = delete;

private:
    bool was_masked_;
};

} // namespace exo
