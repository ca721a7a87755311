// AF_UNIX streams by socketpair: both ways, half-close, ends, reset, poll, names and credentials.
#include "sockets.h"

int main(void) {
    int ends[2];
    static volatile long unmapped = 8;
    char buffer[64];
    signal(SIGPIPE, SIG_IGN);
    report("socketpair", socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    report("close on exec", fcntl(ends[0], F_GETFD) == FD_CLOEXEC);
    report_poll("fresh", ends[0], POLLIN | POLLOUT | POLLRDHUP, 0);
    report("write", write(ends[0], "hello ", 6) == 6 && write(ends[0], "there", 5) == 5);
    report("one stream", read(ends[1], buffer, sizeof buffer) == 11 && !memcmp(buffer, "hello there", 11));
    report("back", send(ends[1], "12345678", 8, 0) == 8);
    report("peek", recv(ends[0], buffer, 3, MSG_PEEK) == 3);
    report("part", recv(ends[0], buffer, 3, 0) == 3);
    report_received("rest", ends[0]);
    struct sockaddr_un name;
    socklen_t size = sizeof name;
    report("no name",
           getsockname(ends[0], (struct sockaddr*)&name, &size) == 0 && size == 2 && name.sun_family == AF_UNIX);
    size = sizeof name;
    report("no peer's name", getpeername(ends[0], (struct sockaddr*)&name, &size) == 0 && size == 2);
    struct ucred peer;
    size = sizeof peer;
    report("peer is ourselves",
           getsockopt(ends[0], SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.pid == getpid() && size == 12);
    report_error("sendto an address", sendto(ends[0], "x", 1, 0, (struct sockaddr*)&name, 2), EISCONN);
    report("end one way", shutdown(ends[0], SHUT_WR) == 0);
    report_poll("other side", ends[1], POLLIN | POLLOUT | POLLRDHUP, 0);
    report_received("end", ends[1]);
    report("still open back", write(ends[1], "x", 1) == 1);
    report_error("write after end", write(ends[0], "x", 1), EPIPE);
    report("no more reading", shutdown(ends[1], SHUT_RD) == 0);
    close(ends[1]);
    report_poll("peer gone", ends[0], POLLIN | POLLOUT | POLLRDHUP, 0);
    report_received("what came", ends[0]);
    report_received("end", ends[0]);
    close(ends[0]);

    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    write(ends[0], "unread", 6);
    write(ends[1], "for you", 7);
    close(ends[0]);
    report_poll("closed with octets unread", ends[1], POLLIN | POLLOUT | POLLRDHUP, 0);
    report_received("what came", ends[1]);
    report_received("reset", ends[1]);
    report_received("end", ends[1]);
    report_error("write", write(ends[1], "x", 1), EPIPE);
    close(ends[1]);

    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends);
    report_received("empty", ends[0]);
    long filled = 0, got = 0;
    while ((got = write(ends[0], buffer, sizeof buffer)) > 0) {
        filled += got;
    }
    report_error("full", got, EAGAIN);
    report("some fit", filled >= 4096);
    report_poll("not writable", ends[0], POLLOUT, 0);
    report("again is the same file", dup2(ends[1], 100) == 100 && read(100, buffer, 1) == 1);
    report_error("another family", socketpair(AF_INET, SOCK_STREAM, 0, ends), EOPNOTSUPP);
    report_error("a bad type", socketpair(AF_UNIX, 77, 0, ends), EINVAL);
    report_error("bad memory", socketpair(AF_UNIX, SOCK_STREAM, 0, (int*)unmapped), EFAULT);
    return report_end();
}
