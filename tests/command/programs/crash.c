// Ends badly, in the way that the argument names, three calls deep: for statuses and backtraces.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((noinline)) static int innermost(const char* how, volatile int* nowhere, int zero) {
    if (strcmp(how, "segv") == 0)
        *nowhere = 1;
    if (strcmp(how, "divide") == 0)
        return 7 / zero;
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "illegal") == 0)
        __asm__ volatile("ud2");
    return 1;
}

// One is added so that no call is a tail call.
__attribute__((noinline)) static int middle(const char* how, volatile int* nowhere, int zero) {
    return innermost(how, nowhere, zero) + 1;
}

__attribute__((noinline)) int outermost(const char* how, volatile int* nowhere, int zero) {
    return middle(how, nowhere, zero) + 1;
}

int main(int count, char** words) {
    puts("before");
    fflush(stdout);
    volatile int zero = 0;
    const int result = outermost(count > 1 ? words[1] : "", (volatile int*)(16l + zero), zero);
    return result + zero;
}
