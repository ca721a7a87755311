// What the socket programs share: addresses on the loopback, servers at a port that is free, and names of poll's bits.
#pragma once

#include "../report.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static inline struct sockaddr_in loopback_port(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static inline int port_of(int fd) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    return getsockname(fd, (struct sockaddr*)&address, &size) == 0 ? ntohs(address.sin_port) : -1;
}

// A socket of that type bound to a free port of 127.0.0.1.
static inline int bound_socket(int type) {
    const int fd = socket(AF_INET, type, 0);
    const struct sockaddr_in address = loopback_port(0);
    return bind(fd, (const struct sockaddr*)&address, sizeof address) == 0 ? fd : -1;
}

static inline int tcp_listener(int backlog) {
    const int fd = bound_socket(SOCK_STREAM);
    return listen(fd, backlog) == 0 ? fd : -1;
}

static inline int connect_to(int fd, int port) {
    const struct sockaddr_in address = loopback_port(port);
    return connect(fd, (const struct sockaddr*)&address, sizeof address);
}

// ends[0] connected, ends[1] accepted.
static inline int tcp_pair(int ends[2]) {
    const int listener = tcp_listener(1);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    const int connected = connect_to(ends[0], port_of(listener));
    ends[1] = accept(listener, NULL, NULL);
    close(listener);
    return connected == 0 && ends[1] >= 0 ? 0 : -1;
}

static inline int pending_error(int fd) {
    int error = -1;
    socklen_t size = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

static inline void report_pending(const char* what, int fd) {
    const int error = pending_error(fd);
    const char* name = error ? strerrorname_np(error) : "none";
    printf("%s: %s\n", what, name ? name : "unnamed");
}

static inline int option_of(int fd, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    return getsockopt(fd, level, name, &value, &size) == 0 ? value : -1;
}

static inline int set_option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value);
}

// What poll says at once, or within a second if it says nothing at first.
static inline void report_poll(const char* what, int fd, int wanted, int wait) {
    struct pollfd file = {.fd = fd, .events = (short)wanted};
    poll(&file, 1, wait ? 1000 : 0);
    printf("%s:%s%s%s%s%s%s\n", what, file.revents & POLLIN ? " in" : "", file.revents & POLLOUT ? " out" : "",
           file.revents & POLLRDHUP ? " rdhup" : "", file.revents & POLLHUP ? " hup" : "",
           file.revents & POLLERR ? " err" : "", file.revents & POLLNVAL ? " invalid" : "");
}

static inline void report_received(const char* what, int fd) {
    char text[64];
    const long got = recv(fd, text, sizeof text - 1, MSG_DONTWAIT);
    if (got < 0) {
        printf("%s: %s\n", what, strerrorname_np(errno));
        return;
    }
    text[got] = 0;
    printf("%s: %ld [%s]\n", what, got, text);
}

static inline long milliseconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void rest(int milliseconds) {
    const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&time, NULL);
}
