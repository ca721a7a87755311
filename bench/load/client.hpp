// One connection of the load: a batch of requests, its replies, the next batch.
#pragma once

#include "bench/load/dialect.hpp"
#include "libos/net/tcp/stream.hpp"

#include <array>
#include <utility>

namespace bench::load {

inline constexpr unsigned pipeline_max = 32;

class Client {
public:
    // Begins to connect; `is_connected` says when, and again when it has failed.
    void connect(exo::net::TcpStack& stack, const Dialect& dialect);
    bool is_connected() const { return (stream_.ready() & exo::net::tcp_ready::writable) != 0; }
    bool has_failed() const { return (stream_.ready() & exo::net::tcp_ready::failed) != 0; }
    void observe(void (*observer)(void* context), void* context) { stream_.set_observer(observer, context); }

    // Sends a request for each key. All replies to the batch before have come.
    void send(Work work, std::span<const std::uint32_t> keys);
    // Takes what has come, and sends what did not fit. A reply that was not to come ends the program.
    // Returns how many replies were completed.
    unsigned receive();
    unsigned outstanding() const { return outstanding_; }
    std::uint32_t segments_again() const { return stream_.facts().segments_again; } // since it is connected
    std::uint64_t sent_at() const { return sent_at_; }                              // TSC, of the batch

private:
    unsigned take(std::string_view octets);
    std::string_view take_head(std::string_view octets);
    void check_body(std::string_view octets);
    void flush();

    const Dialect* dialect_ = nullptr;
    exo::net::TcpStream stream_;
    Work work_ = Work::get;
    unsigned outstanding_ = 0;
    std::uint64_t sent_at_ = 0;
    std::array<std::uint32_t, pipeline_max> keys_{}; // of the batch
    unsigned batch_ = 0;

    std::size_t body_left_ = 0;
    bool is_checked_ = true;      // the body's beginning was looked at
    std::size_t held_octets_ = 0; // of a head that came in pieces
    std::array<char, 1024> held_;

    std::size_t unsent_at_ = 0, unsent_end_ = 0;
    std::array<char, pipeline_max * request_octets_max> unsent_;
};

} // namespace bench::load
