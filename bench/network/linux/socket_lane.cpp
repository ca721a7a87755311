// See socket_lane.hpp. A single datagram goes by send and recv, several by sendmmsg and recvmmsg, as a program would.
#include "bench/network/linux/socket_lane.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bench::network {
namespace {

constexpr int busy_poll_us = 50;
constexpr int buffer_bytes = 4 << 20;

sockaddr_in end_of(std::uint32_t address, std::uint16_t port) {
    sockaddr_in end = {};
    end.sin_family = AF_INET;
    end.sin_port = htons(port);
    end.sin_addr.s_addr = htonl(address);
    return end;
}

void set_option(int socket, int option, int value) {
    check(::setsockopt(socket, SOL_SOCKET, option, &value, sizeof value) == 0, "setting a socket's option");
}

int open_socket(std::uint32_t own, std::uint32_t peer, Waiting waiting, std::uint16_t port = udp_port) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    check(socket >= 0, "opening a socket");
    set_option(socket, SO_RCVBUFFORCE, buffer_bytes);
    if (waiting == Waiting::spin)
        spin_on(socket);
    const sockaddr_in here = end_of(own, port), there = end_of(peer, port);
    // Safe: the socket calls' own convention.
    check(::bind(socket, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0, "binding a socket");
    check(::connect(socket, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0, "connecting a socket");
    return socket;
}

} // namespace

void spin_on(int socket) {
    set_option(socket, SO_BUSY_POLL, busy_poll_us);
    set_option(socket, SO_PREFER_BUSY_POLL, 1);
}

SocketLane::SocketLane(Waiting waiting, Part part)
    : waiting_(waiting), wait_flags_(waiting == Waiting::spin || part == Part::client ? MSG_DONTWAIT : 0) {
    if (part == Part::both)
        set_up_both();
    else
        set_up_one(part);
}

void SocketLane::set_up_both() {
    const Mac client_mac = interface_mac(client_interface), other_mac = interface_mac(other_interface);
    bring_up(client_interface);
    add_address(client_interface, client_address, 24);
    add_neighbour(client_interface, other_address, other_mac);
    client_ = open_socket(client_address, other_address, waiting_);
    move_to_new_namespace(other_interface);
    bring_up(other_interface);
    add_address(other_interface, other_address, 24);
    add_neighbour(other_interface, client_address, client_mac);
    other_ = open_socket(other_address, client_address, waiting_);
}

void SocketLane::set_up_one(Part part) {
    const bool client = part == Part::client;
    const std::uint32_t own = client ? client_address : other_address, peer = client ? other_address : client_address;
    bring_up(client_interface);
    add_address(client_interface, own, 24);
    add_neighbour(client_interface, peer, client ? other_mac_of_two : client_mac_of_two);
    client_ = other_ = open_socket(own, peer, waiting_);
}

void SocketLane::open_neighbour() {
    neighbour_ = open_socket(other_address, client_address, Waiting::block, neighbour_port);
    const int other_space = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    const int first_space = ::open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);
    check(::setns(first_space, CLONE_NEWNET) == 0, "going back to the first network namespace");
    flood_ = open_socket(client_address, other_address, Waiting::block, neighbour_port);
    check(::setns(other_space, CLONE_NEWNET) == 0, "entering a network namespace");
    ::close(other_space);
    ::close(first_space);
}

bool SocketLane::neighbour_has_a_burst() {
    return take(neighbour_, burst, small_payload, MSG_DONTWAIT) == burst;
}

std::size_t SocketLane::give(int socket, std::size_t count, std::size_t payload_bytes) {
    if (count == 1)
        return ::send(socket, buffers_[0], payload_bytes, 0) == static_cast<ssize_t>(payload_bytes) ? 1 : 0;
    iovec parts[burst];
    mmsghdr messages[burst] = {};
    for (std::size_t i = 0; i < count; ++i) {
        parts[i] = {buffers_[i], payload_bytes};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int sent = ::sendmmsg(socket, messages, static_cast<unsigned>(count), MSG_DONTWAIT);
    return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

std::size_t SocketLane::take(int socket, std::size_t count, std::size_t size, int flags) {
    if (count == 1) {
        const ssize_t bytes = ::recv(socket, buffers_[0], sizeof buffers_[0], flags);
        check(bytes >= 0 || errno == EAGAIN || errno == ECONNREFUSED, "receiving"); // not there yet, it says
        bytes_ += bytes > 0 ? static_cast<std::uint64_t>(bytes) : 0;
        return bytes >= 0 ? 1 : 0;
    }
    iovec parts[burst];
    mmsghdr messages[burst] = {};
    for (std::size_t i = 0; i < count; ++i) {
        parts[i] = {buffers_[i], sizeof buffers_[i]};
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int got = ::recvmmsg(socket, messages, static_cast<unsigned>(count), flags, nullptr);
    std::size_t counted = 0;
    for (int i = 0; i < got; ++i)
        if (is_counted(messages[i].msg_len, size)) {
            bytes_ += messages[i].msg_len;
            counted++;
        }
    return counted;
}

std::size_t SocketLane::send(std::size_t count, std::size_t payload_bytes) {
    return give(client_, count, payload_bytes);
}

std::size_t SocketLane::echo(std::size_t count) {
    const std::uint64_t before = bytes_;
    const std::size_t came = take(other_, count, any_size, wait_flags_);
    return came == 0 ? 0 : give(other_, came, (bytes_ - before) / came);
}

std::size_t SocketLane::receive(std::size_t count) {
    return take(client_, count, any_size, wait_flags_);
}

std::size_t SocketLane::drain(std::size_t count, std::size_t payload_bytes) {
    return take(other_, count, payload_bytes, MSG_DONTWAIT);
}

void SocketLane::print(std::string_view text) {
    check(::write(STDOUT_FILENO, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "printing");
}

} // namespace bench::network
