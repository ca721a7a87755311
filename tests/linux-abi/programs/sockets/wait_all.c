// MSG_WAITALL, MSG_PEEK, vectors and sendfile on a stream that comes in pieces.
#include "sockets.h"

#include <sys/sendfile.h>

static void* pieces(void* argument) {
    const int fd = (int)(long)argument;
    send(fd, "ab", 2, 0);
    rest(20);
    send(fd, "cdef", 4, 0);
    rest(20);
    send(fd, "gh", 2, 0);
    close(fd);
    return NULL;
}

static void run(int ends[2]) {
    char buffer[16], one[4], two[4];
    pthread_t thread;
    pthread_create(&thread, NULL, pieces, (void*)(long)ends[1]);
    report("all five", recv(ends[0], buffer, 5, MSG_WAITALL) == 5 && !memcmp(buffer, "abcde", 5));
    pthread_join(thread, NULL);
    struct iovec into[2] = {{one, 2}, {two, 4}};
    struct msghdr message = {.msg_iov = into, .msg_iovlen = 2};
    report("peek at pieces", recvmsg(ends[0], &message, MSG_PEEK) == 3 && !memcmp(one, "fg", 2) && two[0] == 'h');
    report("the end comes first", recv(ends[0], buffer, 9, MSG_WAITALL) == 3 && !memcmp(buffer, "fgh", 3));
    report("end", recv(ends[0], buffer, 9, MSG_WAITALL) == 0);
    close(ends[0]);
}

int main(int argc, char** argv) {
    int ends[2];
    tcp_pair(ends);
    run(ends);
    socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
    run(ends);
    tcp_pair(ends);
    const int file = open(report_path(report_scratch(argc, argv), "sent"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    report("file", write(file, "from a file", 11) == 11);
    off_t at = 5;
    report("sendfile", sendfile(ends[1], file, &at, 100) == 6 && at == 11);
    report_poll("there", ends[0], POLLIN, 1);
    report_received("part of it", ends[0]);
    struct iovec vectors[3] = {{"one ", 4}, {"", 0}, {"two", 3}};
    report("writev", writev(ends[0], vectors, 3) == 7);
    report_poll("there", ends[1], POLLIN, 1);
    report_received("whole", ends[1]);
    report("bytes", write(ends[0], "", 0) == 0 && read(ends[1], &at, 0) == 0);
    return report_end();
}
