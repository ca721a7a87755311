// What went wrong in the network, as Linux names it. Interface: network.hpp.
#include "libos-hpc/socket/network.hpp"

#include "libos/start/kit.hpp"

namespace exo::hpc {

Errno errno_of(net::Problem problem) {
    switch (problem) {
    case net::Problem::None:
        break;
    case net::Problem::NoRoom:
        return Errno::AGAIN;
    case net::Problem::AddressInUse:
        return Errno::ADDRINUSE;
    case net::Problem::AddressNotHere:
        return Errno::ADDRNOTAVAIL;
    case net::Problem::PortNotHeld:
        log_line({{"net: "}, {net::problem_text(problem)}}); // the number alone says little
        return Errno::ACCES;
    case net::Problem::NotConnected:
        return Errno::NOTCONN;
    case net::Problem::AlreadyConnected:
        return Errno::ISCONN;
    case net::Problem::TooBig:
        return Errno::MSGSIZE;
    case net::Problem::Refused:
        return Errno::CONNREFUSED;
    case net::Problem::Reset:
        return Errno::CONNRESET;
    case net::Problem::Aborted:
        return Errno::CONNABORTED;
    case net::Problem::TimedOut:
        return Errno::TIMEDOUT;
    case net::Problem::HostUnreachable:
        return Errno::HOSTUNREACH;
    case net::Problem::NetworkUnreachable:
        return Errno::NETUNREACH;
    case net::Problem::Closed:
        return Errno::PIPE;
    case net::Problem::Full:
        return Errno::NOBUFS;
    }
    return Errno::IO;
}

} // namespace exo::hpc
