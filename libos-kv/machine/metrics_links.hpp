// Connections at the metrics port over libos/net's TCP: a request each, a page, the end.
#pragma once

#include "libos-kv/metrics/http.hpp"
#include "libos-kv/shard/front.hpp"
#include "libos/net/tcp/listener.hpp"

namespace exo::kv {

class MetricsLinks {
public:
    // Of a store on one vcore, and on several.
    explicit MetricsLinks(Server& server) : server_(server) {}
    explicit MetricsLinks(Front& front) : server_(front.server), front_(&front) {}

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
        HttpRequest request = HttpRequest::Incomplete;
        bool is_counted_for = false; // what is being collected is for its page
    };
    static constexpr std::size_t links_max = 8;

    bool accept_all();
    bool receive(Link& link);
    static bool wants_page(const Link& link);
    bool collect();
    bool answer_all();
    bool send(Link& link);
    void drop(std::size_t index);

    Server& server_;
    Front* front_ = nullptr; // null: the server is all there is
    Counts counts_;
    bool is_collecting_ = false;
    net::TcpListener listener_;
    Array<Link*> links_; // the oldest first
};

} // namespace exo::kv
