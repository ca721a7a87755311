// In the Linux guest, whose busybox has no UDP: udp-peer ADDRESS PORT OCTETS [send]. Sends one datagram of changing
// octets and waits for the same to come back; with `send` it only sends. Status 0 when all of it came back.
#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <vector>

int main(int count, char** words) {
    sockaddr_in peer = {};
    peer.sin_family = AF_INET;
    if (count < 4 || inet_pton(AF_INET, words[1], &peer.sin_addr) != 1) {
        std::fprintf(stderr, "usage: udp-peer ADDRESS PORT OCTETS [send]\n");
        return 2;
    }
    peer.sin_port = htons(static_cast<unsigned short>(std::atoi(words[2])));
    std::vector<unsigned char> sent(static_cast<std::size_t>(std::atoi(words[3]))), back(65536);
    for (std::size_t i = 0; i < sent.size(); ++i)
        sent[i] = static_cast<unsigned char>(i * 7 + sent.size());
    const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
    const timeval patience = {10, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    // Safe: the socket calls' own convention.
    if (connect(socket, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0 ||
        send(socket, sent.data(), sent.size(), 0) != static_cast<ssize_t>(sent.size())) {
        std::perror("sending");
        return 1;
    }
    if (count > 4 && std::strcmp(words[4], "send") == 0)
        return 0;
    const ssize_t bytes = recv(socket, back.data(), back.size(), 0);
    if (bytes < 0) {
        std::perror("receiving");
        return 1;
    }
    if (static_cast<std::size_t>(bytes) != sent.size() || std::memcmp(sent.data(), back.data(), sent.size()) != 0) {
        std::fprintf(stderr, "%zd octets came back, and not the same\n", bytes);
        return 1;
    }
    return 0;
}
