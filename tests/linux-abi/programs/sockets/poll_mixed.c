// poll and select over sockets and pipes together, with a thread that makes one ready after another.
#include "sockets.h"

#include <sys/eventfd.h>
#include <sys/select.h>

static int tcp[2], local[2], pipes[2], udp[2], event;

static void* feed(void* unused) {
    rest(20);
    send(tcp[1], "t", 1, 0);
    rest(20);
    write(local[1], "l", 1);
    rest(20);
    write(pipes[1], "p", 1);
    rest(20);
    struct sockaddr_in to = loopback_port(port_of(udp[0]));
    sendto(udp[1], "u", 1, 0, (struct sockaddr*)&to, sizeof to);
    rest(20);
    eventfd_write(event, 3);
    return unused;
}

int main(void) {
    tcp_pair(tcp);
    report("made", socketpair(AF_UNIX, SOCK_STREAM, 0, local) == 0 && pipe(pipes) == 0);
    udp[0] = bound_socket(SOCK_DGRAM);
    udp[1] = bound_socket(SOCK_DGRAM);
    event = eventfd(0, 0);
    const int sources[5] = {tcp[0], local[0], pipes[0], udp[0], event};
    struct pollfd files[6];
    pthread_t thread;
    pthread_create(&thread, NULL, feed, NULL);
    for (int round = 0; round < 5; ++round) {
        for (int i = 0; i < 5; ++i) {
            files[i] = (struct pollfd){.fd = sources[i], .events = POLLIN};
        }
        files[5] = (struct pollfd){.fd = -1, .events = POLLIN};
        report("one is ready", poll(files, 6, 5000) == 1);
        for (int i = 0; i < 5; ++i) {
            char buffer[8];
            if (files[i].revents) {
                printf("source %d: %s\n", i, files[i].revents == POLLIN ? "in" : "something else");
                read(sources[i], buffer, sizeof buffer);
            }
        }
    }
    pthread_join(thread, NULL);
    report("none is ready", poll(files, 5, 20) == 0);

    fd_set in, out;
    int most = 0;
    FD_ZERO(&in);
    FD_ZERO(&out);
    for (int i = 0; i < 5; ++i) {
        FD_SET(sources[i], &in);
        most = sources[i] > most ? sources[i] : most;
    }
    FD_SET(tcp[0], &out);
    send(tcp[1], "x", 1, 0);
    rest(10);
    struct timeval second = {1, 0};
    report("select",
           select(most + 1, &in, &out, NULL, &second) == 2 && FD_ISSET(tcp[0], &in) && FD_ISSET(tcp[0], &out));
    report("not the others", !FD_ISSET(local[0], &in) && !FD_ISSET(pipes[0], &in));
    close(tcp[1]);
    rest(10);
    files[0] = (struct pollfd){.fd = tcp[0], .events = POLLIN | POLLRDHUP};
    report("end", ppoll(files, 1, NULL, NULL) == 1 && files[0].revents == (POLLIN | POLLRDHUP));
    files[0].fd = tcp[1];
    report("a closed one", poll(files, 1, 0) == 1 && files[0].revents == POLLNVAL);
    return report_end();
}
