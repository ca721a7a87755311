// A server on an abstract AF_UNIX name and clients that wait for places in its short queue.
#include "sockets.h"

enum { clients = 6 };
static struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0linux-abi threads"};

static void* client(void* argument) {
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    int number = (int)(long)argument, answer = 0;
    if (connect(fd, (struct sockaddr*)&name, 20)) {
        return (void*)1;
    }
    if (send(fd, &number, sizeof number, 0) != sizeof number ||
        recv(fd, &answer, sizeof answer, MSG_WAITALL) != sizeof answer) {
        return (void*)1;
    }
    close(fd);
    return (void*)(long)(answer != number * number);
}

int main(void) {
    const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    report("listening", bind(listener, (struct sockaddr*)&name, 20) == 0 && listen(listener, 1) == 0);
    pthread_t threads[clients];
    for (long i = 0; i < clients; ++i) {
        pthread_create(&threads[i], NULL, client, (void*)(i + 2));
    }
    rest(30);
    for (int i = 0; i < clients; ++i) {
        const int fd = accept(listener, NULL, NULL);
        int number = 0;
        report("asked", recv(fd, &number, sizeof number, MSG_WAITALL) == sizeof number);
        number *= number;
        report("answered", send(fd, &number, 2, 0) == 2 && send(fd, (char*)&number + 2, 2, 0) == 2);
        close(fd);
    }
    for (int i = 0; i < clients; ++i) {
        void* failed = NULL;
        pthread_join(threads[i], &failed);
        report("right", !failed);
    }
    return report_end();
}
