// Read-write locks: readers together, writers alone, tries and limits.
#include "../report.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int values[2];
static atomic_int torn, together, most;

static void* writer(void* unused) {
    for (int i = 0; i < 2000; ++i) {
        pthread_rwlock_wrlock(&lock);
        ++values[0];
        ++values[1];
        pthread_rwlock_unlock(&lock);
    }
    return unused;
}
static void* reader(void* unused) {
    for (int i = 0; i < 2000; ++i) {
        pthread_rwlock_rdlock(&lock);
        torn += values[0] != values[1];
        pthread_rwlock_unlock(&lock);
    }
    return unused;
}
static void* staying(void* unused) {
    pthread_rwlock_rdlock(&lock);
    ++together;
    for (int i = 0; i < 5000 && together < 2; ++i) {
        usleep(1000);
    }
    most = together;
    pthread_rwlock_unlock(&lock);
    return unused;
}
static void run(void* (*const* bodies)(void*), int count) {
    pthread_t threads[8];
    for (int i = 0; i < count; ++i) {
        pthread_create(&threads[i], NULL, bodies[i], NULL);
    }
    for (int i = 0; i < count; ++i) {
        pthread_join(threads[i], NULL);
    }
}

int main(void) {
    run((void* (*const[])(void*)){writer, reader, writer, reader, reader}, 5);
    report_number("written", values[0]);
    report_number("torn", torn);
    run((void* (*const[])(void*)){staying, staying}, 2);
    report_number("readers together", most);
    pthread_rwlock_wrlock(&lock);
    report("tries fail", pthread_rwlock_tryrdlock(&lock) == EBUSY && pthread_rwlock_trywrlock(&lock) == EBUSY);
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec -= 1;
    // Relocking by the owner may be found out (EDEADLK) before the limit is looked at.
    const int result = pthread_rwlock_timedwrlock(&lock, &limit);
    report("a limit that has passed", result == ETIMEDOUT || result == EDEADLK);
    report("unlocked", pthread_rwlock_unlock(&lock) == 0 && pthread_rwlock_trywrlock(&lock) == 0);
    return report_end();
}
