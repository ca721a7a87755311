// A UDP socket without copies: the sender fills a packet in place, the receiver gets the same buffer by pointer.
// Polled, never blocks: Network::poll fills the queue that `receive` empties. RFC 768, RFC 1122 4.1.
//
//     Packet* packet = socket.allocate();           // room for udp_payload_max octets at packet->data()
//     packet->length = fill({packet->data(), packet->tail_room()});
//     if (!socket.send(packet)) ...                 // still ours
#pragma once

#include "libos/net/ip/interface.hpp"
#include "libos/net/udp/template.hpp"

namespace exo::net {

// Octets of payload that fit one frame of 1514.
inline constexpr std::size_t udp_payload_max = 1514 - 42;
// In fragments: what a length field allows, less the headers.
inline constexpr std::size_t udp_datagram_max = 65'507;

struct UdpCounters {
    std::uint64_t received = 0, sent = 0;
    std::uint64_t dropped = 0; // the queue was full
};

class UdpSocket {
public:
    UdpSocket() = default;
    UdpSocket(const UdpSocket&) = delete;
    UdpSocket& operator=(const UdpSocket&) = delete;
    ~UdpSocket() { close(); }

    // Takes a local address (any: all of them) and port (0: a free one nobody can guess, of 32768 to 60999). With
    // `share`, beside sockets of the same port at other addresses (SO_REUSEADDR). Errors: AddressInUse,
    // AddressNotHere, Full.
    NetStatus open(Network& network, Endpoint local = {}, bool share = false);
    // Gives back what it holds, queued datagrams too. Twice is as good as once.
    void close();
    bool is_open() const { return network_ != nullptr; }

    // Fixes the peer: only its datagrams come, `send` goes there, its ICMP errors are told by take_problem. An
    // unspecified peer undoes it. Errors: NetworkUnreachable, Full.
    NetStatus connect(Endpoint remote);
    bool is_connected() const { return remote_.port != 0; }
    Endpoint local() const { return local_; } // with the address that `connect` chose
    Endpoint remote() const { return remote_; }

    // An empty packet with room for the headers before it, that the interface towards the peer, or `remote`, reaches;
    // null: none is left, or no route.
    Packet* allocate() { return interface_ ? with_room(interface_->port().pool().allocate()) : nullptr; }
    Packet* allocate_to(Ipv4Address remote);

    // Takes a packet, or a chain of them: one datagram to the peer. What is not taken (an error) stays the caller's,
    // as it was. Longer than a frame: sent in fragments, which are copies. Waiting for ARP it is kept, a few at a time.
    // Errors: NotConnected, TooBig, NoRoom, NetworkUnreachable, HostUnreachable.
    NetStatus send(Packet* packet);
    NetStatus send_to(Packet* packet, Endpoint remote);
    // Several datagrams to the peer with one ring of the doorbell. Returns how many it took, the first ones.
    std::size_t send_burst(std::span<Packet* const> packets);

    // The next datagram: its data() is the payload; further packets follow at `next` when it came in fragments. The
    // caller owns it, and may send it on as it is. Null: none.
    Packet* receive() {
        Packet* const packet = first_;
        if (packet) {
            first_ = next_queued(packet);
            queued_--;
        }
        return packet;
    }
    const Packet* peek() const { return first_; }
    // Who sent a datagram that `receive` or `peek` gave, until it is sent or released.
    static Endpoint source(const Packet& packet) {
        return {{static_cast<std::uint32_t>(packet.cookie[1] >> 32)},
                static_cast<std::uint16_t>(packet.cookie[1] >> 16)};
    }
    // Octets of payload of a datagram, all its packets together.
    static std::size_t payload_octets(const Packet& packet);

    // What ICMP or ARP has said of the peer since the last call: Refused, HostUnreachable, NetworkUnreachable.
    Problem take_problem() {
        const Problem problem = problem_;
        problem_ = Problem::None;
        return problem;
    }
    Problem problem() const { return problem_; }
    // Datagrams kept unread; more are dropped and counted. They keep packets of the port's pool busy.
    void set_queue_limit(std::size_t datagrams) { queue_limit_ = datagrams; }
    void set_time_to_live(std::uint8_t hops) { time_to_live_ = hops, path_.generation = 0; }
    // Whether sending to a broadcast address is meant (SO_BROADCAST); unless it is, HostUnreachable.
    void allow_broadcast(bool allow) { broadcast_ = allow; }
    // Called within poll when a datagram or a problem has come.
    void set_observer(void (*observer)(void* context), void* context) {
        observer_ = observer;
        observer_context_ = context;
    }
    const UdpCounters& counters() const { return counters_; }

    // For Interface: a datagram for this socket, from whom its cookie says, and news from ICMP.
    void deliver(Packet* packet) {
        if (queued_ >= queue_limit_) {
            counters_.dropped++;
            PacketPool::release(packet);
            return;
        }
        packet->cookie[0] = 0;
        if (first_)
            last_->cookie[0] =
                reinterpret_cast<std::uint64_t>(packet); // Safe: only next_queued reads it, as a Packet*.
        else
            first_ = packet;
        last_ = packet;
        queued_++;
        counters_.received++;
        if (observer_)
            observer_(observer_context_);
    }
    void tell(Problem problem);

private:
    // How to reach one peer: what is looked up once and kept while the interface's generation stands.
    struct Path {
        Interface* interface = nullptr;
        std::uint64_t generation = 0; // 0: none
        std::uint64_t remote = 0;     // udp_key of it
        std::uint16_t payload_max = 0;
        bool device_checksums = false;
        UdpTemplate headers{};
    };

    static Packet* with_room(Packet* packet) {
        if (packet)
            packet->offset = static_cast<std::uint16_t>(packet->offset + udp_headers_octets);
        return packet;
    }
    static Packet* next_queued(const Packet* packet) {
        return reinterpret_cast<Packet*>(packet->cookie[0]); // Safe: written by deliver alone.
    }
    bool is_ready(const Packet& packet, std::uint64_t remote) const {
        return path_.remote == remote && path_.generation != 0 && path_.generation == path_.interface->generation() &&
               !packet.next && packet.length <= path_.payload_max && packet.offset >= udp_headers_octets;
    }
    // Makes the path to a peer whose station is known.
    bool prepare(Interface& interface, Endpoint remote);
    void write_headers(Packet* packet);
    NetStatus send_prepared(Packet* packet);
    static void take_headers_off(Packet* packet) {
        packet->pull(udp_headers_octets);
        packet->flags = 0;
    }
    NetStatus send_slowly(Packet* packet, Endpoint remote);
    NetStatus choose_port(Network& network, bool share);
    std::uint64_t key() const { return udp_key(local_.port, remote_); }

    Path path_;
    std::uint64_t remote_key_ = 0; // of the peer, as Path::remote
    std::uint16_t identification_ = 0;
    std::uint8_t time_to_live_ = 64;
    bool broadcast_ = false;
    Problem problem_ = Problem::None;
    // Receiving.
    Packet* first_ = nullptr;
    Packet* last_ = nullptr;
    std::size_t queued_ = 0;
    std::size_t queue_limit_ = 256;
    void (*observer_)(void* context) = nullptr;
    void* observer_context_ = nullptr;
    UdpCounters counters_;
    // Who it is.
    Network* network_ = nullptr;
    Interface* interface_ = nullptr; // towards the peer
    Endpoint local_, remote_;
    Ipv4Address bound_; // as opened: any, or an address
};

} // namespace exo::net
