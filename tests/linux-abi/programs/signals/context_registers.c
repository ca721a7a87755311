// What a handler sees and may change: general registers in the ucontext; and that
// vector registers come back as they were, whatever the handler does with them.
#include "../report.h"

#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

static volatile int handled;

static void disturb(int number, siginfo_t* information, void* context) {
    (void)number;
    (void)information;
    ucontext_t* state = context;
    handled = state->uc_mcontext.gregs[REG_R12] == 0x1212 && state->uc_mcontext.gregs[REG_RBX] == 0x3434;
    state->uc_mcontext.gregs[REG_R13] = 0x5656;
    state->uc_mcontext.gregs[REG_RIP] += 2;
    __asm__ volatile("pxor %%xmm0, %%xmm0\n pxor %%xmm7, %%xmm7\n pxor %%xmm15, %%xmm15" ::: "xmm0", "xmm7", "xmm15");
    volatile double work = 1.0;
    for (int i = 0; i < 100; ++i) {
        work = work * 1.5 + 1.0;
    }
}

int main(void) {
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    action.sa_sigaction = disturb;
    sigaction(SIGILL, &action, NULL);
    double before[6] = {1.5, 2.5, 3.5, 4.5, 5.5, 6.5};
    double after[6] = {0};
    long changed = 0;
    __asm__ volatile("movupd (%1), %%xmm0\n movupd 16(%1), %%xmm7\n movupd 32(%1), %%xmm15\n"
                     "mov $0x1212, %%r12\n mov $0x3434, %%rbx\n mov $0, %%r13\n"
                     "stc\n ud2\n"
                     "sbb %%r14, %%r14\n"
                     "movupd %%xmm0, (%2)\n movupd %%xmm7, 16(%2)\n movupd %%xmm15, 32(%2)\n"
                     "lea (%%r13,%%r14), %0\n"
                     : "=&r"(changed)
                     : "r"(before), "r"(after)
                     : "r12", "r13", "r14", "rbx", "xmm0", "xmm7", "xmm15", "memory", "cc");
    report("the handler saw the registers", handled);
    report("its change arrived, flags were kept", changed == 0x5656 - 1);
    report("vector registers were kept", memcmp(before, after, sizeof before) == 0);
    return report_end();
}
