// Options of sockets: what they are at first, what setting them does, what is refused.
#include "sockets.h"

static void both(const char* what, int fd, int level, int name, int value) {
    const int before = option_of(fd, level, name);
    const char* const told = before < 0 ? strerrorname_np(errno) : "told";
    const char* const set = set_option(fd, level, name, value) ? strerrorname_np(errno) : "set";
    printf("%s: %s %d, %s, %d\n", what, told, before, set, option_of(fd, level, name));
}

int main(void) {
    const int tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0);
    const int local = socket(AF_UNIX, SOCK_STREAM, 0);
    both("SO_REUSEADDR", tcp, SOL_SOCKET, SO_REUSEADDR, 1);
    both("SO_REUSEPORT", tcp, SOL_SOCKET, SO_REUSEPORT, 5);
    both("SO_KEEPALIVE", tcp, SOL_SOCKET, SO_KEEPALIVE, 1);
    both("SO_BROADCAST", udp, SOL_SOCKET, SO_BROADCAST, 1);
    both("SO_RCVLOWAT", tcp, SOL_SOCKET, SO_RCVLOWAT, 7);
    both("TCP_NODELAY", tcp, IPPROTO_TCP, TCP_NODELAY, 1);
    both("TCP_CORK", tcp, IPPROTO_TCP, TCP_CORK, 1);
    both("TCP_KEEPIDLE", tcp, IPPROTO_TCP, TCP_KEEPIDLE, 33);
    both("TCP_KEEPINTVL", tcp, IPPROTO_TCP, TCP_KEEPINTVL, 11);
    both("TCP_KEEPCNT", tcp, IPPROTO_TCP, TCP_KEEPCNT, 4);
    both("TCP_KEEPCNT too many", tcp, IPPROTO_TCP, TCP_KEEPCNT, 200);
    both("TCP_SYNCNT", tcp, IPPROTO_TCP, TCP_SYNCNT, 3);
    both("TCP_USER_TIMEOUT", tcp, IPPROTO_TCP, TCP_USER_TIMEOUT, 5000);
    both("IP_TTL", udp, IPPROTO_IP, IP_TTL, 9);
    both("IP_TTL 0", udp, IPPROTO_IP, IP_TTL, 0);
    both("IP_TOS", tcp, IPPROTO_IP, IP_TOS, 16);
    both("SO_TYPE", tcp, SOL_SOCKET, SO_TYPE, 1);
    both("SO_TYPE of UDP", udp, SOL_SOCKET, SO_TYPE, 1);
    both("SO_DOMAIN", local, SOL_SOCKET, SO_DOMAIN, 1);
    both("SO_PROTOCOL", udp, SOL_SOCKET, SO_PROTOCOL, 1);
    both("SO_ERROR", tcp, SOL_SOCKET, SO_ERROR, 1);
    both("SO_ACCEPTCONN", tcp, SOL_SOCKET, SO_ACCEPTCONN, 1);
    both("TCP option of UDP", udp, IPPROTO_TCP, TCP_NODELAY, 1);
    both("IP option of AF_UNIX", local, IPPROTO_IP, IP_TTL, 1);
    both("no such option", tcp, SOL_SOCKET, 9999, 1);
    both("no such level", tcp, 9999, 1, 1);
    report("buffers are doubled",
           set_option(udp, SOL_SOCKET, SO_RCVBUF, 10000) == 0 && option_of(udp, SOL_SOCKET, SO_RCVBUF) == 20000 &&
               set_option(udp, SOL_SOCKET, SO_SNDBUF, 8192) == 0 && option_of(udp, SOL_SOCKET, SO_SNDBUF) == 16384);
    report("and have a least", set_option(udp, SOL_SOCKET, SO_RCVBUF, 1) == 0 &&
                                   option_of(udp, SOL_SOCKET, SO_RCVBUF) >= 256 &&
                                   option_of(udp, SOL_SOCKET, SO_RCVBUF) < 10000);
    struct linger linger = {1, 5}, told = {0, 0};
    socklen_t size = sizeof told;
    report("linger", setsockopt(tcp, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0 &&
                         getsockopt(tcp, SOL_SOCKET, SO_LINGER, &told, &size) == 0 && told.l_onoff == 1 &&
                         told.l_linger == 5 && size == sizeof told);
    int value = 0;
    size = 2;
    report("less room", getsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &value, &size) == 0 && size == 2 && value == 1);
    report_error("too short", setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &value, 2), EINVAL);
    report_error("bad memory", setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, (void*)8, 4), EFAULT);
    report_error("not a socket", set_option(0, SOL_SOCKET, SO_REUSEADDR, 1), ENOTSOCK);
    const int listener = tcp_listener(2);
    report("listening", option_of(listener, SOL_SOCKET, SO_ACCEPTCONN) == 1);
    set_option(listener, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(listener, IPPROTO_TCP, TCP_NODELAY, 1);
    connect_to(tcp, port_of(listener));
    const int accepted = accept(listener, NULL, NULL);
    report("inherited", option_of(accepted, SOL_SOCKET, SO_KEEPALIVE) == 1 &&
                            option_of(accepted, IPPROTO_TCP, TCP_NODELAY) == 1 &&
                            option_of(accepted, SOL_SOCKET, SO_ACCEPTCONN) == 0);
    return report_end();
}
