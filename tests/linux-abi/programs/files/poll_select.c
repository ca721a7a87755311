// poll, ppoll, select: on pipes, files and standard output; timeouts; closed ends.
#include "../report.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

static int ends[2];

static void* late(void* unused) {
    usleep(20000);
    report_failures += write(ends[1], "x", 1) != 1;
    return unused;
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

int main(int argc, char** argv) {
    const int file = open(report_path(report_scratch(argc, argv), "file"), O_RDWR | O_CREAT, 0644);
    struct pollfd one = {1, POLLOUT, 0};
    report("standard output is ready", poll(&one, 1, 1000) == 1 && (one.revents & POLLOUT));
    one = (struct pollfd){file, POLLIN | POLLOUT, 0};
    report("a file always is", poll(&one, 1, 1000) == 1 && one.revents == (POLLIN | POLLOUT));
    report("pipe", pipe(ends) == 0);
    struct pollfd both[2] = {{ends[0], POLLIN, 0}, {ends[1], POLLOUT, 0}};
    report("an empty pipe takes", poll(both, 2, 0) == 1 && both[0].revents == 0 && both[1].revents == POLLOUT);
    long long start = now();
    report("a timeout", poll(both, 1, 20) == 0 && now() - start >= 20);
    report("write", write(ends[1], "y", 1) == 1);
    report("then it gives", poll(both, 2, 0) == 2 && both[0].revents == POLLIN);
    char byte = 0;
    report("read", read(ends[0], &byte, 1) == 1 && byte == 'y');
    pthread_t thread;
    pthread_create(&thread, NULL, late, NULL);
    report("poll waits for a thread", poll(both, 1, 10000) == 1 && both[0].revents == POLLIN);
    pthread_join(thread, NULL);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    struct timeval limit = {5, 0};
    report("select", select(ends[0] + 1, &set, NULL, NULL, &limit) == 1 && FD_ISSET(ends[0], &set));
    report("read", read(ends[0], &byte, 1) == 1 && byte == 'x');
    limit = (struct timeval){0, 20000};
    start = now();
    report("select times out",
           select(ends[0] + 1, &set, NULL, NULL, &limit) == 0 && !FD_ISSET(ends[0], &set) && now() - start >= 20);
    limit = (struct timeval){0, 10000};
    report("select as a sleep", select(0, NULL, NULL, NULL, &limit) == 0);
    const struct timespec short_time = {0, 10000000};
    report("ppoll times out", ppoll(both, 1, &short_time, NULL) == 0);
    close(ends[1]);
    report("a closed writer hangs up", poll(both, 1, 1000) == 1 && (both[0].revents & POLLHUP));
    one = (struct pollfd){999, POLLIN, 0};
    report("a number not open", poll(&one, 1, 0) == 1 && one.revents == POLLNVAL);
    one = (struct pollfd){-5, POLLIN, 7};
    report("a negative one is passed over", poll(&one, 1, 0) == 0 && one.revents == 0);
    return report_end();
}
