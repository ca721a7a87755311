// The general registers of an interrupted thread, as the entry code (entry.S) stores them on the thread's kit stack and
// resumes from them. Handlers may change any of it; vector registers are not here, since the kit never touches them.
// The offsets are repeated for assembly in offsets.h and asserted here.
#pragma once

#include "libos/upcall/offsets.h"

#include <cstddef>
#include <cstdint>

namespace exo {

struct RegisterFrame {
    std::uint64_t r15, r14, r13, r12, rbx, rbp;
    std::uint64_t r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    std::uint64_t cause; // exception vector, frame_pending or frame_reflected
    std::uint64_t error_code;
    std::uint64_t fault_address;
    std::uint64_t rip;
    std::uint64_t rflags;
    std::uint64_t rsp;
    std::uint64_t reserved; // keeps the stack aligned
};
inline constexpr std::uint64_t frame_pending = 32;   // asynchronous
inline constexpr std::uint64_t frame_reflected = 33; // a foreign system call: rax is its number

static_assert(sizeof(RegisterFrame) == FRAME_BYTES);
static_assert(offsetof(RegisterFrame, rbx) == FRAME_RBX);
static_assert(offsetof(RegisterFrame, r11) == FRAME_R11);
static_assert(offsetof(RegisterFrame, rax) == FRAME_RAX);
static_assert(offsetof(RegisterFrame, rdi) == FRAME_RDI);
static_assert(offsetof(RegisterFrame, cause) == FRAME_CAUSE);
static_assert(offsetof(RegisterFrame, rip) == FRAME_RIP);
static_assert(offsetof(RegisterFrame, rsp) == FRAME_RSP);

// The page fault error code (Intel SDM 3A 4.7).
namespace fault {
inline constexpr std::uint64_t present = 1, write = 2, user = 4, reserved = 8, fetch = 16;
}

// Continues a thread from a frame on its kit stack; masked. Pending upcalls are handled first.
extern "C" [[noreturn]] void exo_resume(RegisterFrame* frame);

} // namespace exo
