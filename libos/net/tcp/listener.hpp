// Waits for TCP connections. Polled, never blocks.
#pragma once

#include "libos/net/tcp/stream.hpp"

namespace exo::net {

class TcpListener {
public:
    TcpListener() = default;
    TcpListener(const TcpListener&) = delete;
    TcpListener& operator=(const TcpListener&) = delete;
    ~TcpListener() { close(); }

    // Listens at a port of one address or of all. At most `backlog` connections wait to be accepted, established or
    // not; SYNs beyond are not answered. `reuse`: a port with connections still closing is no obstacle (SO_REUSEADDR).
    // Port 0: a free one. Errors: AddressInUse, AddressNotHere, Full.
    NetStatus open(TcpStack& stack, Endpoint local, std::size_t backlog = 16, bool reuse = false);
    // Connections not yet accepted are broken.
    void close();
    bool is_open() const { return listener_ != nullptr; }
    Endpoint local() const;

    bool is_ready() const { return first_ != nullptr; }
    // The next connection that is established; none: no value.
    std::optional<TcpStream> accept();
    // Called within poll when a connection can be accepted.
    void set_observer(void (*observer)(void* context), void* context) {
        observer_ = observer;
        observer_context_ = context;
    }

private:
    friend struct TcpListenerCalls;

    void* listener_ = nullptr; // the engine's
    TcpConnection* first_ = nullptr;
    TcpConnection* last_ = nullptr;
    void (*observer_)(void* context) = nullptr;
    void* observer_context_ = nullptr;
};

} // namespace exo::net
