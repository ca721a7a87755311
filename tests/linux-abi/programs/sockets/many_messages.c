// sendmmsg and recvmmsg: several datagrams a call, pieces gathered and scattered, what is told of each.
#include "sockets.h"

int main(void) {
    const int from = bound_socket(SOCK_DGRAM), to = bound_socket(SOCK_DGRAM);
    struct sockaddr_in name = loopback_port(port_of(to)), names[4];
    char text[4][2][8] = {{"ab", "cd"}, {"efg", ""}, {"", "h"}, {"ijkl", "mn"}};
    struct iovec pieces[4][2];
    struct mmsghdr messages[4];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 2; ++j) {
            pieces[i][j] = (struct iovec){text[i][j], strlen(text[i][j])};
        }
        messages[i].msg_hdr =
            (struct msghdr){.msg_name = &name, .msg_namelen = sizeof name, .msg_iov = pieces[i], .msg_iovlen = 2};
    }
    report_number("sent", sendmmsg(from, messages, 4, 0));
    for (int i = 0; i < 4; ++i) {
        report_number("octets", messages[i].msg_len);
    }
    char room[4][2][3];
    memset(room, 0, sizeof room);
    for (int i = 0; i < 4; ++i) {
        for (int j = 0; j < 2; ++j) {
            pieces[i][j] = (struct iovec){room[i][j], 2};
        }
        messages[i].msg_hdr = (struct msghdr){
            .msg_name = &names[i], .msg_namelen = sizeof names[i], .msg_iov = pieces[i], .msg_iovlen = 2};
    }
    report_number("received", recvmmsg(to, messages, 3, 0, NULL));
    for (int i = 0; i < 3; ++i) {
        printf("%u [%s][%s] flags %d name %u\n", messages[i].msg_len, room[i][0], room[i][1],
               messages[i].msg_hdr.msg_flags, messages[i].msg_hdr.msg_namelen);
        report("from", ntohs(names[i].sin_port) == port_of(from));
    }
    report_number("wait for one", recvmmsg(to, messages, 4, MSG_WAITFORONE, NULL));
    report("cut", messages[0].msg_hdr.msg_flags == MSG_TRUNC && messages[0].msg_len == 4);
    report_error("nothing there", recvmmsg(to, messages, 4, MSG_DONTWAIT, NULL), EAGAIN);
    struct timespec time = {0, -1};
    report_error("bad time", recvmmsg(to, messages, 4, MSG_DONTWAIT, &time), EINVAL);
    report_number("none at all", sendmmsg(from, messages, 0, 0));

    connect_to(from, port_of(to));
    struct iovec vectors[3] = {{"one ", 4}, {"two ", 4}, {"three", 5}};
    report("writev is one datagram", writev(from, vectors, 3) == 13);
    char first[6], second[20] = "";
    struct iovec into[2] = {{first, 5}, {second, 19}};
    report("readv takes one", readv(to, into, 2) == 13);
    first[5] = 0;
    report_text("first", first);
    report_text("second", second);
    return report_end();
}
