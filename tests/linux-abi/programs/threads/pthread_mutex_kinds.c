// Mutex kinds: what relocking, unlocking others' and dying with the lock give.
#include "../report.h"

#include <pthread.h>
#include <time.h>

static pthread_mutex_t mutex;

static void init(int type, int robust) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, type);
    pthread_mutexattr_setrobust(&attributes, robust);
    pthread_mutex_init(&mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

static int by_thread_result;
static void* trylock(void* unused) {
    by_thread_result = pthread_mutex_trylock(&mutex);
    return unused;
}
static void* unlock(void* unused) {
    by_thread_result = pthread_mutex_unlock(&mutex);
    return unused;
}
static void* lock_and_die(void* unused) {
    by_thread_result = pthread_mutex_lock(&mutex);
    return unused;
}
static int by_thread(void* (*body)(void*)) {
    pthread_t thread;
    pthread_create(&thread, NULL, body, NULL);
    pthread_join(thread, NULL);
    return by_thread_result;
}

static void report_result(const char* what, int result) {
    report_text(what, result ? strerrorname_np(result) : "0");
}

int main(void) {
    init(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED);
    report_result("errorcheck: lock", pthread_mutex_lock(&mutex));
    report_result("errorcheck: lock again", pthread_mutex_lock(&mutex));
    report_result("errorcheck: another unlocks", by_thread(unlock));
    report_result("errorcheck: another tries", by_thread(trylock));
    report_result("errorcheck: unlock", pthread_mutex_unlock(&mutex));
    report_result("errorcheck: unlock again", pthread_mutex_unlock(&mutex));

    init(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED);
    report_result("recursive: lock", pthread_mutex_lock(&mutex));
    report_result("recursive: lock again", pthread_mutex_lock(&mutex));
    pthread_mutex_unlock(&mutex);
    report_result("recursive: another tries after one unlock", by_thread(trylock));
    pthread_mutex_unlock(&mutex);
    report_result("recursive: another tries after two", by_thread(trylock));

    init(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
    report_result("robust: locked by a thread that ends", by_thread(lock_and_die));
    report_result("robust: lock tells", pthread_mutex_lock(&mutex));
    report_result("robust: made consistent", pthread_mutex_consistent(&mutex));
    report_result("robust: unlock", pthread_mutex_unlock(&mutex));
    report_result("robust: lock is ordinary again", pthread_mutex_lock(&mutex));
    pthread_mutex_unlock(&mutex);
    by_thread(lock_and_die);
    report_result("robust: not made consistent", pthread_mutex_lock(&mutex));
    pthread_mutex_unlock(&mutex);
    report_result("robust: lost for good", pthread_mutex_lock(&mutex));

    init(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_STALLED);
    pthread_mutex_lock(&mutex);
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec -= 1;
    report_result("timed: a limit that has passed", pthread_mutex_timedlock(&mutex, &limit));
    clock_gettime(CLOCK_MONOTONIC, &limit);
    limit.tv_nsec += 15000000;
    limit.tv_sec += limit.tv_nsec / 1000000000;
    limit.tv_nsec %= 1000000000;
    const struct timespec until = limit;
    report_result("clocklock: times out", pthread_mutex_clocklock(&mutex, CLOCK_MONOTONIC, &until));
    clock_gettime(CLOCK_MONOTONIC, &limit);
    report("clocklock: not early",
           limit.tv_sec > until.tv_sec || (limit.tv_sec == until.tv_sec && limit.tv_nsec >= until.tv_nsec));
    return report_end();
}
