// More threads than processors: three hundred one after another, sixty at once, all
// ending; memory of ended threads comes back.
#include "../report.h"

#include <pthread.h>
#include <stdatomic.h>

enum { at_once = 60 };
static atomic_int running, done;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_there = PTHREAD_COND_INITIALIZER;

static void* quick(void* unused) {
    volatile char stack[30000];
    stack[0] = 1;
    stack[29999] = 1;
    done += stack[0];
    return unused;
}

static void* together(void* unused) {
    pthread_mutex_lock(&mutex);
    if (++running == at_once) {
        pthread_cond_broadcast(&all_there);
    }
    while (running < at_once) {
        pthread_cond_wait(&all_there, &mutex);
    }
    pthread_mutex_unlock(&mutex);
    ++done;
    return unused;
}

int main(void) {
    pthread_t threads[at_once];
    for (int i = 0; i < 300; ++i) {
        report_failures += pthread_create(&threads[0], NULL, quick, NULL) != 0;
        pthread_join(threads[0], NULL);
    }
    report_number("one after another", done);
    for (int i = 0; i < at_once; ++i) {
        report_failures += pthread_create(&threads[i], NULL, together, NULL) != 0;
    }
    for (int i = 0; i < at_once; ++i) {
        pthread_join(threads[i], NULL);
    }
    report_number("all of them met", done);
    return report_end();
}
