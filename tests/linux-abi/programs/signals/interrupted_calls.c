// A handler that runs during a sleep or a read: EINTR with the time left, or the
// call goes on when SA_RESTART asks for it.
#include "../report.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static pthread_t main_thread;
static int pipes[2];
static atomic_int handled;

static void handler(int number) {
    (void)number;
    ++handled;
}

static void* disturb(void* with_data) {
    usleep(30000);
    pthread_kill(main_thread, SIGUSR1);
    if (with_data) {
        usleep(30000);
        if (write(pipes[1], "x", 1) != 1) {
            return NULL;
        }
    }
    return with_data;
}

int main(void) {
    main_thread = pthread_self();
    struct sigaction action = {.sa_handler = handler};
    sigaction(SIGUSR1, &action, NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, disturb, NULL);
    const struct timespec long_time = {20, 0};
    struct timespec left = {0, 0};
    report_error("nanosleep", nanosleep(&long_time, &left), EINTR);
    report("time left", left.tv_sec > 0 && left.tv_sec < 20);
    pthread_join(thread, NULL);
    report("pipe", pipe(pipes) == 0);
    pthread_create(&thread, NULL, disturb, NULL);
    char byte = 0;
    report_error("read", read(pipes[0], &byte, 1), EINTR);
    pthread_join(thread, NULL);
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
    pthread_create(&thread, NULL, disturb, pipes);
    report("with SA_RESTART read goes on", read(pipes[0], &byte, 1) == 1 && byte == 'x');
    pthread_join(thread, NULL);
    report_number("handled", handled);
    return report_end();
}
