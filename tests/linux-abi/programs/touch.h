// Touching memory that may not be there: tells whether a byte can be read or
// written, by recovering from SIGSEGV. One thread at a time; leaves SIGSEGV handled.
#pragma once

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf touch_recovery;
static volatile int touch_code;      // si_code of the last refusal
static void* volatile touch_address; // si_addr of the last refusal

static void touch_refused(int number, siginfo_t* information, void* context) {
    (void)number;
    (void)context;
    touch_code = information->si_code;
    touch_address = information->si_addr;
    siglongjmp(touch_recovery, 1);
}

static inline void touch_prepare(void) {
    struct sigaction action;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = touch_refused;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

static inline int can_read(const volatile void* address) {
    if (sigsetjmp(touch_recovery, 1)) {
        return 0;
    }
    (void)*(const volatile unsigned char*)address;
    return 1;
}

static inline int can_write(volatile void* address) {
    if (sigsetjmp(touch_recovery, 1)) {
        return 0;
    }
    *(volatile unsigned char*)address = *(volatile unsigned char*)address;
    return 1;
}
