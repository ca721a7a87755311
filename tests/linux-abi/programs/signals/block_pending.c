// Blocking: a blocked signal is pending until let through, and only once.
#include "../report.h"

#include <signal.h>
#include <unistd.h>

static volatile int count[65];
static char order[16];

static void counting(int number) {
    ++count[number];
    strncat(order, number == SIGUSR1 ? "1" : "2", 2);
}

int main(void) {
    signal(SIGUSR1, counting);
    signal(SIGUSR2, counting);
    sigset_t both;
    sigset_t old;
    sigset_t pending;
    sigemptyset(&both);
    sigaddset(&both, SIGUSR1);
    sigaddset(&both, SIGUSR2);
    report("blocked", sigprocmask(SIG_BLOCK, &both, &old) == 0 && !sigismember(&old, SIGUSR1));
    raise(SIGUSR1);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR2);
    report("none delivered", count[SIGUSR1] == 0 && count[SIGUSR2] == 0);
    sigpending(&pending);
    report("both pending",
           sigismember(&pending, SIGUSR1) && sigismember(&pending, SIGUSR2) && !sigismember(&pending, SIGINT));
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    sigprocmask(SIG_UNBLOCK, &one, NULL);
    report_number("the first, once", count[SIGUSR1]);
    report_number("the second still blocked", count[SIGUSR2]);
    sigset_t wait_mask;
    sigemptyset(&wait_mask);
    report_error("sigsuspend lets it through", sigsuspend(&wait_mask), EINTR);
    report_number("the second", count[SIGUSR2]);
    sigset_t now;
    sigprocmask(SIG_SETMASK, NULL, &now);
    report("its mask is as before", sigismember(&now, SIGUSR2) && !sigismember(&now, SIGUSR1));
    sigprocmask(SIG_SETMASK, &old, NULL);
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    report_number("ignored", count[SIGUSR1]);
    report_text("order", order);
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGKILL);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    sigprocmask(SIG_BLOCK, NULL, &now);
    report("SIGKILL is never blocked", !sigismember(&now, SIGKILL));
    report_error("no such signal", kill(getpid(), 99), EINVAL);
    return report_end();
}
