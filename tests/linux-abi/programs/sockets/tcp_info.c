// TCP_INFO: the state of a connection through its life, and how much of the structure is told.
#include "sockets.h"

#include <string.h>

static void report_state(const char* what, int fd) {
    struct tcp_info info;
    socklen_t size = 104; // all of it that every Linux has
    memset(&info, 0xff, sizeof info);
    const int got = getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size);
    // Whether the peer has acknowledged the end yet is nobody's business.
    const int state = info.tcpi_state == TCP_FIN_WAIT1 ? TCP_FIN_WAIT2 : info.tcpi_state;
    printf("%s: state %d, %u octets, status %d\n", what, state, size, got);
}

int main(void) {
    int ends[2];
    report_state("fresh", socket(AF_INET, SOCK_STREAM, 0));
    report_state("listening", tcp_listener(1));
    report("connected", tcp_pair(ends) == 0);
    report_state("one end", ends[0]);
    report_state("other end", ends[1]);
    report("shutdown", shutdown(ends[0], SHUT_WR) == 0);
    report_received("the end", ends[1]);
    report_state("has ended", ends[0]);
    report_state("has been told", ends[1]);
    struct tcp_info info;
    socklen_t size = 1;
    report("one octet", getsockopt(ends[0], IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && size == 1);
    report("its state", info.tcpi_state == TCP_FIN_WAIT1 || info.tcpi_state == TCP_FIN_WAIT2);
    size = sizeof info;
    const int datagrams = socket(AF_INET, SOCK_DGRAM, 0);
    report_error("of a socket that is not TCP's", getsockopt(datagrams, IPPROTO_TCP, TCP_INFO, &info, &size),
                 EOPNOTSUPP);
    return report_end();
}
