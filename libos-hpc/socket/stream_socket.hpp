// A connected, or listening, socket of type SOCK_STREAM: waiting, moving octets, shutting down. How connections come
// about, and what errors are called, is the family's: tcp_socket.hpp, local_socket.hpp.
#pragma once

#include "libos-hpc/object/array.hpp"
#include "libos-hpc/socket/stream_link.hpp"

namespace exo::hpc {

class StreamSocket : public Socket {
public:
    StreamSocket(const SocketKind& kind, std::uint32_t flags) : Socket(kind, flags) {}
    ~StreamSocket() override;

    Outcome<Ref<Socket>> accept() override;
    Outcome<std::size_t> send(const SendRequest& request) final;
    Outcome<std::size_t> receive(ReceiveRequest& request) final;
    Outcome<SocketAddress> peer_name() override;
    std::int32_t take_error() final;
    bool is_listening() final { return state_ == State::Listening; }
    Outcome<std::size_t> bytes_readable() final;
    void apply_options() override;

    // With the lock held: gives the socket its connection; gives a listener one to accept.
    void attach(Ref<StreamLink> link);
    bool has_room_for_pending() const { return pending_.size() <= backlog_; }
    virtual bool has_pending() { return !pending_.empty(); }
    bool add_pending(Ref<StreamLink> link);

protected:
    enum class State : std::uint8_t { Fresh, Listening, Connecting, Connected };

    // The first connection that waits; empty: none. With the lock held.
    virtual Ref<StreamLink> take_pending();
    // A socket for it, or none for want of memory.
    virtual Ref<StreamSocket> make_accepted(Ref<StreamLink> link) = 0;
    // While it connects: looks whether it has come about. With the lock held.
    virtual void progress() {}
    // What ends a receive without octets, or a send, if anything does; SendRequest::to is checked here.
    virtual std::optional<Outcome<std::size_t>> receive_end() = 0;
    virtual std::optional<Errno> send_end(const SendRequest& request) = 0;
    // Breaks off everything; the socket is as new. With the lock held.
    void drop_link(bool abort);
    void drop_pending();
    void begin_listening(std::int32_t backlog);

    State state_ = State::Fresh;
    Ref<StreamLink> link_;
    PendingError error_; // while there is no link

private:
    bool has_ended(bool shut) const;
    std::size_t take(const ReceiveRequest& request, std::size_t done);
    std::size_t put(const SendRequest& request, std::size_t done);

    Array<Ref<StreamLink>> pending_;
    std::size_t backlog_ = 0;
};

} // namespace exo::hpc
