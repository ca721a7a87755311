// pthread barriers: everybody waits for everybody, one is told to be the serial thread.
#include "../report.h"

#include <pthread.h>
#include <stdatomic.h>

enum { count = 5, phases = 300 };
static pthread_barrier_t barrier;
static atomic_int arrived, early, serial;

static void* body(void* unused) {
    for (int phase = 1; phase <= phases; ++phase) {
        ++arrived;
        serial += pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD;
        early += arrived < phase * count;
        pthread_barrier_wait(&barrier);
    }
    return unused;
}

int main(void) {
    pthread_t threads[count];
    pthread_barrier_init(&barrier, NULL, count);
    for (int i = 0; i < count; ++i) {
        pthread_create(&threads[i], NULL, body, NULL);
    }
    for (int i = 0; i < count; ++i) {
        pthread_join(threads[i], NULL);
    }
    report_number("serial threads", serial);
    report_number("early", early);
    report("destroyed", pthread_barrier_destroy(&barrier) == 0);
    report("for nobody is refused", pthread_barrier_init(&barrier, NULL, 0) == EINVAL);
    return report_end();
}
