// sigaction: the old action, SA_RESETHAND, SA_NODEFER, the mask during a handler,
// siginfo of raise, real-time signals queued with their values.
#include "../report.h"

#include <signal.h>
#include <unistd.h>

static volatile int depth, most, sent_by_self, blocked_inside, queued_sum;

static void nested(int number) {
    most = ++depth > most ? depth : most;
    if (depth < 3) {
        raise(number);
    }
    --depth;
}

static void informed(int number, siginfo_t* information, void* context) {
    (void)context;
    sent_by_self = information->si_signo == number && information->si_pid == getpid() &&
                   (information->si_code == SI_TKILL || information->si_code == SI_USER);
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    blocked_inside = sigismember(&now, SIGUSR2) && sigismember(&now, number);
}

static void queued(int number, siginfo_t* information, void* context) {
    (void)number;
    (void)context;
    queued_sum = queued_sum * 10 + information->si_value.sival_int;
}

int main(void) {
    struct sigaction action = {0};
    struct sigaction old;
    action.sa_handler = nested;
    action.sa_flags = SA_NODEFER;
    sigaction(SIGUSR1, &action, &old);
    report("the default before", old.sa_handler == SIG_DFL);
    raise(SIGUSR1);
    report_number("SA_NODEFER nests", most);
    action.sa_flags = SA_RESETHAND;
    most = 2;
    depth = 2; // so that the handler does not raise again
    sigaction(SIGUSR1, &action, &old);
    report("the old action is given back", old.sa_handler == nested && (old.sa_flags & SA_NODEFER));
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &old);
    report("SA_RESETHAND resets", most == 3 && old.sa_handler == SIG_DFL);

    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = informed;
    sigaddset(&action.sa_mask, SIGUSR2);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    report("siginfo tells who", sent_by_self);
    report("the mask during the handler", blocked_inside);
    sigset_t now;
    sigprocmask(SIG_BLOCK, NULL, &now);
    report("not after it", !sigismember(&now, SIGUSR2) && !sigismember(&now, SIGUSR1));

    sigemptyset(&action.sa_mask);
    action.sa_sigaction = queued;
    sigaction(SIGRTMIN, &action, NULL);
    sigset_t realtime;
    sigemptyset(&realtime);
    sigaddset(&realtime, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &realtime, NULL);
    for (int i = 1; i <= 3; ++i) {
        sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = i});
    }
    sigprocmask(SIG_UNBLOCK, &realtime, NULL);
    report_number("queued in order", queued_sum);
    report_error("SIGKILL cannot be handled", sigaction(SIGKILL, &action, NULL), EINVAL);
    return report_end();
}
