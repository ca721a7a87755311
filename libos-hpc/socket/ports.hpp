// Who has which TCP or UDP port: one table a protocol, for every address of ours, so that what binds to a port here
// also keeps it from the network stack. With the socket lock held.
#pragma once

#include "libos-hpc/linux/errors.hpp"
#include "libos-hpc/object/array.hpp"
#include "libos-hpc/socket/options.hpp"
#include "libos/net/address.hpp"

namespace exo::hpc {

// A socket as the table sees it. Its options say whether it shares.
struct PortUser {
    net::Endpoint local;  // port 0: it has none; address any: all of ours
    net::Endpoint remote; // port 0: no peer
    bool listens = false;
    const SocketOptions* sharing = nullptr;
};

// When two users of one port at overlapping addresses stand each other: TCP's with SO_REUSEADDR, as long as none of
// them listens; UDP's with SO_REUSEADDR always.
enum class PortRule : std::uint8_t { Tcp, Udp };

class PortTable {
public:
    explicit constexpr PortTable(PortRule rule) : rule_(rule) {}

    // Gives the user an address and port; port 0: a free one nobody can guess. Errors: ADDRINUSE, NOMEM.
    Done claim(PortUser& user, net::Endpoint wanted);
    // Lists a user beside others without asking: the end of a connection that was accepted.
    Done add(PortUser& user);
    void release(PortUser& user);
    // Whether the user, which is in the table, may listen. Errors: ADDRINUSE.
    Done may_listen(const PortUser& user) const;

    // The listener for a connection to `local`; null: none. A certain address wins over any.
    PortUser* find_listener(net::Endpoint local) const;
    // The user for a datagram from `remote` to `local`: with that peer before one without, a certain address before
    // any, the last one to come before others.
    PortUser* find(net::Endpoint local, net::Endpoint remote) const;

private:
    bool conflicts(const PortUser& user, net::Endpoint wanted, bool to_listen) const;
    std::uint16_t free_port(const PortUser& user, net::Ipv4Address address) const;

    static constexpr std::uint16_t first_port = 32'768;
    static constexpr std::uint16_t port_count = 28'232; // as net.ipv4.ip_local_port_range has it

    const PortRule rule_;
    Array<PortUser*> users_;
};

} // namespace exo::hpc
