// getaddrinfo and getnameinfo on numbers, on localhost and on services; what is not a number.
#include "sockets.h"

#include <netdb.h>

static void look(const char* what, const char* host, const char* service, int flags, int type) {
    struct addrinfo hints = {.ai_flags = flags, .ai_family = AF_INET, .ai_socktype = type}, *found = NULL;
    const int status = getaddrinfo(host, service, &hints, &found);
    if (status) {
        printf("%s: %s\n", what, gai_strerror(status));
        return;
    }
    for (struct addrinfo* one = found; one; one = one->ai_next) {
        char text[64];
        const struct sockaddr_in* address = (const struct sockaddr_in*)one->ai_addr;
        printf("%s: %s port %d type %d protocol %d\n", what, inet_ntop(AF_INET, &address->sin_addr, text, sizeof text),
               ntohs(address->sin_port), one->ai_socktype, one->ai_protocol);
    }
    freeaddrinfo(found);
}

int main(void) {
    look("number", "192.0.2.1", "80", AI_NUMERICHOST, SOCK_STREAM);
    look("number without being told", "192.0.2.1", "8080", 0, SOCK_DGRAM);
    look("short form", "127.1", NULL, 0, SOCK_STREAM);
    look("passive", NULL, "99", AI_PASSIVE, SOCK_STREAM);
    look("loopback", NULL, "99", 0, SOCK_STREAM);
    look("every type", "127.0.0.1", "7", 0, 0);
    look("no number", "no.such.name", "80", AI_NUMERICHOST, SOCK_STREAM);
    look("no number of a service", "127.0.0.1", "http", AI_NUMERICSERV, SOCK_STREAM);
    look("localhost", "localhost", "1234", 0, SOCK_STREAM);
    const struct sockaddr_in address = loopback_port(4321);
    char host[64], service[32];
    report("getnameinfo", getnameinfo((const struct sockaddr*)&address, sizeof address, host, sizeof host, service,
                                      sizeof service, NI_NUMERICHOST | NI_NUMERICSERV) == 0);
    report_text("host", host);
    report_text("service", service);
    return report_end();
}
