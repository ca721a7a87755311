// Linux signals of x86-64: numbers, sigaction, siginfo and the frame a handler finds on its stack
// (sigaction(2), signal(7), the kernel's uapi sigcontext). Facts only.
#pragma once

#include "libos-hpc/linux/time.hpp"

#include <cstddef>
#include <cstdint>

namespace exo::linux_abi {

namespace signal {
inline constexpr int hup = 1, interrupt = 2, quit = 3, ill = 4, trap = 5, abort = 6, bus = 7, fpe = 8, kill = 9,
                     user1 = 10, segv = 11, user2 = 12, pipe = 13, alarm = 14, term = 15, stack_fault = 16, child = 17,
                     cont = 18, stop = 19, tty_stop = 20, tty_in = 21, tty_out = 22, urgent = 23, cpu_limit = 24,
                     file_limit = 25, virtual_alarm = 26, profile = 27, window = 28, io = 29, power = 30, sys = 31;
inline constexpr int count = 64;
} // namespace signal

using SignalSet = std::uint64_t; // bit n-1 is signal n
constexpr SignalSet signal_bit(int number) {
    return SignalSet{1} << (number - 1);
}
inline constexpr SignalSet signals_never_blocked = signal_bit(signal::kill) | signal_bit(signal::stop);

inline constexpr std::uint64_t handler_default = 0;
inline constexpr std::uint64_t handler_ignore = 1;

// The kernel's struct, not glibc's.
struct SignalAction {
    std::uint64_t handler;
    std::uint64_t flags; // action_flag::
    std::uint64_t restorer;
    SignalSet mask;
};
static_assert(sizeof(SignalAction) == 32);

namespace action_flag {
inline constexpr std::uint64_t no_child_stop = 1, no_child_wait = 2, siginfo = 4, restorer = 0x04000000,
                               on_stack = 0x08000000, restart = 0x10000000, no_defer = 0x40000000,
                               reset_hand = 0x80000000;
} // namespace action_flag

namespace mask_how {
inline constexpr int block = 0, unblock = 1, set = 2;
} // namespace mask_how

struct SignalInfo {
    std::int32_t number;
    std::int32_t error;
    std::int32_t code;
    std::int32_t padding;
    // Of a signal that was sent: sender's process and user, then its value. Of a fault: the address, in first.
    std::uint64_t first;
    std::uint64_t value;
    std::uint64_t reserved[12];

    void set_sender(std::int32_t process, std::uint32_t user) {
        first = static_cast<std::uint32_t>(process) | (static_cast<std::uint64_t>(user) << 32);
    }
    void set_address(std::uint64_t address) { first = address; }
};
static_assert(sizeof(SignalInfo) == 128);
static_assert(offsetof(SignalInfo, first) == 16);

namespace signal_code {
inline constexpr std::int32_t user = 0, kernel = 0x80, queue = -1, timer = -2, thread_kill = -6;
inline constexpr std::int32_t ill_operand = 2;
inline constexpr std::int32_t int_divide = 1, int_overflow = 2, float_divide = 3, float_overflow = 4,
                              float_underflow = 5, float_inexact = 6, float_invalid = 7;
inline constexpr std::int32_t not_mapped = 1, access = 2;
inline constexpr std::int32_t bus_alignment = 1, bus_address = 2;
inline constexpr std::int32_t trap_breakpoint = 1, trap_trace = 2;
} // namespace signal_code

struct SignalStack {
    std::uint64_t base;
    std::int32_t flags; // stack_flag::
    std::int32_t padding;
    std::uint64_t bytes;
};
static_assert(sizeof(SignalStack) == 24);
namespace stack_flag {
inline constexpr std::int32_t on_stack = 1, disable = 2;
inline constexpr std::int32_t auto_disarm = static_cast<std::int32_t>(1u << 31);
} // namespace stack_flag
inline constexpr std::uint64_t signal_stack_bytes_min = 2048;

struct SignalContext {
    std::uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
    std::uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, rflags;
    std::uint16_t cs, gs, fs, ss;
    std::uint64_t error_code;
    std::uint64_t trap_number;
    std::uint64_t old_mask;
    std::uint64_t cr2;
    std::uint64_t extended_state; // address of the FXSAVE or XSAVE image, 64-byte aligned; 0: none
    std::uint64_t reserved[8];
};
static_assert(sizeof(SignalContext) == 256);
static_assert(offsetof(SignalContext, rip) == 128);

struct UserContext {
    std::uint64_t flags; // user_context_flag::
    std::uint64_t link;
    SignalStack stack;
    SignalContext registers;
    SignalSet mask;
};
static_assert(sizeof(UserContext) == 304);
static_assert(offsetof(UserContext, registers) == 40);
namespace user_context_flag {
inline constexpr std::uint64_t extended_state = 1, saved_ss = 2, strict_ss = 4;
} // namespace user_context_flag

// What lies at rsp when a handler is entered: its return address first.
struct SignalFrame {
    std::uint64_t restorer;
    UserContext context;
    SignalInfo info;
};
static_assert(sizeof(SignalFrame) == 440);
static_assert(offsetof(SignalFrame, context) == 8);

// In the FXSAVE image's software bytes (offset 464): says that an XSAVE image follows.
struct ExtendedStateMark {
    std::uint32_t magic1;
    std::uint32_t extended_bytes; // image, plus the four bytes of magic2
    std::uint64_t features;
    std::uint32_t image_bytes;
    std::uint32_t reserved[7];
};
static_assert(sizeof(ExtendedStateMark) == 48);
inline constexpr std::size_t extended_state_mark_offset = 464;
inline constexpr std::uint32_t extended_state_magic1 = 0x46505853;
inline constexpr std::uint32_t extended_state_magic2 = 0x46505845;

} // namespace exo::linux_abi
