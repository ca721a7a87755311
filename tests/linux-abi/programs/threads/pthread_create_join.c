// pthread_create and join: return values, exit from a nested call, detaching,
// stack sizes and stacks of one's own, joining with a limit.
#include "../report.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

static atomic_int flag;

static void* square(void* argument) {
    return (void*)((intptr_t)argument * (intptr_t)argument);
}

static void leave(int depth) {
    if (depth == 0) {
        pthread_exit((void*)77);
    }
    leave(depth - 1);
}
static void* leaving(void* unused) {
    leave(10);
    return unused;
}

static void* waiting(void* unused) {
    while (!flag) {
        sched_yield();
    }
    return unused;
}

static void* detached(void* unused) {
    flag = 2;
    return unused;
}

static void* stack_size(void* address) {
    pthread_attr_t attributes;
    size_t size = 0;
    void* base = NULL;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &base, &size);
    pthread_attr_destroy(&attributes);
    const char* here = __builtin_frame_address(0);
    const int inside = here > (char*)base && here < (char*)base + size;
    *(void**)address = base;
    return (void*)(inside ? size : 0);
}

int main(void) {
    pthread_t threads[20];
    long sum = 0;
    for (intptr_t i = 0; i < 20; ++i) {
        report_failures += pthread_create(&threads[i], NULL, square, (void*)i) != 0;
    }
    for (int i = 0; i < 20; ++i) {
        void* result = NULL;
        pthread_join(threads[i], &result);
        sum += (long)(intptr_t)result;
    }
    report_number("sum of squares", sum);
    void* result = NULL;
    pthread_create(&threads[0], NULL, leaving, NULL);
    pthread_join(threads[0], &result);
    report("pthread_exit", result == (void*)77);

    pthread_create(&threads[0], NULL, waiting, NULL);
    report("tryjoin is busy", pthread_tryjoin_np(threads[0], NULL) == EBUSY);
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_nsec += 10000000;
    limit.tv_sec += limit.tv_nsec / 1000000000;
    limit.tv_nsec %= 1000000000;
    report("timedjoin times out", pthread_timedjoin_np(threads[0], NULL, &limit) == ETIMEDOUT);
    flag = 1;
    report("then joins", pthread_join(threads[0], NULL) == 0);

    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_create(&threads[0], &attributes, detached, NULL);
    while (flag != 2) {
        sched_yield();
    }
    report("detached ran", 1);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_JOINABLE);
    void* base = NULL;
    pthread_attr_setstacksize(&attributes, 1 << 20);
    pthread_create(&threads[0], &attributes, stack_size, &base);
    pthread_join(threads[0], &result);
    report("a stack of 1 MiB", (size_t)result == 1 << 20);
    static char own[1 << 18] __attribute__((aligned(4096)));
    pthread_attr_setstack(&attributes, own, sizeof own);
    pthread_create(&threads[0], &attributes, stack_size, &base);
    pthread_join(threads[0], &result);
    report("a stack of one's own", (size_t)result == sizeof own && base == own);
    pthread_attr_destroy(&attributes);
    report("a thread is itself", pthread_equal(pthread_self(), pthread_self()));
    char name[16];
    report("named", pthread_setname_np(pthread_self(), "renamed") == 0 &&
                        pthread_getname_np(pthread_self(), name, sizeof name) == 0 && strcmp(name, "renamed") == 0);
    report("gettid of main is getpid", gettid() == getpid());
    return report_end();
}
