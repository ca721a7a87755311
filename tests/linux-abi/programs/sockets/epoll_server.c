// A server on one thread with epoll and sockets that do not block; clients on another. More ready than asked for.
#include "sockets.h"

#include <sys/epoll.h>

enum { clients = 8, total = 20000 };
static int port;

static void* run_clients(void* unused) {
    int fds[clients];
    static char block[total], back[total];
    long wrong = 0;
    memset(block, 'q', sizeof block);
    for (int i = 0; i < clients; ++i) {
        fds[i] = socket(AF_INET, SOCK_STREAM, 0);
        wrong += connect_to(fds[i], port) != 0;
    }
    for (int i = 0; i < clients; ++i) {
        wrong += send(fds[i], block, total, 0) != total;
        shutdown(fds[i], SHUT_WR);
    }
    for (int i = 0; i < clients; ++i) {
        wrong += recv(fds[i], back, total, MSG_WAITALL) != total || memcmp(back, block, total) != 0;
        wrong += recv(fds[i], back, 1, 0) != 0;
        close(fds[i]);
    }
    return unused ? NULL : (void*)wrong;
}

int main(void) {
    const int listener = tcp_listener(clients), instance = epoll_create(1);
    port = port_of(listener);
    fcntl(listener, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[3];
    epoll_ctl(instance, EPOLL_CTL_ADD, listener, &event);
    pthread_t thread;
    pthread_create(&thread, NULL, run_clients, NULL);
    int open_count = 0, served = 0, refused = 0, broken = 0; // who comes when is not the same twice
    char buffer[4096];
    while (served < clients) {
        const int count = epoll_wait(instance, events, 3, 10000);
        if (count <= 0) {
            report("something within ten seconds", 0);
            return 1;
        }
        for (int i = 0; i < count; ++i) {
            const int fd = events[i].data.fd;
            if (fd == listener) {
                const int accepted = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
                event = (struct epoll_event){.events = EPOLLIN | EPOLLRDHUP, .data.fd = accepted};
                refused += accepted < 0 || epoll_ctl(instance, EPOLL_CTL_ADD, accepted, &event) != 0;
                ++open_count;
                continue;
            }
            const long got = read(fd, buffer, sizeof buffer);
            if (got > 0) {
                if (write(fd, buffer, (size_t)got) != got) {
                    report("all goes back", 0);
                }
            } else {
                broken += got != 0;
                close(fd);
                ++served;
            }
        }
    }
    void* wrong = NULL;
    pthread_join(thread, &wrong);
    report("each accepted and watched", refused == 0);
    report("each read to its end", broken == 0);
    report_number("served", open_count);
    report("all right", !wrong);
    return report_end();
}
