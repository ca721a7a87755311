// Counts the instructions of a call on the host exactly: the processor traps after each one (RFLAGS.TF, Intel
// SDM 18.3.1.4) and a signal handler counts.
#pragma once

#include <csignal>
#include <cstdint>

namespace exo::test {

inline volatile std::uint64_t steps_taken = 0;

inline void count_step(int) {
    steps_taken = steps_taken + 1;
}

inline void trap_each(bool on) {
    if (on) {
        asm volatile("lea -128(%%rsp), %%rsp; pushfq; orq $0x100, (%%rsp); popfq; lea 128(%%rsp), %%rsp" ::
                         : "memory", "cc");
    } else {
        asm volatile("lea -128(%%rsp), %%rsp; pushfq; andq $~0x100, (%%rsp); popfq; lea 128(%%rsp), %%rsp" ::
                         : "memory", "cc");
    }
}

// Instructions that `call` takes, without those that switch the counting on and off.
template <typename Call>
std::uint64_t count_steps(Call&& call) {
    std::signal(SIGTRAP, count_step);
    steps_taken = 0;
    trap_each(true);
    trap_each(false);
    const std::uint64_t frame = steps_taken;
    steps_taken = 0;
    trap_each(true);
    call();
    trap_each(false);
    return steps_taken - frame;
}

} // namespace exo::test
