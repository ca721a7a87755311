// System calls that no x86-64 Linux has: all of them say ENOSYS, nothing else happens.
#include "../report.h"

#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    // Names without a call behind them, a hole in the table, far beyond it, negative.
    const long numbers[] = {174, 177, 178, 180, 181, 183, 184, 185, 214, 215, 236, 400, 5000, 1 << 20, -1};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; ++i) {
        report_error("unknown", syscall(numbers[i], 1, 2, 3, 4, 5, 6), ENOSYS);
    }
    report("registers are kept", 1);
    unsigned long kept = 0x123456789abcdef0;
    long result = SYS_getpid;
    __asm__ volatile("mov %1, %%r12\n mov %1, %%r13\n mov %1, %%rbx\n mov %1, %%rdi\n mov %1, %%r10\n"
                     "syscall\n"
                     "xor %%r12, %1\n xor %%r13, %%r12\n xor %%r13, %%rbx\n or %%rbx, %1\n xor %%r13, %%rdi\n"
                     "or %%rdi, %1\n xor %%r13, %%r10\n or %%r10, %1\n"
                     : "+a"(result), "+r"(kept)
                     :
                     : "r12", "r13", "rbx", "rdi", "r10", "rcx", "r11", "memory", "cc");
    report("all but rax, rcx and r11", kept == 0 && result == getpid());
    return report_end();
}
