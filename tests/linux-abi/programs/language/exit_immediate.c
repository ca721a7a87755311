// _exit: no handler runs, no buffer is flushed; quick handlers are for quick_exit only.
#include "../report.h"

#include <unistd.h>

static void never(void) {
    puts("an atexit handler ran");
}

int main(void) {
    atexit(never);
    report("written before", 1);
    fflush(stdout);
    fputs("this stays in the buffer\n", stdout);
    _exit(9);
}
