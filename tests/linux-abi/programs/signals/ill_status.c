// An undefined instruction, not caught: status 132.
#include "../report.h"

int main(void) {
    report("about to run ud2", 1);
    fflush(stdout);
    __asm__ volatile("ud2");
    return 0;
}
