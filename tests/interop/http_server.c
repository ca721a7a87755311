// The smallest HTTP/1.0 server (RFC 1945): http-server PORT FILE CLIENTS gives FILE to whoever asks for anything by
// GET, then ends. An ordinary program.
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int serve(int client, int file) {
    char request[4096], answer[200];
    size_t octets = 0;
    request[0] = 0;
    while (!strstr(request, "\r\n\r\n")) {
        const ssize_t more = recv(client, request + octets, sizeof request - 1 - octets, 0);
        if (more <= 0) {
            return -1;
        }
        octets += (size_t)more;
        request[octets] = 0;
    }
    if (strncmp(request, "GET ", 4) != 0) {
        return -1;
    }
    struct stat status;
    fstat(file, &status);
    const int size =
        snprintf(answer, sizeof answer, "HTTP/1.0 200 OK\r\nContent-Length: %lld\r\n\r\n", (long long)status.st_size);
    if (send(client, answer, (size_t)size, MSG_MORE) != size) {
        return -1;
    }
    for (off_t at = 0; at < status.st_size;) {
        if (sendfile(client, file, &at, (size_t)(status.st_size - at)) <= 0) {
            return -1;
        }
    }
    shutdown(client, SHUT_WR);
    while (recv(client, request, sizeof request, 0) > 0) {
    }
    return 0;
}

int main(int argc, char** argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: %s PORT FILE CLIENTS\n", argv[0]);
        return 2;
    }
    const struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1]))};
    const int listener = socket(AF_INET, SOCK_STREAM, 0), file = open(argv[2], O_RDONLY);
    if (file < 0 || bind(listener, (const struct sockaddr*)&any, sizeof any) != 0 || listen(listener, 4) != 0) {
        perror(argv[2]);
        return 1;
    }
    for (int served = 0; served < atoi(argv[3]);) {
        const int client = accept(listener, NULL, NULL);
        served += client >= 0 && serve(client, file) == 0;
        close(client);
    }
    return 0;
}
