// Mutexes with priority inheritance, which lock through the kernel: exclusion, hand-over.
// A system may refuse to make them (ENOTSUP); then nothing else is asked.
#include "../report.h"

#include <pthread.h>

static pthread_mutex_t mutex;
static long counter;

static void* count(void* unused) {
    for (int i = 0; i < 5000; ++i) {
        pthread_mutex_lock(&mutex);
        ++counter;
        pthread_mutex_unlock(&mutex);
    }
    return unused;
}

int main(void) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    int right = 1;
    const int refused = pthread_mutex_init(&mutex, &attributes);
    if (!refused) {
        pthread_t threads[3];
        for (int i = 0; i < 3; ++i) {
            pthread_create(&threads[i], NULL, count, NULL);
        }
        for (int i = 0; i < 3; ++i) {
            pthread_join(threads[i], NULL);
        }
        right = counter == 15000;
    }
    report("refused with ENOTSUP, or they exclude", refused ? refused == ENOTSUP : right);
    return report_end();
}
