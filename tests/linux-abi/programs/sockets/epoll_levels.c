// epoll: level, edge and once, over sockets, pipes, event counters and timers; what epoll_ctl answers.
#include "sockets.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>

static int instance;

static int watch(int operation, int fd, unsigned events) {
    struct epoll_event event = {.events = events, .data.u64 = 0x100000000ull + (unsigned)fd};
    return epoll_ctl(instance, operation, fd, &event);
}

static void report_events(const char* what, int wait) {
    struct epoll_event events[8];
    const int count = epoll_wait(instance, events, 8, wait ? 1000 : 0);
    printf("%s: %d", what, count);
    for (int i = 0; i < count; ++i) {
        const unsigned bits = events[i].events;
        printf(",%s%s%s%s%s", bits & EPOLLIN ? " in" : "", bits & EPOLLOUT ? " out" : "",
               bits & EPOLLRDHUP ? " rdhup" : "", bits & EPOLLHUP ? " hup" : "", bits & EPOLLERR ? " err" : "");
        report_failures += events[i].data.u64 >> 32 != 1;
    }
    printf("\n");
}

int main(void) {
    int ends[2], pipes[2];
    char buffer[64];
    instance = epoll_create1(EPOLL_CLOEXEC);
    report("made", instance >= 0 && fcntl(instance, F_GETFD) == FD_CLOEXEC);
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    report("add", watch(EPOLL_CTL_ADD, ends[0], EPOLLIN) == 0);
    report_error("add again", watch(EPOLL_CTL_ADD, ends[0], EPOLLIN), EEXIST);
    report_error("change what is not there", watch(EPOLL_CTL_MOD, ends[1], EPOLLIN), ENOENT);
    report_error("remove what is not there", watch(EPOLL_CTL_DEL, ends[1], EPOLLIN), ENOENT);
    report_error("a closed one", watch(EPOLL_CTL_ADD, 999, EPOLLIN), EBADF);
    report_error("itself", watch(EPOLL_CTL_ADD, instance, EPOLLIN), EINVAL);
    report_error("a bad operation", watch(77, ends[0], EPOLLIN), EINVAL);
    report_error("not an instance", epoll_ctl(ends[0], EPOLL_CTL_DEL, ends[1], NULL), EINVAL);
    report_error("no events wanted", epoll_wait(instance, NULL, 0, 0), EINVAL);
    const int file = open("/proc/self/exe", O_RDONLY);
    report_error("a file", watch(EPOLL_CTL_ADD, file, EPOLLIN), EPERM);
    report_events("nothing", 0);
    write(ends[1], "ab", 2);
    report_events("level", 0);
    report_events("still", 0);
    read(ends[0], buffer, 1);
    report_events("and still", 0);
    read(ends[0], buffer, 1);
    report_events("no more", 0);

    report("edge", watch(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET) == 0);
    write(ends[1], "c", 1);
    report_events("first edge", 0);
    report_events("told", 0);
    write(ends[1], "d", 1);
    report_events("second edge", 0);
    read(ends[0], buffer, 1);
    report_events("reading is none", 0);
    report("change", watch(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLOUT | EPOLLET) == 0);
    report_events("told anew", 0);
    report_events("once", 0);

    report("once", watch(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT) == 0);
    report_events("there", 0);
    write(ends[1], "e", 1);
    report_events("disarmed", 0);
    report("armed", watch(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLONESHOT | EPOLLRDHUP) == 0);
    report_events("there again", 0);
    watch(EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLRDHUP);
    close(ends[1]);
    report_events("peer gone", 0);
    close(ends[0]);
    report_events("closed ones leave", 0);

    pipe(pipes);
    watch(EPOLL_CTL_ADD, pipes[0], EPOLLIN | EPOLLET);
    watch(EPOLL_CTL_ADD, pipes[1], EPOLLOUT | EPOLLET);
    report_events("pipe", 0);
    write(pipes[1], "x", 1);
    report_events("written", 0);
    close(pipes[1]);
    report_events("writer gone", 0);
    close(pipes[0]);

    const int counter = eventfd(0, EFD_NONBLOCK);
    watch(EPOLL_CTL_ADD, counter, EPOLLIN);
    const int copy = dup(counter);
    eventfd_write(counter, 1);
    report_events("counter", 0);
    close(counter);
    report_events("a copy keeps it", 0);
    close(copy);
    report_events("not any more", 0);

    const int timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    watch(EPOLL_CTL_ADD, timer, EPOLLIN);
    const struct itimerspec soon = {{0, 0}, {0, 30000000}};
    report("set", timerfd_settime(timer, 0, &soon, NULL) == 0);
    report_events("not yet", 0);
    report_events("timer", 1);
    unsigned long long count = 0;
    report("expired once", read(timer, &count, sizeof count) == 8 && count == 1);
    close(timer);

    const int outer = epoll_create1(0);
    tcp_pair(ends);
    watch(EPOLL_CTL_ADD, ends[0], EPOLLIN);
    struct epoll_event event = {.events = EPOLLIN};
    report("one in another", epoll_ctl(outer, EPOLL_CTL_ADD, instance, &event) == 0);
    report_error("but not round", watch(EPOLL_CTL_ADD, outer, EPOLLIN), ELOOP);
    report("quiet", epoll_wait(outer, &event, 1, 0) == 0);
    send(ends[1], "x", 1, 0);
    report("told through both", epoll_wait(outer, &event, 1, 1000) == 1 && event.events == EPOLLIN);
    return report_end();
}
