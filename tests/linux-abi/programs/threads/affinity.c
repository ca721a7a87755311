// Where threads run: masks, getcpu, sysconf, and how they agree with each other.
#include "../report.h"

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <unistd.h>

static int stays;

static void* pinned(void* unused) {
    stays = 1;
    for (int i = 0; i < 1000; ++i) {
        stays = stays && sched_getcpu() == (int)(intptr_t)unused;
    }
    return unused;
}

int main(void) {
    cpu_set_t allowed;
    report("sched_getaffinity", sched_getaffinity(0, sizeof allowed, &allowed) == 0);
    const int count = CPU_COUNT(&allowed);
    report_number("processors allowed", count);
    report("online >= allowed", sysconf(_SC_NPROCESSORS_ONLN) >= count);
    report("configured >= online", sysconf(_SC_NPROCESSORS_CONF) >= sysconf(_SC_NPROCESSORS_ONLN));
    report("running on an allowed one", CPU_ISSET(sched_getcpu(), &allowed));
    unsigned cpu = 0;
    unsigned node = 0;
    report("getcpu", getcpu(&cpu, &node) == 0 && CPU_ISSET(cpu, &allowed));
    int all_stay = 1;
    int inherit = 1;
    for (int i = 0; i < CPU_SETSIZE; ++i) {
        if (!CPU_ISSET(i, &allowed)) {
            continue;
        }
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(i, &one);
        all_stay = all_stay && pthread_setaffinity_np(pthread_self(), sizeof one, &one) == 0 && sched_getcpu() == i;
        pthread_t thread;
        pthread_create(&thread, NULL, pinned, (void*)(intptr_t)i);
        pthread_join(thread, NULL);
        inherit = inherit && stays;
    }
    report("pinned to each in turn", all_stay);
    report("threads inherit the mask", inherit);
    report("all again", sched_setaffinity(0, sizeof allowed, &allowed) == 0);
    cpu_set_t now;
    sched_getaffinity(0, sizeof now, &now);
    report("the mask is read back", CPU_EQUAL(&now, &allowed));
    CPU_ZERO(&now);
    report_error("an empty mask", sched_setaffinity(0, sizeof now, &now), EINVAL);
    report("an ordinary scheduler", sched_getscheduler(0) == SCHED_OTHER && sched_get_priority_max(SCHED_FIFO) == 99);
    report("sched_yield", sched_yield() == 0);
    return report_end();
}
