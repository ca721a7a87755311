// Connections of the store over libos/net's TCP: octets of each stream to its session and back, as far as either has
// room.
#pragma once

#include "libos-kv/shard/front.hpp"
#include "libos/net/tcp/listener.hpp"
#include "libos/net/tcp/loans.hpp"

namespace exo::kv {

// Host: a Server, or the Front of several.
template <typename Host>
class TcpLinks {
public:
    explicit TcpLinks(Host& server) : server_(server) {}

    net::NetStatus open(net::TcpStack& stack, std::uint16_t port);
    // Serves whatever has become ready since the last time; false: nothing had.
    bool serve();

private:
    struct Link {
        TcpLinks* links;
        net::TcpStream stream;
        Session* session;
        std::size_t place = 0; // in ready_
        bool queued = false;   // it is in ready_
    };

    static void on_ready(void* context);
    static void on_output(Session& session);
    void queue(Link& link);
    void accept_all();
    bool may_receive(const Link& link) const;
    void receive(Link& link);
    // Octets that may go out on it now.
    std::size_t send_room(const Link& link) const;
    // Whether there is something to do for it that nobody will say.
    bool is_unfinished(const Link& link) const;
    // Gives the stream some of them, the next that the session has to send; how many. What is written waits for
    // `flush` where more of the reply follows.
    net::NetResult<std::size_t> put(Link& link, std::string_view octets);
    // What fits goes out. False: the link is gone.
    bool send(Link& link);
    void drop(Link* link);

    Host& server_;
    net::TcpStack* stack_ = nullptr;
    net::TcpListener listener_;
    net::TcpLoans loans_; // of values; holders are SharedTexts
    Array<Link*> ready_;  // null: the link is gone
};

} // namespace exo::kv
