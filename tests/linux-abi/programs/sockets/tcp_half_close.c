// Half-close: one side ends, the other still sends; end of file in both directions, and what poll says of it.
#include "sockets.h"

int main(void) {
    int ends[2];
    char buffer[64];
    report("connected", tcp_pair(ends) == 0);
    report_poll("fresh connection", ends[0], POLLIN | POLLOUT | POLLRDHUP, 0);
    report("send", send(ends[0], "request", 7, 0) == 7);
    report("shutdown", shutdown(ends[0], SHUT_WR) == 0);
    report_poll("peer has ended", ends[1], POLLIN | POLLOUT | POLLRDHUP, 1);
    report_received("request", ends[1]);
    report_received("then the end", ends[1]);
    report("the other way is open", send(ends[1], "answer", 6, 0) == 6);
    report_poll("answer is there", ends[0], POLLIN | POLLOUT, 1);
    report_received("answer", ends[0]);
    signal(SIGPIPE, SIG_IGN);
    report_error("send after shutdown", send(ends[0], "x", 1, 0), EPIPE);
    report("end", shutdown(ends[1], SHUT_WR) == 0);
    report_poll("both ended", ends[0], POLLIN | POLLOUT | POLLRDHUP, 1);
    report_received("end", ends[0]);
    report_received("end again", ends[0]);
    close(ends[0]);
    close(ends[1]);

    report("another", tcp_pair(ends) == 0);
    report("shutdown for reading", shutdown(ends[0], SHUT_RD) == 0);
    report_received("nothing", ends[0]);
    report_poll("read side shut", ends[0], POLLIN | POLLOUT | POLLRDHUP, 0);
    report("the peer does not learn", send(ends[1], "x", 1, 0) == 1);
    report("both", shutdown(ends[0], SHUT_RDWR) == 0);
    report_poll("peer", ends[1], POLLIN | POLLRDHUP, 1);
    report("end of file", recv(ends[1], buffer, sizeof buffer, 0) == 0);
    report_error("a bad way", shutdown(ends[0], 7), EINVAL);
    const int fresh = socket(AF_INET, SOCK_STREAM, 0);
    report_error("not connected", shutdown(fresh, SHUT_WR), ENOTCONN);
    return report_end();
}
