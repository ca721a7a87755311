// ICMP sockets to the loopback: SOCK_DGRAM (icmp(7)) and SOCK_RAW (raw(7)). Who may open them is the host's choice;
// where it says no, its properties count as held.
#include "sockets.h"

#include <netinet/ip_icmp.h>

enum { filter_option = 1 }; // ICMP_FILTER of <linux/icmp.h>

static int is_open;

static void expect(const char* what, int good) {
    report(what, !is_open || good);
}

static unsigned short checksum(const unsigned char* octets, int count) {
    unsigned sum = 0;
    for (int i = 0; i < count; ++i) {
        sum += (unsigned)octets[i] << (i % 2 ? 0 : 8);
    }
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (unsigned short)~sum;
}

static unsigned char request[64], answer[256];

static int make_request(int identifier) {
    memset(request, 0, sizeof request);
    request[0] = ICMP_ECHO;
    request[4] = (unsigned char)(identifier >> 8);
    request[5] = (unsigned char)identifier;
    request[7] = 9;
    memcpy(request + 8, "is anybody there", 16);
    const unsigned short sum = checksum(request, 24);
    request[2] = (unsigned char)(sum >> 8);
    request[3] = (unsigned char)sum;
    return 24;
}

static long receive(int fd) {
    struct pollfd file = {fd, POLLIN, 0};
    return poll(&file, 1, 2000) == 1 ? recv(fd, answer, sizeof answer, MSG_DONTWAIT) : -1;
}

static void datagrams(void) {
    const int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
    is_open = fd >= 0;
    const struct sockaddr_in to = loopback_port(0);
    const int octets = make_request(1);
    expect("an echo request goes out",
           sendto(fd, request, (size_t)octets, 0, (const struct sockaddr*)&to, sizeof to) == octets);
    expect("its reply comes, without an IP header", receive(fd) == octets && answer[0] == ICMP_ECHOREPLY);
    expect("with the same data", memcmp(answer + 8, request + 8, 16) == 0 && answer[7] == 9);
    const int identifier = port_of(fd);
    expect("the identifier is the socket's", answer[4] == identifier >> 8 && answer[5] == (identifier & 255));
    expect("the checksum is right", checksum(answer, octets) == 0);
    request[0] = ICMP_ECHOREPLY;
    expect("nothing but requests goes out",
           sendto(fd, request, (size_t)octets, 0, (const struct sockaddr*)&to, sizeof to) == -1 && errno == EINVAL);
    expect("without a peer there is none", send(fd, request, 8, 0) == -1);
    expect("connect, then send", connect(fd, (const struct sockaddr*)&to, sizeof to) == 0 && make_request(0) &&
                                     send(fd, request, (size_t)octets, 0) == octets && receive(fd) == octets);
    expect("nothing more comes", recv(fd, answer, sizeof answer, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    int other = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
    struct sockaddr_in same = loopback_port(identifier);
    expect("an identifier may be shared",
           bind(other, (struct sockaddr*)&same, sizeof same) == 0 && port_of(other) == identifier);
    close(other);
    other = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
    same.sin_addr.s_addr = htonl(0x01020304);
    expect("an address that is not ours",
           bind(other, (struct sockaddr*)&same, sizeof same) == -1 && errno == EADDRNOTAVAIL);
    expect("the protocol is told", option_of(fd, SOL_SOCKET, SO_PROTOCOL) == IPPROTO_ICMP);
    close(other);
    close(fd);
}

static void raw(void) {
    const int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    is_open = fd >= 0;
    const struct sockaddr_in to = loopback_port(0);
    const int octets = make_request(0x1234);
    expect("raw: a request goes out",
           sendto(fd, request, (size_t)octets, 0, (const struct sockaddr*)&to, sizeof to) == octets);
    expect("raw: it is heard, with its IP header",
           receive(fd) == 20 + octets && answer[0] == 0x45 && answer[9] == IPPROTO_ICMP && answer[20] == ICMP_ECHO);
    expect("raw: the IP header says how long it is", answer[2] == 0 && answer[3] == 20 + octets);
    expect("raw: the reply too", receive(fd) == 20 + octets && answer[20] == ICMP_ECHOREPLY);
    expect("raw: identifier and data are as they were", memcmp(answer + 24, request + 4, 20) == 0);
    const unsigned filter = ~(1u << ICMP_ECHOREPLY);
    expect("raw: a filter", setsockopt(fd, SOL_RAW, filter_option, &filter, sizeof filter) == 0);
    sendto(fd, request, (size_t)octets, 0, (const struct sockaddr*)&to, sizeof to);
    expect("raw: then only replies are heard", receive(fd) == 20 + octets && answer[20] == ICMP_ECHOREPLY);
    expect("raw: and nothing else", recv(fd, answer, sizeof answer, MSG_DONTWAIT) == -1);
    set_option(fd, IPPROTO_IP, IP_TTL, 7);
    const unsigned none = 0;
    setsockopt(fd, SOL_RAW, filter_option, &none, sizeof none);
    sendto(fd, request, (size_t)octets, 0, (const struct sockaddr*)&to, sizeof to);
    expect("raw: the time to live is the option's", receive(fd) > 0 && answer[8] == 7);
    close(fd);
}

int main(void) {
    datagrams();
    raw();
    return report_end();
}
