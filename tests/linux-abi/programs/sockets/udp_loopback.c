// Datagrams over the loopback: names, order, sizes, truncation, peeking, connecting and undoing it.
#include "sockets.h"

int main(void) {
    char buffer[64];
    const int one = bound_socket(SOCK_DGRAM), two = bound_socket(SOCK_DGRAM);
    struct sockaddr_in to = loopback_port(port_of(two)), from;
    socklen_t size = sizeof from;
    report("sendto", sendto(one, "first", 5, 0, (struct sockaddr*)&to, sizeof to) == 5);
    report("an empty one", sendto(one, "", 0, 0, (struct sockaddr*)&to, sizeof to) == 0);
    report("a longer one", sendto(one, "a longer one", 12, 0, (struct sockaddr*)&to, sizeof to) == 12);
    report_poll("there", two, POLLIN | POLLOUT, 1);
    int pending = 0;
    report("FIONREAD", ioctl(two, FIONREAD, &pending) == 0 && pending == 5);
    report("peek", recvfrom(two, buffer, sizeof buffer, MSG_PEEK, (struct sockaddr*)&from, &size) == 5);
    report("from", size == sizeof from && ntohs(from.sin_port) == port_of(one) &&
                       from.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    report_received("first", two);
    report_received("empty", two);
    report("cut", recv(two, buffer, 4, 0) == 4 && !memcmp(buffer, "a lo", 4));
    report_received("the rest is gone", two);
    sendto(one, "0123456789", 10, 0, (struct sockaddr*)&to, sizeof to);
    report("true length", recv(two, buffer, 3, MSG_TRUNC) == 10);
    struct iovec piece = {buffer, 4};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    sendto(one, "0123456789", 10, 0, (struct sockaddr*)&to, sizeof to);
    report("recvmsg", recvmsg(two, &message, 0) == 4);
    report("flags", message.msg_flags == MSG_TRUNC);

    report_error("send without peer", send(one, "x", 1, 0), EDESTADDRREQ);
    report("connect", connect_to(one, port_of(two)) == 0);
    report("send", send(one, "x", 1, 0) == 1);
    size = sizeof from;
    report("peer name", getpeername(one, (struct sockaddr*)&from, &size) == 0 && ntohs(from.sin_port) == port_of(two));
    report_received("x", two);
    const int third = bound_socket(SOCK_DGRAM);
    to = loopback_port(port_of(one));
    sendto(third, "stranger", 8, 0, (struct sockaddr*)&to, sizeof to);
    sendto(two, "friend", 6, 0, (struct sockaddr*)&to, sizeof to);
    report_received("only from the peer", one);
    report_received("nothing else", one);
    to = loopback_port(port_of(third));
    report("elsewhere all the same", sendto(one, "y", 1, 0, (struct sockaddr*)&to, sizeof to) == 1);
    report_received("y", third);
    struct sockaddr none = {.sa_family = AF_UNSPEC};
    report("disconnect", connect(one, &none, sizeof none) == 0);
    report_error("no peer", send(one, "x", 1, 0), EDESTADDRREQ);
    size = sizeof from;
    report_error("no peer's name", getpeername(one, (struct sockaddr*)&from, &size), ENOTCONN);
    report("the port stays", port_of(one) > 0);

    const int automatic = socket(AF_INET, SOCK_DGRAM, 0);
    to = loopback_port(port_of(two));
    report("unbound", port_of(automatic) == 0);
    sendto(automatic, "z", 1, 0, (struct sockaddr*)&to, sizeof to);
    report("bound by sending", port_of(automatic) > 0);
    report_received("z", two);
    return report_end();
}
