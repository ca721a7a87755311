// Sends a datagram to a UDP echo server and prints what comes back: an ordinary program. Arguments: address, port.
// Asks up to twenty times, half a second apart, for the server may not be there yet.
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int count, char** arguments) {
    if (count != 3) {
        return 2;
    }
    struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[2]))};
    inet_pton(AF_INET, arguments[1], &server.sin_addr);
    const int fd = socket(AF_INET, SOCK_DGRAM, 0);
    for (int attempt = 0; attempt < 20; ++attempt) {
        static const char question[] = "is anybody there";
        sendto(fd, question, sizeof question - 1, 0, (struct sockaddr*)&server, sizeof server);
        struct pollfd file = {fd, POLLIN, 0};
        char answer[64];
        if (poll(&file, 1, 500) > 0) {
            const long octets = recv(fd, answer, sizeof answer, 0);
            if (octets > 0) {
                printf("%.*s\n", (int)octets, answer);
                return 0;
            }
        }
    }
    fputs("nobody answers\n", stderr);
    return 1;
}
