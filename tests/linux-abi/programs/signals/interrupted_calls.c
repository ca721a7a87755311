// A handler that runs during a sleep or a read: EINTR with the time left, or the
// call goes on when SA_RESTART asks for it.
#include "../report.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { rounds_max = 500 };

static pthread_t main_thread;
static int pipes[2];
static atomic_int handled, returned;

static void handler(int number) {
    (void)number;
    ++handled;
}

// Again and again, because the first signal may come before the call it is meant for.
static void* disturb(void* unused) {
    for (int i = 0; i < rounds_max && !returned; ++i) {
        usleep(20000);
        pthread_kill(main_thread, SIGUSR1);
    }
    return unused;
}

static void* disturb_then_write(void* unused) {
    for (int i = 0; i < 5; ++i) {
        usleep(20000);
        pthread_kill(main_thread, SIGUSR1);
    }
    usleep(20000);
    return write(pipes[1], "x", 1) == 1 ? unused : NULL;
}

static pthread_t start(void* (*body)(void*)) {
    pthread_t thread;
    returned = 0;
    pthread_create(&thread, NULL, body, NULL);
    return thread;
}

static void finish(pthread_t thread) {
    returned = 1;
    pthread_join(thread, NULL);
}

int main(void) {
    main_thread = pthread_self();
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, NULL);
    const struct timespec long_time = {20, 0};
    struct timespec left = {0, 0};
    pthread_t thread = start(disturb);
    report_error("nanosleep", nanosleep(&long_time, &left), EINTR);
    finish(thread);
    report("time left", left.tv_sec > 0 && left.tv_sec < 20);
    report("pipe", pipe(pipes) == 0);
    char byte = 0;
    thread = start(disturb);
    report_error("read", read(pipes[0], &byte, 1), EINTR);
    finish(thread);
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
    const int before = handled;
    thread = start(disturb_then_write);
    report("with SA_RESTART read goes on", read(pipes[0], &byte, 1) == 1 && byte == 'x');
    finish(thread);
    report("though handlers ran", handled > before);
    return report_end();
}
