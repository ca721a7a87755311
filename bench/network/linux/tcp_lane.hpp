// A Lane over one TCP connection between two NICs, each in a network namespace of its own; blocking or spinning as
// socket_lane.hpp has it. Nagle's algorithm is off.
#pragma once

#include "bench/network/linux/socket_lane.hpp"

namespace bench::network {

class TcpLane {
public:
    static constexpr bool is_stream = true;

    // Opens the client's socket, in the namespace that the thread is in.
    explicit TcpLane(Waiting waiting);
    // Connects; the other end, if it is in this machine, is in the namespace that the thread is in by now. The
    // interfaces are set up.
    void open(Part part);
    void meet() { wait_flags_ = waiting_ == Waiting::spin ? MSG_DONTWAIT : 0; }

    std::size_t send(std::size_t count, std::size_t octets);
    std::size_t echo(std::size_t count);
    std::size_t receive(std::size_t count);
    std::size_t drain(std::size_t count, std::size_t octets);
    std::uint64_t payload_bytes_received() const { return bytes_; }
    void print(std::string_view text);

private:
    void listen();
    void connect();
    void accept();
    std::size_t write(int socket, std::size_t octets);
    std::size_t read(int socket, std::size_t octets, int flags);

    Waiting waiting_;
    int wait_flags_;
    int client_ = -1, other_ = -1, listener_ = -1;
    std::uint64_t bytes_ = 0;
    char buffer_[stream_piece] = {};
};

} // namespace bench::network
