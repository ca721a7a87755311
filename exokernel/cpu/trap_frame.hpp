// The registers of an interrupted or calling vcore, as trap_entry.S pushes them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace exo {

struct TrapFrame {
    std::uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax;
    std::uint64_t vector; // exception or interrupt vector; trap_vector_call for a system call
    std::uint64_t error_code;
    std::uint64_t rip, cs, rflags, rsp, ss;
};
static_assert(sizeof(TrapFrame) == 22 * 8);
static_assert(offsetof(TrapFrame, vector) == 120);

inline constexpr std::uint64_t trap_vector_call = 256;

// What trap_entry.S pushes for call and reply alone: the words, and the registers that functions keep.
struct GateFrame {
    std::uint64_t r8, r10, rdx, rsi, rdi, rax;
    std::uint64_t r15, r14, r13, r12, rbp, rbx;
    std::uint64_t rip, rflags, rsp;
};
static_assert(sizeof(GateFrame) == 15 * 8);

// Selectors; the order is what SYSCALL and SYSRET need (Intel SDM 5.8.8).
inline constexpr std::uint16_t kernel_code_selector = 8;
inline constexpr std::uint16_t kernel_data_selector = 16;
inline constexpr std::uint16_t user_data_selector = 24 | 3;
inline constexpr std::uint16_t user_code_selector = 32 | 3;
inline constexpr std::uint16_t tss_selector = 40;

// RFLAGS that user mode may hold: arithmetic flags, DF, AC, ID, TF; IF always set (Intel SDM 3.4.3).
inline constexpr std::uint64_t rflags_user_mask = 0x0024'0dd5ull;
inline constexpr std::uint64_t rflags_user_fixed = 0x202;

} // namespace exo
