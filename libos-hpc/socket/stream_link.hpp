// One end of a connection that carries a stream: what a stream socket reads from and writes to, once there is a peer.
// All with the socket lock held; nothing here waits. Kinds: local_link.hpp, network_link.hpp.
#pragma once

#include "libos-hpc/object/ref.hpp"
#include "libos-hpc/socket/socket.hpp"

namespace exo::hpc {

class StreamLink : public Counted {
public:
    // Octets that can be read now.
    virtual std::size_t readable() const = 0;
    // Copies out what there is and fits, and takes it; or leaves it, from `skip` octets on.
    virtual std::size_t read(std::span<std::byte> into) = 0;
    virtual std::size_t peek(std::span<std::byte> into, std::size_t skip) const = 0;
    // Octets that `write` takes now, and whether it is worth telling (POLLOUT).
    virtual std::size_t room() const = 0;
    virtual bool is_writable() const = 0;
    // Copies in as much as there is room for; how many. Not after `finish`, nor on a broken link.
    virtual std::size_t write(std::span<const std::byte> from) = 0;
    // This side sends no more. This side takes no more.
    virtual void finish() = 0;
    virtual void refuse() = 0;
    // This side is gone; with `abort`, or with octets unread, the peer learns that some were lost.
    virtual void close(bool abort) = 0;
    // Brings what follows up to date.
    virtual void refresh() {}
    virtual void apply(const SocketOptions&) {}
    // Everything but the state.
    virtual linux_abi::TcpInfo info() const { return {}; }

    // As Linux keeps them: which halves are shut, by whichever side.
    bool receive_shut = false, send_shut = false;
    bool at_end = false; // the peer's last octet is known to have come
    bool broken = false; // nothing is left of the connection
    PendingError error;
    Socket* owner = nullptr; // whom to tell; null before it is accepted
    SocketAddress local, peer;
};

} // namespace exo::hpc
