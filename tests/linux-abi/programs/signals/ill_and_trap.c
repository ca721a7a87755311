// SIGILL, SIGTRAP and what their handlers see; the handler moves past the instruction.
#include "../report.h"

#include <signal.h>
#include <ucontext.h>

static volatile int signals[65];

static void skip_two(int number, siginfo_t* information, void* context) {
    (void)information;
    ucontext_t* state = context;
    ++signals[number];
    state->uc_mcontext.gregs[REG_RIP] += 2; // ud2 has two bytes
}

static void count(int number) {
    ++signals[number];
}

int main(void) {
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    action.sa_sigaction = skip_two;
    sigaction(SIGILL, &action, NULL);
    signal(SIGTRAP, count);
    for (int i = 0; i < 3; ++i) {
        __asm__ volatile("ud2");
    }
    report_number("SIGILL", signals[SIGILL]);
    __asm__ volatile("int3");
    report_number("SIGTRAP", signals[SIGTRAP]);
    return report_end();
}
