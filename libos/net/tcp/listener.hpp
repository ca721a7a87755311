// Waits for TCP connections. Polled, never blocks.
#pragma once

#include "libos/net/tcp/connection.hpp"

namespace exo::net {

class TcpListener {
public:
    TcpListener() = default;
    TcpListener(const TcpListener&) = delete;
    TcpListener& operator=(const TcpListener&) = delete;
    ~TcpListener() { close(); }

    // Listens at a port of one address or of all. At most `backlog` connections wait to be accepted, established or
    // not; SYNs beyond are not answered, unless one of those that are not has waited for long, which gives way then:
    // who sends SYNs alone keeps nobody out. `reuse`: a port with connections still closing is no obstacle
    // (SO_REUSEADDR). Port 0: a free one. Errors: AddressInUse, AddressNotHere, Full.
    NetStatus open(TcpStack& stack, Endpoint local, std::size_t backlog = 16, bool reuse = false);
    // Connections not yet accepted are broken.
    void close();
    bool is_open() const { return listener_ != nullptr; }
    Endpoint local() const;

    bool is_ready() const { return !waiting_.is_empty(); }
    // The next connection that is established; none: no value.
    std::optional<TcpStream> accept();
    // Called within poll when a connection can be accepted.
    void set_observer(void (*observer)(void* context), void* context) {
        observer_ = observer;
        observer_context_ = context;
    }

private:
    friend struct TcpListenerCalls;
    friend class ControlBlocks;
    friend void forget_waiting(TcpConnection& connection);

    void* listener_ = nullptr; // the engine's
    std::size_t backlog_ = 0;
    std::size_t half_open_ = 0; // of its peers
    WaitingList waiting_;       // to be accepted
    void (*observer_)(void* context) = nullptr;
    void* observer_context_ = nullptr;
};

} // namespace exo::net
