// See peer.hpp.
#include "tests/kv/peer.hpp"

#include <arpa/inet.h>
#include <cstdio>
#include <cstdlib>
#include <format>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace kv_test {

std::string Part::shown() const {
    std::string out(1, type);
    for (const char octet : text)
        out += octet >= ' ' && octet <= '~' && octet != '\\'
                   ? std::string(1, octet)
                   : std::format("\\x{:02x}", static_cast<unsigned char>(octet));
    if (type == '*' || type == '%' || type == '~' || type == '>') {
        out += "[";
        for (const Part& item : items)
            out += (&item == items.data() ? "" : ", ") + item.shown();
        out += "]";
    }
    return out;
}

Peer::Peer(unsigned port, const char* name) : socket_(::socket(AF_INET, SOCK_STREAM, 0)), name_(name) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // Safe: as the sockets API has it.
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        std::fprintf(stderr, "differential: %s does not listen at port %u\n", name, port);
        std::exit(1);
    }
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const timeval patience{20, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

Peer::~Peer() {
    close(socket_);
}

void Peer::send(const std::string& octets, Dice* dice) {
    for (std::size_t at = 0; at < octets.size();) {
        std::size_t size = octets.size() - at;
        if (dice && size > 1)
            size = 1 + (*dice)() % (size < 40 ? size : 40);
        const ssize_t sent = ::send(socket_, octets.data() + at, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            std::fprintf(stderr, "differential: %s has closed the connection\n", name_);
            std::exit(1);
        }
        at += static_cast<std::size_t>(sent);
    }
}

void Peer::fill() {
    char octets[64 * 1024];
    const ssize_t count = recv(socket_, octets, sizeof octets, 0);
    if (count <= 0) {
        std::fprintf(stderr, "differential: %s %s\n", name_,
                     count == 0 ? "has closed the connection" : "has not replied in 20 s");
        std::exit(1);
    }
    buffer_.erase(0, taken_);
    taken_ = 0;
    buffer_.append(octets, static_cast<std::size_t>(count));
}

std::string Peer::line() {
    for (;;) {
        const std::size_t end = buffer_.find("\r\n", taken_);
        if (end != std::string::npos) {
            std::string text = buffer_.substr(taken_, end - taken_);
            taken_ = end + 2;
            return text;
        }
        fill();
    }
}

Part Peer::receive() {
    const std::string head = line();
    Part part{head.empty() ? '?' : head[0], head.empty() ? "" : head.substr(1), {}};
    const bool nested = std::string_view("*%~>").contains(part.type);
    if (!nested && part.type != '$' && part.type != '=')
        return part;
    const long count = std::atol(part.text.c_str());
    if (count < 0)
        return part;
    if (!nested) {
        const auto size = static_cast<std::size_t>(count);
        while (buffer_.size() - taken_ < size + 2)
            fill();
        part.text = buffer_.substr(taken_, size);
        taken_ += size + 2;
        return part;
    }
    for (long index = 0; index < count * (part.type == '%' ? 2 : 1); index++)
        part.items.push_back(receive());
    return part;
}

std::string request(const Words& words) {
    std::string out = std::format("*{}\r\n", words.size());
    for (const std::string& word : words)
        out += std::format("${}\r\n", word.size()) + word + "\r\n";
    return out;
}

Part Peer::ask(const Words& words) {
    send(request(words));
    return receive();
}

} // namespace kv_test
