// Endless recursion runs into the guard below the stack: SIGSEGV, status 139.
#include "../report.h"

__attribute__((noinline)) static long dive(long depth) {
    volatile char frame[4096];
    frame[0] = (char)depth;
    return dive(depth + 1) + frame[0];
}

int main(void) {
    report("about to overflow the stack", 1);
    fflush(stdout);
    return (int)dive(0);
}
