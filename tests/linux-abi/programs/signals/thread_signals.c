// Signals and threads: pthread_kill hits the one meant, each has its own mask,
// sigwait takes what is blocked, and a fault stays with its thread.
#include "../report.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static pthread_t target;
static atomic_int ready, hit, faults;
static _Thread_local sigjmp_buf recovery;

static void handler(int number) {
    (void)number;
    hit = pthread_equal(pthread_self(), target) ? 1 : -1;
}

static void fault(int number) {
    (void)number;
    siglongjmp(recovery, 1);
}

static void* waiting(void* unused) {
    ready = 1;
    while (!hit) {
        usleep(1000);
    }
    return unused;
}

static void* taking(void* unused) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    ready = 1;
    int number = 0;
    const int result = sigwait(&set, &number);
    return result == 0 && number == SIGUSR2 ? (void*)1 : unused;
}

static void* faulting(void* unused) {
    for (int i = 0; i < 100; ++i) {
        if (sigsetjmp(recovery, 1) == 0) {
            volatile int* volatile address = (volatile int*)8;
            *address = 1;
        }
        ++faults;
    }
    return unused;
}

static void wait_ready(void) {
    while (!ready) {
        usleep(1000);
    }
    ready = 0;
}

int main(void) {
    signal(SIGUSR1, handler);
    pthread_create(&target, NULL, waiting, NULL);
    wait_ready();
    report("pthread_kill", pthread_kill(target, SIGUSR1) == 0);
    pthread_join(target, NULL);
    report("hit the one meant", hit == 1);

    pthread_create(&target, NULL, taking, NULL);
    wait_ready();
    pthread_kill(target, SIGUSR2);
    void* taken = NULL;
    pthread_join(target, &taken);
    report("sigwait took it", taken == (void*)1);
    sigset_t mine;
    pthread_sigmask(SIG_BLOCK, NULL, &mine);
    report("main's mask is its own", !sigismember(&mine, SIGUSR2));

    signal(SIGSEGV, fault);
    pthread_t threads[4];
    for (int i = 0; i < 4; ++i) {
        pthread_create(&threads[i], NULL, faulting, NULL);
    }
    for (int i = 0; i < 4; ++i) {
        pthread_join(threads[i], NULL);
    }
    report_number("faults caught by their threads", faults);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    const struct timespec limit = {0, 10000000};
    report_error("sigtimedwait: nothing comes", sigtimedwait(&set, NULL, &limit), EAGAIN);
    raise(SIGUSR1);
    siginfo_t information;
    report("sigtimedwait takes what is pending", sigtimedwait(&set, &information, &limit) == SIGUSR1);
    return report_end();
}
