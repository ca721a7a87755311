// TCP for every interface of a network (RFC 9293), by lwIP's engine over this stack's own IPv4; see
// docs/decisions for where the cut is. One a program, since the engine's state is one; everything that uses it belongs
// to the vcore that polls the network.
#pragma once

#include "libos/net/network.hpp"

namespace exo::net {

// Connections that are open, being opened, or being closed. Memory is taken as there are more.
inline constexpr std::size_t tcp_connections_max = 16'384;

class TcpStack {
public:
    TcpStack() = default;
    TcpStack(const TcpStack&) = delete;
    TcpStack& operator=(const TcpStack&) = delete;

    // Brings the engine up and joins the network. Interfaces are added to the network before. The first time takes
    // about 250 KB of the kit's heap, which stay; what connections need comes from there as well. Errors:
    // AlreadyConnected when a stack is open in this program already, Full when there is no memory.
    NetStatus open(Network& network);
    // Breaks every connection and leaves the network.
    void close();
    // The one that is open, or null.
    static TcpStack* current();

    Network& network() { return *network_; }
    // Octets that ports were given where they lie in memory that was lent to them, ever; again for what is sent again.
    static std::uint64_t lent_octets();
    // Segments that wait to be sent or acknowledged, of all connections together, and how many more there may be. Who
    // queues much on one leaves less to the others.
    static constexpr std::size_t segments_max = 4096;
    static std::size_t free_segments();

private:
    Network* network_ = nullptr;
};

// While one lives, what streams send waits for its end, and leaves with one ring of the port instead of one each. Costs
// nothing within Network::poll, which does the same.
class TcpBatch {
public:
    explicit TcpBatch(TcpStack& stack);
    TcpBatch(const TcpBatch&) = delete;
    TcpBatch& operator=(const TcpBatch&) = delete;
    ~TcpBatch();

private:
    TcpStack& stack_;
    bool outer_; // something around it sends at its own end
};

} // namespace exo::net
