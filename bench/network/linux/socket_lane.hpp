// UDP sockets of Linux as a Lane, one in each of two network namespaces, so that the packets cross the wire. Blocking
// as ordinary programs do, or spinning: non-blocking, with Linux polling the NIC from the system call (SO_BUSY_POLL).
#pragma once

#include "bench/network/linux/interface.hpp"

#include <string_view>
#include <sys/socket.h>

namespace bench::network {

enum class Waiting { block, spin };

// Lets Linux poll the NIC from within calls on the socket.
void spin_on(int socket);

class SocketLane {
public:
    SocketLane(Waiting waiting, Part part);
    void meet() { wait_flags_ = waiting_ == Waiting::spin ? MSG_DONTWAIT : 0; }
    // A socket at the other end that nobody reads, and one to send to it.
    void open_neighbour();
    void flood() { (void)give(flood_, burst, small_payload); }
    bool neighbour_has_a_burst();
    std::size_t send(std::size_t count, std::size_t payload_bytes);
    std::size_t echo(std::size_t count);
    std::size_t receive(std::size_t count);
    std::size_t drain(std::size_t count, std::size_t payload_bytes);
    std::uint64_t payload_bytes_received() const { return bytes_; }
    void print(std::string_view text);

private:
    std::size_t take(int socket, std::size_t count, std::size_t size, int flags);
    std::size_t give(int socket, std::size_t count, std::size_t payload_bytes);

    void set_up_both();
    void set_up_one(Part part);

    Waiting waiting_;
    int wait_flags_;
    int client_ = -1, other_ = -1, neighbour_ = -1, flood_ = -1;
    std::uint64_t bytes_ = 0;
    char buffers_[burst][2048] = {};
};

} // namespace bench::network
