// POSIX semaphores: counting, tries, limits, values.
#include "../report.h"

#include <pthread.h>
#include <semaphore.h>
#include <time.h>

static sem_t items, spaces;
static int ring[8];
static long received;

static void* producer(void* unused) {
    for (int i = 1; i <= 5000; ++i) {
        sem_wait(&spaces);
        ring[i % 8] = i;
        sem_post(&items);
    }
    return unused;
}
static void* consumer(void* unused) {
    for (int i = 1; i <= 5000; ++i) {
        sem_wait(&items);
        received += ring[i % 8];
        sem_post(&spaces);
    }
    return unused;
}

int main(void) {
    sem_init(&items, 0, 0);
    sem_init(&spaces, 0, 8);
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, producer, NULL);
    pthread_create(&threads[1], NULL, consumer, NULL);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    report_number("received", received);
    int value = -1;
    sem_getvalue(&spaces, &value);
    report_number("spaces", value);
    report_error("nothing to take", sem_trywait(&items), EAGAIN);
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_nsec += 10000000;
    limit.tv_sec += limit.tv_nsec / 1000000000;
    limit.tv_nsec %= 1000000000;
    report_error("within the limit neither", sem_timedwait(&items, &limit), ETIMEDOUT);
    report("take what is there", sem_trywait(&spaces) == 0 && sem_getvalue(&spaces, &value) == 0 && value == 7);
    report("destroyed", sem_destroy(&items) == 0);
    return report_end();
}
