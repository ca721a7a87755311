// Who may bind to a port that others have: SO_REUSEADDR, SO_REUSEPORT, addresses, connections that outlive a listener.
#include "sockets.h"

static int bind_to(int fd, const char* address, int port) {
    struct sockaddr_in name = loopback_port(port);
    inet_pton(AF_INET, address, &name.sin_addr);
    return bind(fd, (struct sockaddr*)&name, sizeof name);
}

static int tcp(int reuse) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    set_option(fd, SOL_SOCKET, SO_REUSEADDR, reuse);
    return fd;
}

int main(void) {
    const int listener = tcp_listener(2), port = port_of(listener);
    report_error("in use, listening", bind_to(tcp(1), "127.0.0.1", port), EADDRINUSE);
    report("elsewhere", bind_to(tcp(0), "127.0.0.9", port) == 0);
    const int client = socket(AF_INET, SOCK_STREAM, 0);
    connect_to(client, port);
    const int accepted = accept(listener, NULL, NULL);
    report("the same port", port_of(accepted) == port);
    close(listener);
    report_error("a connection holds it", bind_to(tcp(0), "127.0.0.1", port), EADDRINUSE);
    close(accepted);
    close(client);

    const int one = tcp(1), two = tcp(1);
    report("both share", bind_to(one, "127.0.0.1", 0) == 0 && bind_to(two, "127.0.0.1", port_of(one)) == 0);
    report("one listens", listen(one, 1) == 0);
    report_error("not both", listen(two, 1), EADDRINUSE);
    const int three = tcp(0), four = tcp(0);
    set_option(three, SOL_SOCKET, SO_REUSEPORT, 1);
    set_option(four, SOL_SOCKET, SO_REUSEPORT, 1);
    report("shared ports", bind_to(three, "127.0.0.1", 0) == 0 && bind_to(four, "127.0.0.1", port_of(three)) == 0);
    report("both listen", listen(three, 1) == 0 && listen(four, 1) == 0);
    report_error("a third does not share", bind_to(tcp(1), "127.0.0.1", port_of(three)), EADDRINUSE);
    report("source address of choice", bind_to(four, "127.0.0.5", 0) == -1 && errno == EINVAL);
    const int far = tcp(0), server = tcp_listener(1);
    report("bound far", bind_to(far, "127.0.0.5", 0) == 0 && connect_to(far, port_of(server)) == 0);
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    report("seen", accept(server, (struct sockaddr*)&peer, &size) >= 0 && peer.sin_addr.s_addr == htonl(0x7f000005) &&
                       ntohs(peer.sin_port) == port_of(far));
    return report_end();
}
