// An integer divided by zero, not caught: status 136.
#include "../report.h"

int main(void) {
    report("about to divide by zero", 1);
    fflush(stdout);
    volatile int seven = 7;
    volatile int zero = 0;
    return seven / zero;
}
