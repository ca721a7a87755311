// See tcp_lane.hpp.
#include "bench/network/linux/tcp_lane.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bench::network {
namespace {

sockaddr_in end_of(std::uint32_t address, std::uint16_t port) {
    sockaddr_in end = {};
    end.sin_family = AF_INET;
    end.sin_port = htons(port);
    end.sin_addr.s_addr = htonl(address);
    return end;
}

int open_stream_socket() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(socket >= 0, "opening a TCP socket");
    return socket;
}

void set_up(int socket, Waiting waiting) {
    const int on = 1;
    check(::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0, "setting TCP_NODELAY");
    if (waiting == Waiting::spin)
        spin_on(socket);
}

} // namespace

TcpLane::TcpLane(Waiting waiting)
    : waiting_(waiting), wait_flags_(waiting == Waiting::spin ? MSG_DONTWAIT : 0), client_(open_stream_socket()) {}

void TcpLane::open(Part part) {
    if (part != Part::client)
        listen();
    if (part != Part::server)
        connect(); // done once the kernel has answered for us
    if (part != Part::client)
        accept();
    if (part == Part::client) {
        other_ = client_;
        wait_flags_ = MSG_DONTWAIT;
    }
    if (part == Part::server)
        client_ = other_;
    set_up(client_, waiting_);
    set_up(other_, waiting_);
}

void TcpLane::listen() {
    listener_ = open_stream_socket();
    const sockaddr_in here = end_of(other_address, tcp_port);
    // Safe: the socket calls' own convention.
    check(::bind(listener_, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0 && ::listen(listener_, 1) == 0,
          "listening");
}

// A machine that does not listen yet refuses.
void TcpLane::connect() {
    constexpr unsigned tries_max = 1000;
    const sockaddr_in there = end_of(other_address, tcp_port);
    for (unsigned tries = 0;; ++tries) {
        // Safe: the socket calls' own convention.
        if (::connect(client_, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0)
            return;
        check(errno == ECONNREFUSED && tries < tries_max, "connecting");
        ::usleep(10'000);
    }
}

void TcpLane::accept() {
    other_ = ::accept(listener_, nullptr, nullptr);
    check(other_ >= 0, "accepting");
    ::close(listener_);
}

std::size_t TcpLane::write(int socket, std::size_t octets) {
    const ssize_t taken = ::send(socket, buffer_, octets, MSG_DONTWAIT);
    check(taken >= 0 || errno == EAGAIN, "sending");
    return taken > 0 ? static_cast<std::size_t>(taken) : 0;
}

std::size_t TcpLane::read(int socket, std::size_t octets, int flags) {
    const ssize_t came = ::recv(socket, buffer_, octets, flags);
    check(came > 0 || (came < 0 && errno == EAGAIN), "receiving");
    bytes_ += came > 0 ? static_cast<std::uint64_t>(came) : 0;
    return came > 0 ? static_cast<std::size_t>(came) : 0;
}

std::size_t TcpLane::send(std::size_t, std::size_t octets) {
    return write(client_, octets);
}

std::size_t TcpLane::echo(std::size_t) {
    const std::size_t octets = read(other_, stream_piece, wait_flags_);
    return octets != 0 ? write(other_, octets) : 0;
}

std::size_t TcpLane::receive(std::size_t) {
    return read(client_, stream_piece, wait_flags_);
}

std::size_t TcpLane::drain(std::size_t, std::size_t octets) {
    return read(other_, octets, MSG_DONTWAIT);
}

void TcpLane::print(std::string_view text) {
    check(::write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "printing");
}

} // namespace bench::network
