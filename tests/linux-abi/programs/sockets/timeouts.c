// SO_RCVTIMEO and SO_SNDTIMEO: how they are told, and how they end calls; signals against blocked calls.
#include "sockets.h"

#include <stdlib.h>

static int interrupted;
static void note(int number) {
    interrupted += number == SIGALRM;
}

static void set_time(int fd, int option, int milliseconds) {
    const struct timeval time = {milliseconds / 1000, milliseconds % 1000 * 1000};
    report("set", setsockopt(fd, SOL_SOCKET, option, &time, sizeof time) == 0);
}

static long told(int fd, int option) {
    struct timeval time = {-1, -1};
    socklen_t size = sizeof time;
    getsockopt(fd, SOL_SOCKET, option, &time, &size);
    return time.tv_sec * 1000 + time.tv_usec / 1000;
}

int main(void) {
    char buffer[8];
    const int udp = bound_socket(SOCK_DGRAM);
    report_number("none", told(udp, SO_RCVTIMEO));
    set_time(udp, SO_RCVTIMEO, 120);
    report_number("told", told(udp, SO_RCVTIMEO));
    long begin = milliseconds_now();
    report_error("recv", recv(udp, buffer, sizeof buffer, 0), EAGAIN);
    long took = milliseconds_now() - begin;
    report("after its time", took >= 118 && took < 5000);
    int ends[2];
    tcp_pair(ends);
    set_time(ends[0], SO_RCVTIMEO, 60);
    begin = milliseconds_now();
    report_error("recv on TCP", recv(ends[0], buffer, sizeof buffer, 0), EAGAIN);
    report("after its time", milliseconds_now() - begin >= 58);
    send(ends[1], "abc", 3, 0);
    report("what came meanwhile", recv(ends[0], buffer, 8, MSG_WAITALL) == 3);
    set_time(ends[0], SO_SNDTIMEO, 60);
    char* const block = calloc(1, 1 << 16);
    long result = 0;
    while ((result = send(ends[0], block, 1 << 16, 0)) > 0) {
    }
    report_error("send into a full window", result, EAGAIN);
    const int listener = tcp_listener(1);
    set_time(listener, SO_RCVTIMEO, 50);
    report_error("accept", accept(listener, NULL, NULL), EAGAIN);
    const struct timeval bad = {0, 1000000};
    report_error("bad time", setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &bad, sizeof bad), EDOM);
    report_error("too short", setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &bad, 4), EINVAL);

    struct sigaction action = {.sa_handler = note};
    sigaction(SIGALRM, &action, NULL);
    const struct itimerval soon = {{0, 0}, {0, 50000}};
    setitimer(ITIMER_REAL, &soon, NULL);
    int local[2];
    report("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0, local) == 0);
    report_error("interrupted", read(local[0], buffer, 1), EINTR);
    setitimer(ITIMER_REAL, &soon, NULL);
    report_error("interrupted accept", accept(tcp_listener(1), NULL, NULL), EINTR);
    report_number("handled", interrupted);
    free(block);
    return report_end();
}
