// One side of a TCP connection. Polled, never blocks: Network::poll moves octets, `ready` says what can be done.
// Without copies: `send` takes a packet whose octets the NIC reads in place until the peer has acknowledged them, and
// `receive` gives the buffer that the NIC wrote. `write` and `read` copy. RFC 9293 3.9.1.
#pragma once

#include "libos/net/tcp/stack.hpp"

#include <optional>

namespace exo::net {

struct TcpConnection;

// What `ready` says, as bits.
namespace tcp_ready {
inline constexpr std::uint32_t readable = 1u << 0; // octets are there
inline constexpr std::uint32_t writable = 1u << 1; // connected, and `send_room` is worth it
inline constexpr std::uint32_t finished = 1u << 2; // the peer has closed its half and everything it sent was taken
inline constexpr std::uint32_t failed = 1u << 3;   // it is over; `problem` says why
} // namespace tcp_ready

struct TcpKeepAlive {
    bool on = false;
    std::uint32_t idle_s = 7200;
    std::uint32_t interval_s = 75;
    std::uint32_t probes = 9;
};

// What the engine knows of a connection, for those who want to see it. Octets, milliseconds.
struct TcpFacts {
    std::uint32_t segment_octets = 0; // of data, at most
    std::uint32_t congestion_window = 0, slow_start_until = 0;
    std::uint32_t own_window = 0;
    std::uint32_t round_trip_ms_x8 = 0; // smoothed; 0: not measured
    std::uint32_t timeout_ms = 0;
    std::uint32_t segments_out = 0;                             // sent and not acknowledged
    std::uint32_t segments_again = 0;                           // sent once more, ever
    bool timestamps = false, selective = false, scaled = false; // RFC 7323, RFC 2018
};

class TcpStream {
public:
    TcpStream() = default;
    TcpStream(TcpStream&& other) noexcept : connection_(other.connection_) { other.connection_ = nullptr; }
    TcpStream& operator=(TcpStream&& other) noexcept {
        if (this != &other) {
            close();
            connection_ = other.connection_;
            other.connection_ = nullptr;
        }
        return *this;
    }
    ~TcpStream() { close(); }

    // Begins to connect; watch `ready`: writable once it is open, failed if it cannot be. `local`: a port or address to
    // come from, or neither. Errors: AlreadyConnected, NetworkUnreachable, AddressInUse, AddressNotHere, Full.
    NetStatus connect(TcpStack& stack, Endpoint remote, Endpoint local = {});
    // Ends it from here: what was sent still arrives, then FIN; when octets lie unread, RST instead (RFC 9293 3.6).
    // The object is free at once. Nothing happens on a stream that is not open.
    void close();
    // Breaks it: RST.
    void abort();

    bool is_open() const { return connection_ != nullptr; }
    bool is_connecting() const;
    std::uint32_t ready() const; // of tcp_ready::
    bool has_ended() const;      // finished or failed
    // Why it failed: Refused, Reset, TimedOut, HostUnreachable, NetworkUnreachable, Aborted. None: it did not.
    Problem problem() const;
    Endpoint local() const;
    Endpoint remote() const;

    // The next octets as they came, all of a packet's octets(); null: none now, or no packet is left for octets that
    // lay unread while packets were few. The window opens by as much.
    Packet* receive();
    // Copies out, in order, as much as there is and fits. 0: none now, or `finished`.
    std::size_t read(std::span<std::byte> into);
    // The same without taking it.
    std::size_t peek(std::span<std::byte> into) const;
    std::size_t readable_octets() const;
    // No more is wanted: what comes is thrown away.
    void shut_receive();

    // Octets that `send` and `write` take now.
    std::size_t send_room() const;
    // Takes a packet of the pool of this connection's port (`allocate`), one that shows what lies in a pool that was
    // lent to it (packet_views.hpp), or one of TcpLoans, whole, or leaves it. Errors: NoRoom,
    // NotConnected (still connecting), Closed (after shut_send), or the stream's problem. `more`: it waits for the
    // octets of the next call, which follow in the same segment if they fit, or for `flush`.
    NetStatus send(Packet* packet, bool more = false);
    void flush();
    // An empty packet with its octets where `send` wants them; null: none is left.
    Packet* allocate();
    // Copies in as much as fits; how much. Errors: as send; NoRoom only when not one octet fitted. `more`: as of send.
    NetResult<std::size_t> write(std::span<const std::byte> from, bool more = false);
    // FIN after what was sent; the peer's half stays open.
    NetStatus shut_send();
    // Octets sent or waiting and not acknowledged.
    std::size_t unacknowledged_octets() const;

    // Off (as it begins): small pieces wait for the acknowledgement of those before (RFC 896).
    void set_no_delay(bool on);
    bool no_delay() const;
    // Octets of data that a segment has at most, where the peer would take more: for those who lay out data in pieces
    // whose sums they know.
    void limit_segments(std::size_t octets);
    void set_keep_alive(const TcpKeepAlive& keep_alive);
    // Octets that may wait to be acknowledged; at most what the engine allows.
    void set_send_limit(std::size_t octets);
    TcpFacts facts() const;
    // Called within poll, and within calls of this stream, when `ready` may have changed. It may not close the stream.
    void set_observer(void (*observer)(void* context), void* context);

private:
    friend class TcpListener;
    explicit TcpStream(TcpConnection* connection) : connection_(connection) {}

    TcpConnection* connection_ = nullptr;
};

} // namespace exo::net
