// Resets: SO_LINGER with no time, closing with octets unread, sending to one that is gone; SIGPIPE and MSG_NOSIGNAL.
#include "sockets.h"

static volatile int pipes;
static void count_pipe(int number) {
    pipes += number == SIGPIPE;
}

static void abort_close(int fd) {
    const struct linger now = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

int main(void) {
    int ends[2];
    signal(SIGPIPE, count_pipe);
    tcp_pair(ends);
    abort_close(ends[1]);
    report_poll("broken", ends[0], POLLIN | POLLOUT | POLLRDHUP, 1);
    report_received("recv tells", ends[0]);
    report_received("once", ends[0]);
    report_error("then send", send(ends[0], "x", 1, 0), EPIPE);
    report_number("SIGPIPE", pipes);
    report_error("without signal", send(ends[0], "x", 1, MSG_NOSIGNAL), EPIPE);
    report_number("SIGPIPE", pipes);
    report_error("write", write(ends[0], "x", 1), EPIPE);
    report_number("SIGPIPE", pipes);
    struct sockaddr_in name;
    socklen_t size = sizeof name;
    report_error("peer name", getpeername(ends[0], (struct sockaddr*)&name, &size), ENOTCONN);
    close(ends[0]);

    tcp_pair(ends);
    abort_close(ends[1]);
    rest(20);
    report_error("send tells", send(ends[0], "x", 1, 0), ECONNRESET);
    report_number("SIGPIPE", pipes);
    report_received("then the end", ends[0]);
    close(ends[0]);

    tcp_pair(ends);
    abort_close(ends[1]);
    rest(20);
    report_pending("SO_ERROR tells", ends[0]);
    report_pending("once", ends[0]);
    close(ends[0]);

    tcp_pair(ends);
    send(ends[0], "unread", 6, 0);
    send(ends[1], "for you", 7, 0);
    report_poll("octets are there", ends[1], POLLIN, 1);
    close(ends[1]);
    rest(20);
    report_received("what came before", ends[0]);
    report_received("octets were lost", ends[0]);
    close(ends[0]);

    tcp_pair(ends);
    close(ends[1]);
    rest(20);
    report_received("ended", ends[0]);
    report("the first goes out", send(ends[0], "x", 1, 0) == 1);
    rest(20);
    report_poll("answered by a reset", ends[0], POLLIN | POLLOUT | POLLRDHUP, 0);
    report_error("the next does not", send(ends[0], "x", 1, 0), EPIPE);
    report_number("SIGPIPE", pipes);
    report_received("still the end", ends[0]);
    close(ends[0]);

    const int listener = tcp_listener(4);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    connect_to(ends[0], port_of(listener));
    close(listener);
    rest(20);
    report_received("never accepted", ends[0]);
    return report_end();
}
