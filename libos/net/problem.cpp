// See problem.hpp.
#include "libos/net/problem.hpp"

namespace exo::net {

const char* problem_text(Problem problem) {
    switch (problem) {
    case Problem::None:
        return "no problem";
    case Problem::NoRoom:
        return "no room for now";
    case Problem::AddressInUse:
        return "address and port are in use";
    case Problem::AddressNotHere:
        return "no interface has this address";
    case Problem::PortNotHeld:
        return "the port is outside the flows that the program holds";
    case Problem::NotConnected:
        return "not connected";
    case Problem::AlreadyConnected:
        return "already connected";
    case Problem::TooBig:
        return "message too long";
    case Problem::Refused:
        return "connection refused";
    case Problem::Reset:
        return "connection reset by peer";
    case Problem::Aborted:
        return "connection broken off here";
    case Problem::TimedOut:
        return "the peer did not answer in time";
    case Problem::HostUnreachable:
        return "host unreachable";
    case Problem::NetworkUnreachable:
        return "network unreachable";
    case Problem::Closed:
        return "this side has closed";
    case Problem::Full:
        return "a table of the network stack is full";
    }
    return "unknown problem";
}

} // namespace exo::net
