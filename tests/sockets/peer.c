// The host's side: `serve` echoes TCP and UDP at a free port of 127.0.0.1, which it prints, until it is ended; `ask
// PORT` sends a word to such a port by each and wants it back.
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in at(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void echo_stream(int listener) {
    char buffer[65536];
    const int fd = accept(listener, NULL, NULL);
    for (long got; (got = recv(fd, buffer, sizeof buffer, 0)) > 0;) {
        for (long done = 0; done < got;) {
            const long sent = send(fd, buffer + done, (size_t)(got - done), MSG_NOSIGNAL);
            if (sent <= 0) {
                got = done;
                break;
            }
            done += sent;
        }
    }
    close(fd);
}

static int serve(void) {
    struct sockaddr_in name = at(0);
    socklen_t size = sizeof name;
    const int tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(tcp, (struct sockaddr*)&name, size) || getsockname(tcp, (struct sockaddr*)&name, &size) ||
        listen(tcp, 4) || bind(udp, (struct sockaddr*)&name, size)) {
        perror("peer: a port");
        return 1;
    }
    printf("%d\n", ntohs(name.sin_port));
    fflush(stdout);
    struct pollfd files[2] = {{tcp, POLLIN, 0}, {udp, POLLIN, 0}};
    while (poll(files, 2, -1) > 0) {
        if (files[0].revents) {
            echo_stream(tcp);
        }
        if (files[1].revents) {
            char buffer[65536];
            size = sizeof name;
            const long got = recvfrom(udp, buffer, sizeof buffer, 0, (struct sockaddr*)&name, &size);
            sendto(udp, buffer, (size_t)(got > 0 ? got : 0), 0, (struct sockaddr*)&name, size);
        }
    }
    return 1;
}

static int ask(int port) {
    const struct sockaddr_in name = at(port);
    const struct timeval patience = {20, 0};
    int failures = 0;
    for (int i = 0; i < 2; ++i) {
        char back[16] = "";
        const int fd = socket(AF_INET, i ? SOCK_DGRAM : SOCK_STREAM, 0);
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        const int holds = connect(fd, (const struct sockaddr*)&name, sizeof name) == 0 && send(fd, "word", 4, 0) == 4 &&
                          recv(fd, back, sizeof back, 0) == 4 && !strcmp(back, "word");
        printf("%s the program answers the host's %s\n", holds ? "ok" : "FAILED", i ? "datagram" : "connection");
        failures += !holds;
        close(fd);
    }
    return failures != 0;
}

int main(int argc, char** argv) {
    if (argc == 2 && !strcmp(argv[1], "serve")) {
        return serve();
    }
    if (argc == 3 && !strcmp(argv[1], "ask")) {
        return ask(atoi(argv[2]));
    }
    fprintf(stderr, "usage: %s serve | ask PORT\n", argv[0]);
    return 2;
}
