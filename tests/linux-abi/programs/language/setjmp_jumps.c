// setjmp and longjmp: values, volatile locals, out of nested frames, repeatedly.
#include "../report.h"

#include <setjmp.h>
#include <signal.h>

static jmp_buf outer;
static sigjmp_buf with_mask;

__attribute__((noinline)) static void dive(int depth) {
    if (depth > 0) {
        dive(depth - 1);
    } else {
        longjmp(outer, 17);
    }
}

int main(void) {
    volatile int rounds = 0;
    const int value = setjmp(outer);
    if (rounds < 5) {
        report_number("round", rounds);
        report("value", value == (rounds == 0 ? 0 : 17));
        rounds = rounds + 1;
        dive(100);
    }
    jmp_buf zero;
    if (setjmp(zero) == 0) {
        report("longjmp with 0", 1);
    }
    volatile int again = 0;
    const int seen = setjmp(zero);
    if (!again) {
        again = 1;
        longjmp(zero, 0);
    }
    report("longjmp with 0 gives 1", seen == 1);

    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    volatile int jumped = 0;
    if (sigsetjmp(with_mask, 1) == 0) {
        sigprocmask(SIG_BLOCK, &set, NULL);
        siglongjmp(with_mask, 1);
    } else {
        jumped = 1;
    }
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    report("siglongjmp restores the mask", jumped && !sigismember(&now, SIGUSR1));
    return report_end();
}
