// Sockets to and from the world outside the machine: an ordinary program. Arguments: an address, the port of TCP and
// UDP echo servers there, and a port of its own at which it then waits for one client of each. Without arguments it is
// alone.
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int failures;
static void report(const char* what, int holds) {
    printf("%s %s\n", holds ? "ok" : "FAILED", what);
    fflush(stdout);
    failures += !holds;
}

static struct sockaddr_in at(const char* host, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    inet_pton(AF_INET, host, &address.sin_addr);
    return address;
}

static void tcp_client(struct sockaddr_in server) {
    enum { total = 300000 };
    static char sent[total], got[total];
    for (int i = 0; i < total; ++i) {
        sent[i] = (char)(i * 31 >> 3);
    }
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    report("tcp connect", connect(fd, (struct sockaddr*)&server, sizeof server) == 0);
    int out = 0, in = 0;
    while (in < total) {
        struct pollfd file = {fd, (short)(POLLIN | (out < total ? POLLOUT : 0)), 0};
        if (poll(&file, 1, 20000) <= 0) {
            break;
        }
        if (out < total && (file.revents & POLLOUT)) {
            const long size = send(fd, sent + out, (size_t)(total - out), MSG_DONTWAIT);
            out += size > 0 ? (int)size : 0;
            if (out == total) {
                shutdown(fd, SHUT_WR);
            }
        }
        if (file.revents & POLLIN) {
            const long size = recv(fd, got + in, (size_t)(total - in), 0);
            if (size <= 0) {
                break;
            }
            in += (int)size;
        }
    }
    report("tcp echo", in == total && memcmp(sent, got, total) == 0);
    char rest;
    report("tcp end", recv(fd, &rest, 1, 0) == 0);
    close(fd);
    server.sin_port = htons(1);
    const int refused = socket(AF_INET, SOCK_STREAM, 0);
    report("tcp refused", connect(refused, (struct sockaddr*)&server, sizeof server) == -1 && errno == ECONNREFUSED);
}

static void udp_client(struct sockaddr_in server) {
    char buffer[3000], back[3000];
    memset(buffer, 'u', sizeof buffer);
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    const struct timeval patience = {10, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    report("udp send", sendto(fd, "ping", 4, 0, (struct sockaddr*)&server, sizeof server) == 4);
    struct sockaddr_in from;
    socklen_t size = sizeof from;
    report("udp echo", recvfrom(fd, back, sizeof back, 0, (struct sockaddr*)&from, &size) == 4 &&
                           !memcmp(back, "ping", 4) && from.sin_port == server.sin_port);
    report("udp connect", connect(fd, (struct sockaddr*)&server, sizeof server) == 0);
    report("udp in fragments", send(fd, buffer, sizeof buffer, 0) == sizeof buffer &&
                                   recv(fd, back, sizeof back, 0) == sizeof back && !memcmp(buffer, back, sizeof back));
}

static void serve(int port) {
    const struct sockaddr_in any = at("0.0.0.0", port);
    struct sockaddr_in peer;
    socklen_t size = sizeof peer;
    char text[64];
    const int listener = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
    report("bound", bind(listener, (struct sockaddr*)&any, sizeof any) == 0 && listen(listener, 4) == 0 &&
                        bind(udp, (struct sockaddr*)&any, sizeof any) == 0);
    printf("ready\n");
    fflush(stdout);
    const int fd = accept(listener, (struct sockaddr*)&peer, &size);
    report("accepted", fd >= 0);
    long got = recv(fd, text, sizeof text, 0);
    report("tcp answered", got > 0 && send(fd, text, (size_t)got, 0) == got);
    close(fd);
    size = sizeof peer;
    got = recvfrom(udp, text, sizeof text, 0, (struct sockaddr*)&peer, &size);
    report("udp answered", got > 0 && sendto(udp, text, (size_t)got, 0, (struct sockaddr*)&peer, size) == got);
}

static void alone(void) {
    const struct sockaddr_in server = at("192.0.2.1", 80);
    const int tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
    report("without a NIC: connect is ENETUNREACH",
           connect(tcp, (const struct sockaddr*)&server, sizeof server) == -1 && errno == ENETUNREACH);
    report("without a NIC: sendto is ENETUNREACH",
           sendto(udp, "x", 1, 0, (const struct sockaddr*)&server, sizeof server) == -1 && errno == ENETUNREACH);
    report("no AF_INET6", socket(AF_INET6, SOCK_STREAM, 0) == -1 && errno == EAFNOSUPPORT);
    report("no netlink", socket(AF_NETLINK, SOCK_RAW, 0) == -1 && errno == EAFNOSUPPORT);
}

int main(int argc, char** argv) {
    if (argc == 1) {
        alone();
    } else if (argc == 4) {
        const struct sockaddr_in server = at(argv[1], atoi(argv[2]));
        tcp_client(server);
        udp_client(server);
        serve(atoi(argv[3]));
    } else {
        fprintf(stderr, "usage: %s [HOST PORT OWN-PORT]\n", argv[0]);
        return 2;
    }
    return failures != 0;
}
