// Signal stacks: a handler runs on the alternate one, even when the ordinary one is used up.
#include "../report.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>

static char stack[65536];
static sigjmp_buf recovery;
static volatile int on_stack;

static int inside(const void* address) {
    return (char*)address >= stack && (char*)address < stack + sizeof stack;
}

static void note(int number) {
    (void)number;
    char here = 0;
    on_stack = inside(&here);
}

static void leave(int number, siginfo_t* information, void* context) {
    (void)number;
    (void)information;
    (void)context;
    char here = 0;
    on_stack = inside(&here);
    siglongjmp(recovery, 1);
}

__attribute__((noinline)) static long dive(long depth) {
    volatile char frame[4096];
    frame[0] = (char)depth;
    return dive(depth + 1) + frame[0];
}

int main(void) {
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    stack_t old;
    report("none at first", sigaltstack(NULL, &old) == 0 && (old.ss_flags & SS_DISABLE));
    report("set", sigaltstack(&alternate, NULL) == 0);
    report("read back", sigaltstack(NULL, &old) == 0 && old.ss_sp == stack && old.ss_size == sizeof stack);
    struct sigaction action = {.sa_flags = SA_ONSTACK};
    action.sa_handler = note;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    report("with SA_ONSTACK the handler runs there", on_stack);
    action.sa_flags = 0;
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    report("without it does not", !on_stack);
    struct sigaction overflow = {.sa_flags = SA_ONSTACK | SA_SIGINFO};
    overflow.sa_sigaction = leave;
    sigaction(SIGSEGV, &overflow, NULL);
    for (int i = 0; i < 3; ++i) {
        on_stack = 0;
        if (sigsetjmp(recovery, 1) == 0) {
            report_number("never", dive(0));
        }
        report("an overflowing stack is caught there", on_stack);
    }
    stack_t small = {.ss_sp = stack, .ss_size = 100};
    report_error("too small", sigaltstack(&small, NULL), ENOMEM);
    stack_t none = {.ss_flags = SS_DISABLE};
    report("off again", sigaltstack(&none, NULL) == 0 && sigaltstack(NULL, &old) == 0 && (old.ss_flags & SS_DISABLE));
    return report_end();
}
