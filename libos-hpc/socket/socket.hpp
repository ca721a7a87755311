// What all sockets have in common: a file with the calls of socket(7). Kinds: stream_socket.hpp, datagram_socket.hpp.
// State is under the socket lock (lock.hpp); calls take it themselves.
#pragma once

#include "libos-hpc/file/change_counter.hpp"
#include "libos-hpc/file/file.hpp"
#include "libos-hpc/socket/address.hpp"
#include "libos-hpc/socket/drive.hpp"
#include "libos-hpc/socket/lock.hpp"
#include "libos-hpc/socket/options.hpp"

#include <optional>
#include <span>
#include <utility>

namespace exo::hpc {

struct SocketKind {
    std::uint16_t family = 0;
    std::uint32_t type = 0;
    std::int32_t protocol = 0;
};

// Pieces of the program's memory, checked before: a message in order.
using Pieces = std::span<const linux_abi::IoVector>;

struct SendRequest {
    Pieces pieces;
    std::size_t bytes = 0;             // of all pieces
    const SocketAddress* to = nullptr; // none: the peer
    std::uint32_t flags = 0;           // message_flag::
};

struct ReceiveRequest {
    Pieces pieces;
    std::size_t bytes = 0;
    std::uint32_t flags = 0;
    // Told:
    SocketAddress from;       // where the kind of socket says it
    std::uint32_t result = 0; // message_flag::truncated
};

class Socket : public File {
public:
    Socket(const SocketKind& kind, std::uint32_t flags);

    const SocketKind& kind() const { return kind_; }
    SocketOptions& options() { return options_; }

    Socket* socket() final { return this; }
    Outcome<std::size_t> read(ReadBuffer buffer) final;
    Outcome<std::size_t> write(WriteBuffer buffer) final;
    Outcome<Attributes> attributes() final;
    Edges edges() final { return {in_edges_, out_edges_}; }

    // bind(2), listen(2), accept(2), connect(2), shutdown(2) with their errors. `accept` gives the new socket.
    virtual Done bind(const SocketAddress& address) = 0;
    virtual Done listen(std::int32_t /*backlog*/) { return fail(Errno::OPNOTSUPP); }
    virtual Outcome<Ref<Socket>> accept() { return fail(Errno::OPNOTSUPP); }
    virtual Done connect(const SocketAddress& address) = 0;
    virtual Done shutdown(std::uint32_t how) = 0;
    virtual Outcome<std::size_t> send(const SendRequest& request) = 0;
    virtual Outcome<std::size_t> receive(ReceiveRequest& request) = 0;
    virtual SocketAddress local_name() = 0;
    // Errors: NOTCONN.
    virtual Outcome<SocketAddress> peer_name() = 0;
    virtual bool is_listening() { return false; }
    // TCP_INFO: nothing is said of what is not a TCP socket.
    virtual linux_abi::TcpInfo tcp_info() { return {}; }
    // SO_ERROR: what happened since it was last asked; 0: nothing.
    virtual std::int32_t take_error() = 0;
    // The options have changed.
    virtual void apply_options() {}

    // Something came, or ended; room was made. With the lock held.
    void tell_in();
    void tell_out();

protected:
    bool waits(std::uint32_t flags) const { return !non_blocking() && !(flags & linux_abi::message_flag::dont_wait); }

    enum class Wait : std::uint8_t { No, Yes };
    // Calls `look`, with the lock held, until it gives an outcome; again when this socket changes, or another counter
    // if what is waited for is not this socket's. Errors: AGAIN (it may not wait, or waited for `timeout_ns`, if that
    // is not 0), INTR.
    template <typename T, typename Look>
    Outcome<T> wait_until(Wait wait, std::uint64_t timeout_ns, Look&& look, ChangeCounter* other = nullptr) {
        ChangeCounter& counter = other ? *other : changed_;
        const std::uint64_t deadline = timeout_ns ? deadline_after_ns(timeout_ns) : no_deadline;
        for (;;) {
            const std::uint32_t seen = counter.seen();
            {
                SocketGuard guard;
                drive_network();
                if (std::optional<Outcome<T>> found = look())
                    return *found;
            }
            if (wait == Wait::No)
                return fail(Errno::AGAIN);
            if (auto waited = wait_driving(counter, seen, deadline); !waited)
                return fail(waited.error() == Errno::TIMEDOUT ? Errno::AGAIN : waited.error());
        }
    }

private:
    static std::uint64_t deadline_after_ns(std::uint64_t ns);

    const SocketKind kind_;
    SocketOptions options_;
    ChangeCounter changed_;
    std::uint32_t in_edges_ = 0, out_edges_ = 0;
    std::uint64_t inode_;
};

// Errors that the peer or the network caused, kept until a call takes them.
class PendingError {
public:
    void set(Errno error) { number_ = static_cast<std::int32_t>(error); }
    explicit operator bool() const { return number_ != 0; }
    std::int32_t take() { return std::exchange(number_, 0); }
    Errno take_error() { return static_cast<Errno>(take()); }

private:
    std::int32_t number_ = 0;
};

} // namespace exo::hpc
