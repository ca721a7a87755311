// A port with an IPv4 address: ARP, routing, IPv4 in and out, ICMP. Belongs to a Network, whose poll drives it.
// RFC 791, 792, 826, 1122, 5227.
#pragma once

#include "libos/net/ip/address_claim.hpp"
#include "libos/net/ip/neighbours.hpp"
#include "libos/net/ip/paths.hpp"
#include "libos/net/ip/reassembly.hpp"
#include "libos/net/network.hpp"

namespace exo::net {

struct InterfaceCounters {
    std::uint64_t malformed = 0;     // frames, headers, checksums
    std::uint64_t not_for_us = 0;    // another's address, or a protocol nobody speaks
    std::uint64_t transmit_full = 0; // frames given up because the ring stayed full
    std::uint64_t no_packets = 0;    // answers not made because the pool was empty
    std::uint64_t echo_replies = 0;
    std::uint64_t icmp_errors_sent = 0;
};

// Who hears the messages of DHCP's client port, before there is an address too.
struct DhcpListener {
    void* context = nullptr;
    void (*input)(void* context, std::span<const std::byte> message) = nullptr;
};

class Interface {
public:
    Interface() = default;
    Interface(const Interface&) = delete;
    Interface& operator=(const Interface&) = delete;

    // Binds the port. The network's `add` comes after. Both outlive the interface.
    void open(Network& network, Port& port);

    // Takes an address; `how` says from when on it is used (watch address_state). When somebody else has it, there is
    // none.
    void set_address(const Ipv4Configuration& configuration, AddressClaim::Begin how = AddressClaim::Begin::Skip,
                     const ClaimTimes& times = quick_claim_times);
    void clear_address();
    AddressState address_state() const { return claim_.state(); }
    const MacAddress& rival() const { return claim_.rival(); }
    // What is in force; the address is any while none is used.
    const Ipv4Configuration& configuration() const { return configuration_; }
    Ipv4Address address() const { return configuration_.address; }
    // Largest IPv4 packet sent whole; received ones may be longer.
    std::uint16_t mtu() const { return mtu_; }
    // Smaller than the port's own, at least ipv4_mtu_min.
    void set_mtu(std::uint16_t octets);

    Port& port() { return *port_; }
    Network& network() { return *network_; }
    const InterfaceCounters& counters() const { return counters_; }
    const ReassemblyCounters& reassembly_counters() const { return reassembly_.counters(); }
    // See Neighbours::generation.
    std::uint64_t generation() const { return neighbours_.generation(); }

    // For Network, DHCP and the transports.

    void set_dhcp(const DhcpListener& listener) { dhcp_ = listener; }

    std::size_t poll();
    // Runs what is due; returns when to be called again.
    std::uint64_t tick(std::uint64_t now);
    // What a frame to `destination` is to be addressed to: itself or the gateway; any when there is no way.
    Ipv4Address next_hop(Ipv4Address destination) const;
    bool is_broadcast(Ipv4Address address) const {
        return address.is_limited_broadcast() || (!address.is_any() && address == configuration_.broadcast());
    }
    // The station's MAC address if it is known now; else null, and it is asked for.
    const MacAddress* resolve(Ipv4Address next_hop);
    // Sends a payload as one packet, or in fragments. Takes it on success, or else leaves it as it was. It lies queued
    // until flush. Errors: NetworkUnreachable, TooBig (do_not_fragment), NoRoom.
    NetStatus send_ipv4(Packet* payload, const Ipv4Send& how);
    // Whether the port makes a transport's checksum (packet_flag::checksum_needed) in a payload of so many octets: it
    // goes out in one frame.
    bool makes_checksum(std::size_t payload_octets) const {
        return offers(port_offer::transmit_checksum) && payload_octets + ipv4_header_octets <= mtu_;
    }
    // Gives the port what is queued, with one ring.
    void flush();
    // Whether a frame made now would be taken: a packet is left for it, and a place in the queue.
    bool has_room() const { return transmit_queued_ < transmit_queue_max && port_->pool().free_count() != 0; }
    // Answers a datagram that could not be delivered; the packet's data are its payload. Not answered: broadcasts, what
    // comes too often (RFC 1122 3.2.2).
    void send_unreachable(const Packet& packet, const Ipv4Header& header, std::uint8_t code);
    // What a packet to `destination` names as its source.
    Ipv4Address source_for(Ipv4Address destination) const;
    bool offers(std::uint32_t offer) const { return port_->offers() & offer; }

private:
    void input(Packet* packet);
    void input_tcp(Packet* packet);
    void input_slowly(Packet* packet);
    void input_arp(Packet* packet);
    void input_local(Packet* packet, const Ipv4Header& header, std::size_t payload_octets);
    void input_icmp(Packet* packet, const Ipv4Header& header, std::size_t payload_octets);
    void input_icmp_error(const Packet& packet);
    void input_udp(Packet* packet, const Ipv4Header& header, std::size_t payload_octets);
    void input_ipv4(Packet* packet);
    bool is_local(const Ipv4Header& header) const;
    void send_arp(ArpOperation operation, const MacAddress& to, Ipv4Address sender, const MacAddress& target_mac,
                  Ipv4Address target);
    void send_claim(AddressClaim::Send what);
    void ask(Neighbour& neighbour);
    void heard_from(Neighbour& neighbour, const MacAddress& mac, std::uint64_t now);
    std::uint64_t tick_neighbour(Neighbour& neighbour, std::uint64_t now);
    void give_up(Neighbour& neighbour);
    void adopt_address();
    bool send_on(const Ipv4Path& path, Packet* payload);
    NetStatus send_whole(Packet* payload, std::size_t octets, const Ipv4Send& how, Ipv4Address hop);
    NetStatus send_fragments(Packet* payload, std::size_t octets, const Ipv4Send& how, Ipv4Address hop);
    bool send_fragment(const Packet* payload, std::size_t begin, std::size_t octets, const Ipv4Header& header,
                       Ipv4Address hop);
    // Takes a frame complete but for its destination, which is asked for.
    bool transmit(Packet* frame, Ipv4Address hop);
    bool keep_waiting(Packet* frame, Ipv4Address hop); // until the hop answers
    bool enqueue(Packet* frame);
    bool may_send_error();

    static constexpr std::size_t burst_max = 32;
    static constexpr std::size_t transmit_queue_max = 64;

    Port* port_ = nullptr;
    Network* network_ = nullptr;
    Ipv4Configuration configuration_{};
    Ipv4Configuration wanted_{}; // while it is probed
    std::uint16_t mtu_ = 1500;
    std::uint16_t identification_ = 0;
    std::size_t transmit_queued_ = 0;
    std::array<Packet*, transmit_queue_max> transmit_queue_{};
    InterfaceCounters counters_;
    DhcpListener dhcp_;
    std::uint64_t errors_allowed_at_ = 0; // token bucket of ICMP errors
    AddressClaim claim_;
    Neighbours neighbours_;
    Ipv4Paths paths_;
    Reassembly reassembly_;
};

} // namespace exo::net
