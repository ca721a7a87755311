// SIGABRT can be handled; when the handler returns, abort ends the program all the same.
#include "../report.h"

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf recovery;
static volatile int rounds;

static void handler(int number) {
    (void)number;
    if (++rounds == 1) {
        siglongjmp(recovery, 1);
    }
    static const char text[] = "the handler returns\n";
    fputs(text, stdout);
    fflush(stdout);
}

int main(void) {
    signal(SIGABRT, handler);
    if (sigsetjmp(recovery, 1) == 0) {
        abort();
    }
    report("left by siglongjmp", rounds == 1);
    fflush(stdout);
    abort();
}
