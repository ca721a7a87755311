// What calls on TCP sockets in the wrong state answer.
#include "sockets.h"

int main(void) {
    char buffer[8];
    struct sockaddr_in address = loopback_port(1);
    struct sockaddr* const name = (struct sockaddr*)&address;
    socklen_t size = sizeof address;
    signal(SIGPIPE, SIG_IGN);

    const int fresh = socket(AF_INET, SOCK_STREAM, 0);
    report_error("recv unconnected", recv(fresh, buffer, 1, 0), ENOTCONN);
    report_error("send unconnected", send(fresh, buffer, 1, 0), EPIPE);
    report_error("peer name unconnected", getpeername(fresh, name, &size), ENOTCONN);
    report_error("accept without listen", accept(fresh, NULL, NULL), EINVAL);
    report_poll("fresh socket", fresh, POLLIN | POLLOUT | POLLRDHUP, 0);
    report("unbound name", port_of(fresh) == 0);

    address = loopback_port(port_of(fresh));
    address.sin_family = AF_UNIX;
    report_error("bind another family", bind(fresh, name, sizeof address), EAFNOSUPPORT);
    report_error("connect another family", connect(fresh, name, sizeof address), EAFNOSUPPORT);
    address = loopback_port(0);
    report_error("bind too short", bind(fresh, name, 8), EINVAL);
    report_error("connect too short", connect(fresh, name, 8), EINVAL);
    inet_pton(AF_INET, "192.0.2.77", &address.sin_addr);
    report_error("bind to another's address", bind(fresh, name, sizeof address), EADDRNOTAVAIL);
    address = loopback_port(0);
    report("bind", bind(fresh, name, sizeof address) == 0);
    report_error("bind again", bind(fresh, name, sizeof address), EINVAL);

    const int listener = tcp_listener(4);
    address = loopback_port(port_of(listener));
    const int second = socket(AF_INET, SOCK_STREAM, 0);
    report_error("bind to a port in use", bind(second, name, sizeof address), EADDRINUSE);
    address.sin_addr.s_addr = INADDR_ANY;
    report_error("for any address", bind(second, name, sizeof address), EADDRINUSE);
    inet_pton(AF_INET, "127.0.0.2", &address.sin_addr);
    report("another address of the loopback", bind(second, name, sizeof address) == 0);
    report_error("connect a listener", connect_to(listener, port_of(fresh)), EISCONN);
    report_error("recv on a listener", recv(listener, buffer, 1, 0), ENOTCONN);
    report_error("send on a listener", send(listener, buffer, 1, 0), EPIPE);
    report_poll("idle listener", listener, POLLIN | POLLOUT, 0);
    report("non-blocking", fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK) == 0);
    report_error("nobody to accept", accept(listener, NULL, NULL), EAGAIN);

    int ends[2];
    report("pair", tcp_pair(ends) == 0);
    report_error("connect again", connect_to(ends[0], port_of(listener)), EISCONN);
    report_error("connect the accepted", connect_to(ends[1], port_of(listener)), EISCONN);
    report_error("listen while connected", listen(ends[0], 1), EINVAL);
    report_error("accept on a connection", accept(ends[0], NULL, NULL), EINVAL);
    report_error("out of band without any", recv(ends[0], buffer, 1, MSG_OOB), EINVAL);
    report_error("nothing there", recv(ends[0], buffer, 1, MSG_DONTWAIT), EAGAIN);
    report_error("seek", lseek(ends[0], 0, SEEK_SET), ESPIPE);
    report_error("accept4 with bad flags", accept4(listener, NULL, NULL, 1), EINVAL);
    report_error("a closed descriptor", send(1000, buffer, 1, 0), EBADF);
    report_error("not a socket", send(0, buffer, 1, 0), ENOTSOCK);
    report_error("negative room for a name", (size = (socklen_t)-1, getsockname(ends[0], name, &size)), EINVAL);
    report_error("bad buffer", send(ends[0], (void*)8, 4, 0), EFAULT);
    return report_end();
}
