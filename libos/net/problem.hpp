// What network operations fail with, in terms of the protocols; a personality maps them to its own error numbers.
#pragma once

#include <cstdint>
#include <expected>

namespace exo::net {

enum class [[nodiscard]] Problem : std::uint8_t {
    None,               // only where a last problem is asked for and there was none
    NoRoom,             // the ring, the pool or a queue is full: later it may do (EAGAIN, ENOBUFS)
    AddressInUse,       // the local address and port are taken
    AddressNotHere,     // no interface has the local address
    PortNotHeld,        // no flow that the program holds has the local port
    NotConnected,       // no peer is known
    AlreadyConnected,   // a peer is fixed already
    TooBig,             // does not fit a datagram (65,507 octets of UDP payload)
    Refused,            // the peer has nobody there: RST to a SYN, or ICMP port unreachable
    Reset,              // the peer broke an open connection
    Aborted,            // this side broke the connection, or had no memory for it
    TimedOut,           // the peer did not answer in time
    HostUnreachable,    // ICMP says so, or nobody answers ARP
    NetworkUnreachable, // no route, or ICMP says so
    Closed,             // this side has closed its half already
    Full,               // a table of the stack is full
};

// In words, for one sentence to a user: "connection refused".
const char* problem_text(Problem problem);

using NetStatus = std::expected<void, Problem>;
template <typename T>
using NetResult = std::expected<T, Problem>;

} // namespace exo::net
