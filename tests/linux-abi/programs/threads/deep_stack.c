// Stacks are as deep as promised: four of main's eight MiB, and most of a thread's megabyte.
#include "../report.h"

#include <pthread.h>

__attribute__((noinline)) static long dive(long bytes) {
    volatile char frame[1024];
    frame[0] = (char)bytes;
    frame[1023] = 1;
    return bytes <= 0 ? frame[1023] : dive(bytes - 1024) + frame[1023];
}

static void* body(void* bytes) {
    *(long*)bytes = dive(*(long*)bytes);
    return NULL;
}

int main(void) {
    report_number("frames of main", dive(4 << 20));
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1 << 20);
    pthread_t thread;
    long bytes = 800 << 10;
    pthread_create(&thread, &attributes, body, &bytes);
    pthread_join(thread, NULL);
    report_number("frames of a thread", bytes);
    return report_end();
}
