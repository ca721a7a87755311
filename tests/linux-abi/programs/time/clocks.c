// The clocks: resolution, monotony, agreement with each other, processor time; bad clocks.
#include "../report.h"

#include <sys/time.h>
#include <time.h>

static long long nanoseconds(clockid_t clock) {
    struct timespec time = {0, -1};
    if (clock_gettime(clock, &time) != 0 || time.tv_nsec < 0 || time.tv_nsec > 999999999) {
        report("a clock reads", 0);
    }
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void burn(void) {
    for (volatile int i = 0; i < 20000000; ++i) {
    }
}

int main(void) {
    const clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC,       CLOCK_MONOTONIC_RAW,
                                CLOCK_BOOTTIME, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE};
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; ++i) {
        struct timespec resolution;
        report("resolution",
               clock_getres(clocks[i], &resolution) == 0 && resolution.tv_sec == 0 && resolution.tv_nsec > 0);
        long long last = nanoseconds(clocks[i]);
        int forward = 1;
        for (int k = 0; k < 20000; ++k) {
            const long long now = nanoseconds(clocks[i]);
            forward = forward && now >= last;
            last = now;
        }
        report("never goes back", forward);
    }
    const long long start = nanoseconds(CLOCK_MONOTONIC);
    const long long wall_start = nanoseconds(CLOCK_REALTIME);
    const long long cpu_start = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    const long long thread_start = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
    burn();
    const long long elapsed = nanoseconds(CLOCK_MONOTONIC) - start;
    const long long wall = nanoseconds(CLOCK_REALTIME) - wall_start;
    report("time passes", elapsed > 1000000);
    report("wall and monotonic agree to a half", wall > elapsed / 2 && wall < elapsed * 3 / 2 + 1000000);
    report("processor time passes", nanoseconds(CLOCK_PROCESS_CPUTIME_ID) > cpu_start);
    report("thread time passes", nanoseconds(CLOCK_THREAD_CPUTIME_ID) > thread_start);
    report("thread time is not more than went by",
           nanoseconds(CLOCK_THREAD_CPUTIME_ID) - thread_start <= nanoseconds(CLOCK_MONOTONIC) - start + 20000000);
    struct timeval day;
    report("gettimeofday", gettimeofday(&day, NULL) == 0 && day.tv_usec >= 0 && day.tv_usec < 1000000);
    const long long now = nanoseconds(CLOCK_REALTIME) / 1000;
    const long long then = day.tv_sec * 1000000LL + day.tv_usec;
    report("within a second of the clock", now >= then && now - then < 1000000);
    report("time", time(NULL) - day.tv_sec <= 1);
    report("it is after 2024", time(NULL) > 1704067200);
    report("clock", clock() != (clock_t)-1);
    report_error("no such clock", clock_gettime(99, &(struct timespec){0}), EINVAL);
    report_error("its resolution", clock_getres(99, NULL), EINVAL);
    return report_end();
}
