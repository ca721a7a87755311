// A TCP server with a thread for each of several clients, a megabyte through each in pieces of odd sizes.
#include "sockets.h"

enum { clients = 3, total = 1 << 18 };
static int port;

static void* serve(void* argument) {
    const int fd = (int)(long)argument;
    char buffer[7001];
    long got = 0;
    while ((got = read(fd, buffer, sizeof buffer)) > 0) {
        for (long done = 0; done < got;) {
            const long sent = write(fd, buffer + done, (size_t)(got - done));
            if (sent <= 0) {
                return NULL;
            }
            done += sent;
        }
    }
    close(fd);
    return NULL;
}

static unsigned char pattern(int client, int at) {
    return (unsigned char)((at * 31 + client * 7) >> 2);
}

static void* send_all(void* argument) {
    const int fd = (int)((long)argument >> 8), client = (int)((long)argument & 255);
    unsigned char buffer[4096];
    for (int sent = 0; sent < total;) {
        int size = sent % 4093 + 1;
        size = size < total - sent ? size : total - sent;
        for (int i = 0; i < size; ++i) {
            buffer[i] = pattern(client, sent + i);
        }
        if (send(fd, buffer, (size_t)size, 0) != size) {
            return (void*)1;
        }
        sent += size;
    }
    return shutdown(fd, SHUT_WR) ? (void*)1 : NULL;
}

static void* client(void* argument) {
    const int number = (int)(long)argument;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect_to(fd, port)) {
        return (void*)1;
    }
    pthread_t sender;
    pthread_create(&sender, NULL, send_all, (void*)((long)fd << 8 | number));
    unsigned char buffer[3001];
    int received = 0, right = 1;
    long got = 0;
    while ((got = recv(fd, buffer, sizeof buffer, 0)) > 0) {
        for (long i = 0; i < got; ++i) {
            right = right && buffer[i] == pattern(number, received + (int)i);
        }
        received += (int)got;
    }
    void* failed = NULL;
    pthread_join(sender, &failed);
    close(fd);
    return (void*)(long)(failed || !right || received != total || got != 0);
}

int main(void) {
    const int listener = tcp_listener(clients);
    port = port_of(listener);
    pthread_t client_threads[clients], server_threads[clients];
    for (long i = 0; i < clients; ++i) {
        pthread_create(&client_threads[i], NULL, client, (void*)i);
    }
    for (int i = 0; i < clients; ++i) {
        struct sockaddr_in peer;
        socklen_t size = sizeof peer;
        const int fd = accept(listener, (struct sockaddr*)&peer, &size);
        report("accepted from the loopback",
               fd >= 0 && size == sizeof peer && peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
        pthread_create(&server_threads[i], NULL, serve, (void*)(long)fd);
    }
    for (int i = 0; i < clients; ++i) {
        void* failed = NULL;
        pthread_join(client_threads[i], &failed);
        report("echoed in order", !failed);
        pthread_join(server_threads[i], NULL);
    }
    return report_end();
}
