// Asks a station for echoes of every size by SOCK_DGRAM and SOCK_RAW of ICMP, and one that is not there: an ordinary
// program. Arguments: the address of the station, one that nobody has. A line a check.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { data_max = 65507, header = 8, ip_header = 20 };

static unsigned char request[header + data_max], answer[ip_header + header + data_max + 1];
static int failures;

static void check(const char* kind, int size, int good) {
    printf("%s ping by %s, %d octets\n", good ? "ok" : "FAILED", kind, size);
    failures += !good;
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

static void make_request(int size, int sequence, int identifier) {
    for (int i = 0; i < size; ++i) {
        request[header + i] = (unsigned char)(i * 7 + size + i / 256);
    }
    memset(request, 0, header);
    request[0] = ICMP_ECHO;
    request[4] = (unsigned char)(identifier >> 8);
    request[5] = (unsigned char)identifier;
    request[7] = (unsigned char)sequence;
    const unsigned short sum = checksum(request, header + size);
    request[2] = (unsigned char)(sum >> 8);
    request[3] = (unsigned char)sum;
}

// Whether the reply comes within five seconds: the same octets, behind `skip` octets of IP header.
static int is_answered(int fd, int size, int skip) {
    struct pollfd file = {fd, POLLIN, 0};
    while (poll(&file, 1, 5000) > 0) {
        const long got = recv(fd, answer, sizeof answer, 0);
        const unsigned char* const icmp = answer + skip;
        if (got == skip + header + size && icmp[0] == ICMP_ECHOREPLY && icmp[7] == request[7]) {
            return memcmp(icmp + header, request + header, (size_t)size) == 0 && checksum(icmp, header + size) == 0;
        }
    }
    return 0;
}

int main(int count, char** arguments) {
    static const int sizes[] = {0, 1, 7, 56, 1471, 1472, 1473, 9000, 40000, 65506, 65507};
    struct sockaddr_in to = {.sin_family = AF_INET};
    if (count != 3 || inet_pton(AF_INET, arguments[1], &to.sin_addr) != 1) {
        return 2;
    }
    const int datagram = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP), raw = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    for (int i = 0; i < (int)(sizeof sizes / sizeof *sizes); ++i) {
        make_request(sizes[i], i, 0);
        const size_t octets = (size_t)(header + sizes[i]);
        check("SOCK_DGRAM", sizes[i],
              sendto(datagram, request, octets, 0, (struct sockaddr*)&to, sizeof to) == (long)octets &&
                  is_answered(datagram, sizes[i], 0));
        make_request(sizes[i], 100 + i, 4711);
        check("SOCK_RAW", sizes[i],
              sendto(raw, request, octets, 0, (struct sockaddr*)&to, sizeof to) == (long)octets &&
                  is_answered(raw, sizes[i], ip_header));
    }
    check("one octet too long", data_max + 1,
          sendto(raw, answer, header + data_max + 1, 0, (struct sockaddr*)&to, sizeof to) == -1 && errno == EMSGSIZE);
    inet_pton(AF_INET, arguments[2], &to.sin_addr);
    make_request(0, 1, 0);
    struct pollfd file = {datagram, POLLERR, 0};
    check("an address that nobody has", 0,
          connect(datagram, (struct sockaddr*)&to, sizeof to) == 0 && send(datagram, request, header, 0) == header &&
              poll(&file, 1, 10000) == 1 && recv(datagram, answer, sizeof answer, 0) == -1 && errno == EHOSTUNREACH);
    return failures != 0;
}
