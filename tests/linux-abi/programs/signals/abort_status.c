// abort: status 134, buffers not flushed, atexit handlers not run.
#include "../report.h"

static void never(void) {
    puts("an atexit handler ran");
}

int main(void) {
    atexit(never);
    report("about to abort", 1);
    fflush(stdout);
    fputs("this stays in the buffer\n", stdout);
    abort();
}
