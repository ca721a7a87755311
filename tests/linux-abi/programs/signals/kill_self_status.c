// The default action of a termination signal sent to oneself: status 143.
#include "../report.h"

#include <signal.h>
#include <unistd.h>

int main(void) {
    report("a signal of 0 only asks", kill(getpid(), 0) == 0);
    report("about to end by SIGTERM", 1);
    fflush(stdout);
    kill(getpid(), SIGTERM);
    for (;;) {
        pause();
    }
}
