// Connecting to a port where nobody listens: blocking, not blocking, what poll and SO_ERROR say, and trying again.
#include "sockets.h"

int main(void) {
    const int holder = bound_socket(SOCK_STREAM); // bound but not listening
    const int port = port_of(holder);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    report_error("blocking", connect_to(fd, port), ECONNREFUSED);
    report_pending("nothing is left", fd);
    report_error("again", connect_to(fd, port), ECONNREFUSED);
    report("listen after all", listen(holder, 1) == 0);
    report("then it works", connect_to(fd, port) == 0);
    close(fd);
    close(accept(holder, NULL, NULL));
    close(holder);

    const int other = bound_socket(SOCK_STREAM);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    report_error("not blocking", connect_to(fd, port_of(other)), EINPROGRESS);
    report_poll("poll", fd, POLLIN | POLLOUT | POLLRDHUP, 1);
    report_pending("error", fd);
    report_pending("error again", fd);
    report_poll("poll again", fd, POLLIN | POLLOUT | POLLRDHUP, 0);
    report_error("connect again", connect_to(fd, port_of(other)), ECONNABORTED);
    report_error("and again", connect_to(fd, port_of(other)), EINPROGRESS);
    report_poll("poll once more", fd, POLLOUT, 1);
    report_error("connect tells", connect_to(fd, port_of(other)), ECONNREFUSED);
    close(fd);
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    report_error("not blocking", connect_to(fd, port_of(other)), EINPROGRESS);
    report_poll("poll", fd, POLLIN | POLLOUT, 1);
    report_received("recv tells", fd);
    report_received("once", fd);
    return report_end();
}
