// Connecting and accepting without blocking: EINPROGRESS, poll, SO_ERROR; filling the window and draining it.
#include "sockets.h"

#include <stdlib.h>

int main(void) {
    const int listener = tcp_listener(4);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    report("flags", (fcntl(fd, F_GETFL) & O_NONBLOCK) && fcntl(fd, F_GETFD) == FD_CLOEXEC);
    report_error("connect", connect_to(fd, port_of(listener)), EINPROGRESS);
    report_poll("established", fd, POLLIN | POLLOUT, 1);
    report_pending("no error", fd);
    report("connect again tells", connect_to(fd, port_of(listener)) == 0);
    report_error("then it is connected", connect_to(fd, port_of(listener)), EISCONN);
    report_poll("somebody to accept", listener, POLLIN, 1);
    const int peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    report("accept4", peer >= 0 && (fcntl(peer, F_GETFL) & O_NONBLOCK));
    report("accept inherits no flags", !(fcntl(peer, F_GETFD) & FD_CLOEXEC));
    report_received("nothing yet", peer);

    char* const block = calloc(1, 65536);
    long filled = 0, got = 0, drained = 0;
    while ((got = send(fd, block, 65536, 0)) > 0) {
        filled += got;
    }
    report_error("full", got, EAGAIN);
    report("more than a packet", filled > 4096);
    report_poll("not writable", fd, POLLOUT, 0);
    while (drained < filled && ((got = recv(peer, block, 65536, 0)) > 0 || errno == EAGAIN)) {
        drained += got > 0 ? got : 0;
        if (got < 0) {
            rest(1);
        }
    }
    report("all of it came", drained == filled);
    report_poll("writable again", fd, POLLOUT, 1);
    int pending = -1;
    report("nothing left", ioctl(peer, FIONREAD, &pending) == 0 && pending == 0);
    report("send", send(fd, "12345", 5, 0) == 5);
    report_poll("there", peer, POLLIN, 1);
    report("counted", ioctl(peer, FIONREAD, &pending) == 0 && pending == 5);
    int off = 0;
    report("blocking by ioctl", ioctl(peer, FIONBIO, &off) == 0 && !(fcntl(peer, F_GETFL) & O_NONBLOCK));
    free(block);
    return report_end();
}
