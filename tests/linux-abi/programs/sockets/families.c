// Which sockets there are: families, types and protocols, and what the others answer.
#include "sockets.h"

#include <sys/stat.h>

static void one(const char* what, int family, int type, int protocol) {
    const int fd = socket(family, type, protocol);
    printf("%s: %s\n", what, fd >= 0 ? "yes" : strerrorname_np(errno));
    if (fd >= 0) {
        close(fd);
    }
}

int main(void) {
    one("TCP", AF_INET, SOCK_STREAM, 0);
    one("TCP by number", AF_INET, SOCK_STREAM, IPPROTO_TCP);
    one("UDP", AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    one("UDP as a stream", AF_INET, SOCK_STREAM, IPPROTO_UDP);
    one("TCP as datagrams", AF_INET, SOCK_DGRAM, IPPROTO_TCP);
    one("protocol of nobody", AF_INET, SOCK_STREAM, 300);
    one("negative protocol", AF_INET, SOCK_STREAM, -1);
    one("reliable datagrams", AF_INET, SOCK_RDM, 0);
    one("AF_UNIX stream", AF_UNIX, SOCK_STREAM, 0);
    one("AF_UNIX datagram", AF_UNIX, SOCK_DGRAM, PF_UNIX);
    one("AF_UNIX with a protocol", AF_UNIX, SOCK_STREAM, 7);
    one("no family", 0, SOCK_STREAM, 0);
    one("family of nobody", 99, SOCK_STREAM, 0);
    one("type of nobody", AF_INET, 15, 0);
    one("bad flags", AF_INET, SOCK_STREAM | 0x100, 0);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct stat status;
    report("a socket", fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode));
    report("flags", fcntl(fd, F_GETFL) == (O_RDWR | O_NONBLOCK));
    report_error("no offset", pread(fd, &status, 1, 0), ESPIPE);
    report_error("no length", ftruncate(fd, 0), EINVAL);
    const int copy = dup(fd);
    report("one socket, two numbers", fcntl(copy, F_SETFL, 0) == 0 && fcntl(fd, F_GETFL) == O_RDWR);
    return report_end();
}
