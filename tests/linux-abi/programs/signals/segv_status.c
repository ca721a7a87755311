// An uncaught SIGSEGV ends the program as a shell shows it: 139.
#include "../report.h"

int main(void) {
    report("about to read address 8", 1);
    fflush(stdout);
    volatile int* volatile address = (volatile int*)8;
    return *address;
}
