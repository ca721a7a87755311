// Sleeps last at least as long as asked: relative, absolute, on either clock; bad times.
#include "../report.h"

#include <time.h>
#include <unistd.h>

static long long now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static struct timespec from(long long nanoseconds) {
    return (struct timespec){nanoseconds / 1000000000, nanoseconds % 1000000000};
}

int main(void) {
    for (int milliseconds = 0; milliseconds <= 50; milliseconds += 10) {
        const struct timespec time = from(milliseconds * 1000000LL);
        const long long start = now(CLOCK_MONOTONIC);
        const int result = nanosleep(&time, NULL);
        const long long slept = now(CLOCK_MONOTONIC) - start;
        report("nanosleep", result == 0 && slept >= milliseconds * 1000000LL && slept < 10000000000LL);
    }
    long long until = now(CLOCK_MONOTONIC) + 20000000;
    struct timespec time = from(until);
    report("absolute",
           clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == 0 && now(CLOCK_MONOTONIC) >= until);
    until = now(CLOCK_REALTIME) + 20000000;
    time = from(until);
    report("absolute by the wall",
           clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &time, NULL) == 0 && now(CLOCK_REALTIME) >= until);
    time = from(1);
    report("a time that has passed", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == 0);
    const long long start = now(CLOCK_MONOTONIC);
    report("usleep", usleep(15000) == 0 && now(CLOCK_MONOTONIC) - start >= 15000000);
    report("sleep for none", sleep(0) == 0);
    report_error("too many nanoseconds", nanosleep(&(struct timespec){0, 1000000000}, NULL), EINVAL);
    report_error("negative", nanosleep(&(struct timespec){-1, 0}, NULL), EINVAL);
    report("clock_nanosleep returns its error", clock_nanosleep(99, 0, &(struct timespec){0, 1}, NULL) == EINVAL);
    return report_end();
}
