// Cancellation: deferred to a cancellation point, disabled, asynchronous; clean-up
// handlers run, innermost first.
#include "../report.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_int stage;
static char order[8];
static void note(void* letter) {
    order[strlen(order)] = *(char*)letter;
}

static void* sleeping(void* unused) {
    pthread_cleanup_push(note, "a");
    pthread_cleanup_push(note, "b");
    stage = 1;
    for (;;) {
        sleep(100);
    }
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return unused;
}

static void* disabled(void* unused) {
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    stage = 1;
    while (stage != 2) {
        usleep(1000);
    }
    pthread_testcancel();
    note("c");
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    pthread_testcancel();
    note("d");
    return unused;
}

static void* spinning(void* unused) {
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    stage = 1;
    for (volatile long i = 0;; ++i) {
    }
    return unused;
}

static void* waiting(void* condition) {
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(note, "e");
    stage = 1;
    pthread_cond_wait(condition, &mutex);
    pthread_cleanup_pop(0);
    return NULL;
}

static void* reading(void* descriptor) {
    char byte = 0;
    stage = 1;
    return read(*(int*)descriptor, &byte, 1) == 1 ? NULL : descriptor;
}

static int cancelled(void* (*body)(void*), void* argument) {
    pthread_t thread;
    void* result = NULL;
    stage = 0;
    pthread_create(&thread, NULL, body, argument);
    while (stage == 0) {
        usleep(1000);
    }
    usleep(5000);
    pthread_cancel(thread);
    stage = 2;
    pthread_join(thread, &result);
    return result == PTHREAD_CANCELED;
}

int main(void) {
    report("out of sleep", cancelled(sleeping, NULL));
    report_text("clean-up", order);
    memset(order, 0, sizeof order);
    report("disabled, then enabled", cancelled(disabled, NULL));
    report_text("got as far as", order);
    memset(order, 0, sizeof order);
    static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    report("out of a condition variable", cancelled(waiting, &condition));
    report_text("clean-up", order);
    int pipes[2];
    report("pipe", pipe(pipes) == 0);
    report("out of read", cancelled(reading, &pipes[0]));
    report("out of a spin, asynchronously", cancelled(spinning, NULL));
    return report_end();
}
