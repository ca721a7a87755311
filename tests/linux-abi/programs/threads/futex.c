// The futex call itself: mismatch, timeouts of both kinds, wake counts, requeue,
// bit sets, wake-op.
#include "../report.h"

#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static atomic_uint words[2];
static atomic_int asleep, awake;

static long futex(atomic_uint* word, int operation, unsigned value, const void* timeout, atomic_uint* second,
                  unsigned third) {
    return syscall(SYS_futex, word, operation, value, timeout, second, third);
}

static long long now(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void* sleeper(void* bits) {
    ++asleep;
    long result = 0;
    do {
        result = futex(&words[0], FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, (unsigned)(uintptr_t)bits);
    } while (result == -1 && errno == EINTR);
    ++awake;
    return NULL;
}

static void settle(atomic_int* counter, int value) {
    for (int i = 0; i < 5000 && *counter != value; ++i) {
        usleep(1000);
    }
    usleep(100000); // they are about to sleep, or have just woken
}

int main(void) {
    report_error("value differs", futex(&words[0], FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0), EAGAIN);
    const struct timespec relative = {0, 20000000};
    long long start = now(CLOCK_MONOTONIC);
    report_error("relative timeout", futex(&words[0], FUTEX_WAIT_PRIVATE, 0, &relative, NULL, 0), ETIMEDOUT);
    report("not early", now(CLOCK_MONOTONIC) - start >= 20000000);
    const long long until = now(CLOCK_MONOTONIC) + 20000000;
    const struct timespec absolute = {until / 1000000000, until % 1000000000};
    report_error("absolute timeout",
                 futex(&words[0], FUTEX_WAIT_BITSET_PRIVATE, 0, &absolute, NULL, FUTEX_BITSET_MATCH_ANY), ETIMEDOUT);
    report("not early", now(CLOCK_MONOTONIC) >= until);
    const long long wall = now(CLOCK_REALTIME) + 20000000;
    const struct timespec by_wall = {wall / 1000000000, wall % 1000000000};
    report_error(
        "absolute wall-clock timeout",
        futex(&words[0], FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME, 0, &by_wall, NULL, FUTEX_BITSET_MATCH_ANY),
        ETIMEDOUT);
    const struct timespec bad = {0, 2000000000};
    report_error("bad timeout", futex(&words[0], FUTEX_WAIT_PRIVATE, 0, &bad, NULL, 0), EINVAL);
    report_error("no bits", futex(&words[0], FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, 0), EINVAL);
    report_error("off its place", futex((atomic_uint*)((char*)words + 1), FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0),
                 EINVAL);
    report_error("no such operation", futex(&words[0], 99, 0, NULL, NULL, 0), ENOSYS);
    report_number("nobody to wake", futex(&words[0], FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));

    pthread_t threads[6];
    for (uintptr_t i = 0; i < 6; ++i) {
        pthread_create(&threads[i], NULL, sleeper, (void*)(uintptr_t)(i < 4 ? 1 : 2));
    }
    settle(&asleep, 6);
    report_number("awake", awake);
    report_number("wakes of bit 2", futex(&words[0], FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 2));
    settle(&awake, 2);
    report_number("awake", awake);
    report_number("wakes one", futex(&words[0], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
    settle(&awake, 3);
    report_number("awake", awake);
    report_error("compare fails", futex(&words[0], FUTEX_CMP_REQUEUE_PRIVATE, 1, (void*)10, &words[1], 5), EAGAIN);
    report_number("wakes one, moves two", futex(&words[0], FUTEX_CMP_REQUEUE_PRIVATE, 1, (void*)10, &words[1], 0));
    settle(&awake, 4);
    report_number("awake", awake);
    report_number("nobody left on the first", futex(&words[0], FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
    report_number("two on the second", futex(&words[1], FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
    for (int i = 0; i < 6; ++i) {
        pthread_join(threads[i], NULL);
    }
    report_number("awake", awake);
    words[1] = 5;
    report_number("wake-op on nobody", futex(&words[0], FUTEX_WAKE_OP_PRIVATE, 1, (void*)1, &words[1],
                                             FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 5)));
    report_number("the word was changed", words[1]);
    return report_end();
}
