// Where lwIP's engine and libos/net meet: packets become pbufs and back without a copy, segments become frames. Not for
// users: stack.hpp.
#pragma once

#include "libos/net/tcp/connection.hpp"

struct pbuf; // lwIP's

namespace exo::net {

// Octets at the beginning of each buffer, before any frame, that a wrapped packet's pbuf lies in.
inline constexpr std::size_t wrapping_octets = 48;

// Makes a packet, whose data are octets of TCP, a pbuf that lies in the packet's own headroom; its octets stay where
// they are. The pbuf's owner owns the packet. Null: the frame lies so early in its buffer that there is no room.
pbuf* wrap(Packet* packet);
// Gives the packet of a wrapped pbuf, trimmed to what of it the pbuf shows; the pbuf is gone.
Packet* unwrap(pbuf* wrapped);

// Shows the engine a segment, header first, from one address to another of this side's.
void engine_input(Interface& interface, pbuf* segment, Ipv4Address source, Ipv4Address destination);

// Takes a connection out of its listener's queue.
void forget_waiting(TcpConnection& connection);
// Sends what calls of the engine have queued, unless Network::poll will.
void engine_flush(Network& network);

} // namespace exo::net
