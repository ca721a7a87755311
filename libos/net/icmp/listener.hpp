// Who hears the ICMP messages that come, beside the stack itself, which answers echoes whether anybody listens or not.
// A listener looks at messages while they are there; it is no owner of packets.
#pragma once

#include "libos/net/problem.hpp"
#include "libos/net/wire/icmp.hpp"

namespace exo::net {

struct Conversation;
struct Packet;

// A message that came to this side: whole, reassembled, its checksum right.
struct IcmpMessage {
    const Ipv4Header& header;
    const Packet* octets; // from the type on, in one packet or several
    std::size_t count;    // of octets, at least icmp_header_octets
};

struct IcmpListener {
    void* context = nullptr;
    void (*heard)(void* context, const IcmpMessage& message) = nullptr;
    // An ICMP error, or ARP's silence, about a message of this side: the local port is its identifier, the remote one
    // its sequence number.
    void (*unreachable)(void* context, const Conversation& about, Problem problem) = nullptr;
    IcmpListener* next = nullptr; // for IcmpListeners
};

class IcmpListeners {
public:
    // The listener outlives its being here. It is in at most one list.
    void add(IcmpListener& listener) {
        listener.next = first_;
        first_ = &listener;
    }
    void remove(const IcmpListener& listener);
    void tell(const IcmpMessage& message) const;
    void tell_unreachable(const Conversation& about, Problem problem) const;

private:
    IcmpListener* first_ = nullptr;
};

} // namespace exo::net
