// A socket that keeps datagrams whole: the queue of those that came, and taking them. Where they go is the family's:
// udp_socket.hpp, local_datagram_socket.hpp.
#pragma once

#include "libos-hpc/socket/socket.hpp"

namespace exo::hpc {

struct Datagram : Counted {
    ~Datagram() override { heap_free(octets); }

    SocketAddress from;
    std::byte* octets = nullptr;
    std::size_t bytes = 0;
    Ref<Datagram> next;
};

// A message's octets, gathered. Empty: no memory.
Ref<Datagram> gather(const SendRequest& request, const SocketAddress& from);

class DatagramSocket : public Socket {
public:
    DatagramSocket(const SocketKind& kind, std::uint32_t flags) : Socket(kind, flags) {}
    ~DatagramSocket() override;

    Outcome<std::size_t> receive(ReceiveRequest& request) final;
    std::int32_t take_error() final;
    Outcome<std::size_t> bytes_readable() final;

    // With the lock held.
    bool has_room() const { return queued_bytes_ < static_cast<std::size_t>(receive_limit()); }
    // Drops it when there is no room.
    void deliver(Ref<Datagram> datagram);
    std::size_t queued() const { return queued_; }

protected:
    // Asks the network for more. With the lock held.
    virtual void fetch() {}
    // What ends a receive when nothing is queued.
    virtual std::optional<Outcome<std::size_t>> receive_end();
    virtual void room_made() {}
    void clear_queue();
    // What poll says, with the lock held: of what was queued and shut, and `out` if it can send.
    std::uint16_t ready_bits(bool can_send) const;
    // shutdown(2) of a socket that only knows its own side. Errors: INVAL, NOTCONN.
    Done shut(std::uint32_t how, bool is_connected);

    PendingError error_;
    bool receive_shut_ = false, send_shut_ = false;

private:
    std::int32_t receive_limit() const { return const_cast<DatagramSocket*>(this)->options().receive_bytes; }
    Outcome<std::size_t> hand_over(ReceiveRequest& request);

    // What Linux counts for a datagram beside its octets, about.
    static constexpr std::size_t datagram_overhead_bytes = 768;

    Ref<Datagram> first_;
    Datagram* last_ = nullptr;
    std::size_t queued_ = 0, queued_bytes_ = 0;
};

} // namespace exo::hpc
