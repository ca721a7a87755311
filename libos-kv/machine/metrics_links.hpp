// Connections at the metrics port over libos/net's TCP: a request each, a page, the end.
#pragma once

#include "libos-kv/server/server.hpp"
#include "libos/net/tcp/listener.hpp"

namespace exo::kv {

class MetricsLinks {
public:
    explicit MetricsLinks(Server& server) : server_(server) {}

    net::NetStatus open(net::TcpStack& stack, std::uint16_t port);
    // Does what can be done now; false: nothing was.
    bool serve();
    // A deadline for who sleeps: when the oldest connection has had its time; 0: there is none.
    std::uint64_t deadline() const;

private:
    struct Link {
        net::TcpStream stream;
        std::uint64_t end = 0; // TSC: by then it has what it asked for, or is dropped
        Text came, response;
        std::size_t sent = 0;
        bool has_ended = false;
    };
    static constexpr std::size_t links_max = 8;

    bool accept_all();
    bool work(Link& link);
    bool receive(Link& link);
    bool send(Link& link);
    void drop(std::size_t index);

    Server& server_;
    net::TcpListener listener_;
    Array<Link*> links_; // the oldest first
};

} // namespace exo::kv
