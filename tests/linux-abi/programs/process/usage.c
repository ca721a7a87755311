// getrusage, times and sysinfo: what has been used and what there is.
#include "../report.h"

#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <unistd.h>

static long long microseconds(const struct rusage* usage) {
    return (usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000000LL + usage->ru_utime.tv_usec +
           usage->ru_stime.tv_usec;
}

int main(void) {
    struct rusage before;
    struct rusage after;
    report("getrusage", getrusage(RUSAGE_SELF, &before) == 0);
    for (volatile int i = 0; i < 50000000; ++i) {
    }
    report("again", getrusage(RUSAGE_SELF, &after) == 0);
    report("time was used", microseconds(&after) >= microseconds(&before));
    report("of the thread", getrusage(RUSAGE_THREAD, &after) == 0);
    report("of the children, none", getrusage(RUSAGE_CHILDREN, &after) == 0 && microseconds(&after) == 0);
    report_error("of nobody", getrusage(99, &after), EINVAL);
    struct tms ticks;
    report("times", times(&ticks) != (clock_t)-1);
    struct sysinfo information;
    report("sysinfo", sysinfo(&information) == 0);
    const unsigned long long unit = information.mem_unit;
    report("memory: some in all, less of it free",
           information.totalram * unit >= 16u << 20 && information.freeram <= information.totalram);
    report("sysconf says the same", (unsigned long long)sysconf(_SC_PHYS_PAGES) * 4096 == information.totalram * unit);
    report("free pages", sysconf(_SC_AVPHYS_PAGES) > 0);
    report("it runs for some time", information.uptime >= 0 && information.procs >= 1);
    return report_end();
}
