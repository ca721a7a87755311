// What calls on UDP sockets answer that cannot be done: nobody there, too long, wrong addresses, shut down.
#include "sockets.h"

#include <stdlib.h>

int main(void) {
    char buffer[8];
    char* const large = calloc(1, 70000);
    signal(SIGPIPE, SIG_IGN);
    const int holder = bound_socket(SOCK_DGRAM);
    const int free_port = port_of(holder);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in to = loopback_port(free_port);
    struct sockaddr* const name = (struct sockaddr*)&to;

    report_error("too long", sendto(fd, large, 65508, 0, name, sizeof to), EMSGSIZE);
    report("as long as can be", sendto(fd, large, 65507, 0, name, sizeof to) == 65507);
    report("arrived", recv(holder, large, 70000, 0) == 65507);
    close(holder);
    to = loopback_port(0);
    report_error("port 0", sendto(fd, buffer, 1, 0, name, sizeof to), EINVAL);
    to.sin_family = AF_UNIX;
    report_error("another family", sendto(fd, buffer, 1, 0, name, sizeof to), EAFNOSUPPORT);
    report_error("too short a name", sendto(fd, buffer, 1, 0, name, 4), EINVAL);
    to = loopback_port(free_port);
    report("nobody there, nobody told", sendto(fd, buffer, 1, 0, name, sizeof to) == 1);
    report_received("nothing", fd);
    report("connect to nobody", connect_to(fd, free_port) == 0);
    report("send", send(fd, buffer, 1, 0) == 1);
    rest(10);
    report_poll("refused", fd, POLLIN | POLLOUT, 0);
    report_error("recv tells", recv(fd, buffer, 1, 0), ECONNREFUSED);
    report_received("once", fd);
    report("send", send(fd, buffer, 1, 0) == 1);
    rest(10);
    report_error("send tells", send(fd, buffer, 1, 0), ECONNREFUSED);
    report("send", send(fd, buffer, 1, 0) == 1);
    rest(10);
    report_pending("SO_ERROR tells", fd);
    report_pending("once", fd);
    to.sin_addr.s_addr = INADDR_BROADCAST;
    report_error("broadcast unasked for", sendto(fd, buffer, 1, 0, name, sizeof to), EACCES);
    report_error("listen", listen(fd, 1), EOPNOTSUPP);
    report_error("accept", accept(fd, NULL, NULL), EOPNOTSUPP);
    report("shutdown", shutdown(fd, SHUT_RDWR) == 0);
    report_poll("shut", fd, POLLIN | POLLOUT | POLLRDHUP, 0);
    report("end", recv(fd, buffer, 1, 0) == 0);
    report_error("send after shutdown", send(fd, buffer, 1, 0), EPIPE);
    close(fd);
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    report_error("shutdown unconnected", shutdown(fd, SHUT_RD), ENOTCONN);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    report_error("a bad buffer", sendto(fd, (void*)8, 8, 0, name, sizeof to), EFAULT);
    report_error("too long", sendto(fd, large, 65508, 0, name, sizeof to), EMSGSIZE);
    report("bound by trying to send", port_of(fd) > 0);
    close(fd);
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    const int other = bound_socket(SOCK_DGRAM);
    to = loopback_port(port_of(other));
    report_error("port in use", bind(fd, name, sizeof to), EADDRINUSE);
    report("shared", set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) == 0);
    report_error("but not by one alone", bind(fd, name, sizeof to), EADDRINUSE);
    report("by both", set_option(other, SOL_SOCKET, SO_REUSEADDR, 1) == 0 && bind(fd, name, sizeof to) == 0);
    report_error("bind again", bind(fd, name, sizeof to), EINVAL);
    free(large);
    return report_end();
}
