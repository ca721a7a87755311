// timerfd: once and again and again, absolute times, what is told, reading and polling.
#include "sockets.h"

#include <sys/timerfd.h>

int main(void) {
    unsigned long long count = 0;
    const int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec spec = {{0, 20000000}, {0, 20000000}}, told;
    report("made", fd >= 0);
    report("unset", timerfd_gettime(fd, &told) == 0 && told.it_value.tv_sec == 0 && told.it_value.tv_nsec == 0);
    report("set", timerfd_settime(fd, 0, &spec, NULL) == 0);
    report("running", timerfd_gettime(fd, &told) == 0 && told.it_value.tv_nsec > 0 &&
                          told.it_value.tv_nsec <= 20000000 && told.it_interval.tv_nsec == 20000000);
    report("a blocking read", read(fd, &count, sizeof count) == 8 && count >= 1);
    rest(70);
    report("several", read(fd, &count, sizeof count) == 8 && count >= 3);
    spec = (struct itimerspec){{0, 0}, {0, 0}};
    report("stop", timerfd_settime(fd, 0, &spec, &told) == 0 && told.it_interval.tv_nsec == 20000000);
    report_poll("stopped", fd, POLLIN, 0);
    clock_gettime(CLOCK_MONOTONIC, &spec.it_value);
    spec.it_value.tv_nsec += 30000000;
    if (spec.it_value.tv_nsec >= 1000000000) {
        spec.it_value.tv_nsec -= 1000000000;
        ++spec.it_value.tv_sec;
    }
    report("absolute", timerfd_settime(fd, TFD_TIMER_ABSTIME, &spec, NULL) == 0);
    report_poll("it comes", fd, POLLIN, 1);
    report("once", read(fd, &count, sizeof count) == 8 && count == 1);
    report("not blocking", fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    report_error("no more", read(fd, &count, sizeof count), EAGAIN);
    report_error("too small a buffer", read(fd, &count, 4), EINVAL);
    report_error("write", write(fd, &count, 8), EINVAL);
    spec.it_value.tv_nsec = 1000000000;
    report_error("bad time", timerfd_settime(fd, 0, &spec, NULL), EINVAL);
    report_error("bad clock", timerfd_create(77, 0), EINVAL);
    report_error("bad flags", timerfd_create(CLOCK_REALTIME, 1), EINVAL);
    report_error("not a timer", timerfd_gettime(0, &told), EINVAL);
    const int real = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    spec = (struct itimerspec){{0, 0}, {1, 0}};
    report("long past", timerfd_settime(real, TFD_TIMER_ABSTIME, &spec, NULL) == 0);
    report_poll("at once", real, POLLIN, 0);
    return report_end();
}
