// AF_UNIX datagrams and sequenced packets: pairs, names, message borders, ends.
#include "sockets.h"

int main(void) {
    int ends[2];
    char buffer[16];
    signal(SIGPIPE, SIG_IGN);
    report("datagram pair", socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
    report("two", send(ends[0], "one", 3, 0) == 3 && send(ends[0], "three", 5, 0) == 5);
    report_received("border", ends[1]);
    report("cut", recv(ends[1], buffer, 2, MSG_TRUNC) == 5);
    report_received("none", ends[1]);
    close(ends[1]);
    report_error("nobody there", send(ends[0], "x", 1, 0), ECONNREFUSED);
    close(ends[0]);

    report("sequenced pair", socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) == 0);
    report("two", send(ends[0], "one", 3, 0) == 3 && send(ends[0], "three", 5, 0) == 5);
    report_received("border", ends[1]);
    close(ends[0]);
    report_poll("ended", ends[1], POLLIN | POLLRDHUP, 0);
    report_received("rest", ends[1]);
    report_received("end", ends[1]);
    report_error("send", send(ends[1], "x", 1, 0), EPIPE);
    close(ends[1]);

    struct sockaddr_un one = {.sun_family = AF_UNIX, .sun_path = "\0abi one"}, two = {AF_UNIX, "\0abi two"}, from;
    const int a = socket(AF_UNIX, SOCK_DGRAM, 0), b = socket(AF_UNIX, SOCK_DGRAM, 0);
    report("named", bind(a, (struct sockaddr*)&one, 10) == 0 && bind(b, (struct sockaddr*)&two, 10) == 0);
    report("sendto", sendto(a, "hello", 5, 0, (struct sockaddr*)&two, 10) == 5);
    socklen_t size = sizeof from;
    report("from", recvfrom(b, buffer, sizeof buffer, 0, (struct sockaddr*)&from, &size) == 5 && size == 10 &&
                       !memcmp(&from, &one, 10));
    report_error("no peer", send(a, "x", 1, 0), ENOTCONN);
    report("connect", connect(a, (struct sockaddr*)&two, 10) == 0);
    report("send", send(a, "y", 1, 0) == 1);
    report_received("y", b);
    report_error("name in use", bind(socket(AF_UNIX, SOCK_DGRAM, 0), (struct sockaddr*)&one, 10), EADDRINUSE);
    two.sun_path[5] = 'x';
    report_error("nobody has that name", sendto(a, "x", 1, 0, (struct sockaddr*)&two, 10), ECONNREFUSED);
    return report_end();
}
