// Resource limits: read, and where lowering is possible, lowered and read back.
#include "../report.h"

#include <sys/resource.h>
#include <unistd.h>

int main(void) {
    const int kinds[] = {RLIMIT_STACK, RLIMIT_NOFILE, RLIMIT_AS,      RLIMIT_DATA,
                         RLIMIT_CORE,  RLIMIT_NPROC,  RLIMIT_MEMLOCK, RLIMIT_CPU};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; ++i) {
        struct rlimit limit = {1, 0};
        report("getrlimit", getrlimit(kinds[i], &limit) == 0 && limit.rlim_cur <= limit.rlim_max);
    }
    struct rlimit stack;
    struct rlimit again;
    getrlimit(RLIMIT_STACK, &stack);
    report("the stack is 1 MiB at least", stack.rlim_cur >= 1 << 20);
    report("prlimit says the same", prlimit(0, RLIMIT_STACK, NULL, &again) == 0 && again.rlim_cur == stack.rlim_cur);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    report("64 files at least", files.rlim_cur >= 64 && sysconf(_SC_OPEN_MAX) == (long)files.rlim_cur);
    const struct rlimit core = {0, 0};
    report("lowered", setrlimit(RLIMIT_CORE, &core) == 0 && getrlimit(RLIMIT_CORE, &again) == 0 && again.rlim_cur == 0);
    report_error("no such limit", getrlimit(99, &again), EINVAL);
    const struct rlimit inverted = {10, 5};
    report_error("soft above hard", setrlimit(RLIMIT_CORE, &inverted), EINVAL);
    return report_end();
}
