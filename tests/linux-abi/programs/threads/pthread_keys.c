// Thread-specific data: a value a thread, destructors at its end, many keys; once; spin locks.
#include "../report.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

enum { key_count = 200 };
static pthread_key_t keys[key_count];
static atomic_int destroyed, right, initialised;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_spinlock_t spin;
static long counter;

static void destroy(void* value) {
    destroyed += (int)(intptr_t)value;
}
static void initialise(void) {
    ++initialised;
}

static void* body(void* argument) {
    pthread_once(&once, initialise);
    int ok = 1;
    for (int i = 0; i < key_count; ++i) {
        ok = ok && pthread_getspecific(keys[i]) == NULL;
        pthread_setspecific(keys[i], (void*)1);
    }
    for (int i = 0; i < key_count; ++i) {
        ok = ok && pthread_getspecific(keys[i]) == (void*)1;
    }
    right += ok;
    for (int i = 0; i < 2000; ++i) {
        pthread_spin_lock(&spin);
        ++counter;
        pthread_spin_unlock(&spin);
    }
    return argument;
}

int main(void) {
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    for (int i = 0; i < key_count; ++i) {
        report_failures += pthread_key_create(&keys[i], destroy) != 0;
    }
    pthread_t threads[6];
    for (int i = 0; i < 6; ++i) {
        pthread_create(&threads[i], NULL, body, NULL);
    }
    for (int i = 0; i < 6; ++i) {
        pthread_join(threads[i], NULL);
    }
    report_number("threads with their own values", right);
    report_number("destructors", destroyed);
    report_number("once", initialised);
    report_number("counted under a spin lock", counter);
    report("a key is given back", pthread_key_delete(keys[0]) == 0 && pthread_key_delete(keys[0]) == EINVAL);
    return report_end();
}
