// A fault handler that repairs and returns: the access is done again and succeeds.
// This is how user-level pagers and garbage collectors work.
#include "../report.h"

#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>

enum { page = 4096, pages = 64 };
static unsigned char* area;
static volatile int faults;

static void repair(int number, siginfo_t* information, void* context) {
    (void)number;
    (void)context;
    unsigned char* start = (unsigned char*)((uintptr_t)information->si_addr & ~(uintptr_t)(page - 1));
    mprotect(start, page, PROT_READ | PROT_WRITE);
    ++faults;
}

int main(void) {
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    action.sa_sigaction = repair;
    report("sigaction", sigaction(SIGSEGV, &action, NULL) == 0);
    area = mmap(NULL, pages * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    long sum = 0;
    double real = 1.5;
    for (int i = 0; i < pages; ++i) {
        area[i * page + i] = (unsigned char)i;
        sum += area[i * page + i];
        real *= 1.25;
    }
    report_number("sum", sum);
    report_number("faults", faults);
    printf("floating point undisturbed: %.6g\n", real);
    for (int round = 0; round < 20; ++round) {
        mprotect(area, pages * page, PROT_READ);
        for (int i = 0; i < pages; ++i) {
            ++area[i * page];
        }
    }
    report_number("faults", faults);
    report_number("first byte", area[page]);
    return report_end();
}
