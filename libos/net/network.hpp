// Everything one vcore has of networks: interfaces, the table of UDP sockets, TCP once it is opened (tcp/stack.hpp).
// Polled: `poll` takes what has come, answers, and runs the timers; nothing happens between polls. Not shared between
// vcores, no lock inside: a program of several serialises its calls, or gives each vcore a network of its own (TCP
// excepted, of which a program has one).
#pragma once

#include "libos/net/address.hpp"
#include "libos/net/clock.hpp"
#include "libos/net/icmp/listener.hpp"
#include "libos/net/packet.hpp"
#include "libos/net/problem.hpp"
#include "libos/net/random.hpp"
#include "libos/net/udp/table.hpp"

#include <array>
#include <span>

namespace exo::net {

class Interface;

inline constexpr std::size_t interfaces_max = 8;

// The two ends of what an ICMP error answers. Of ICMP itself: see IcmpListener.
struct Conversation {
    Endpoint local, remote;
};

// A transport beside UDP: what the network tells it. `input` takes the packet, whose data are the IP payload.
struct Transport {
    void* context = nullptr;
    void (*input)(void* context, Interface& interface, Packet* packet, Ipv4Address source,
                  Ipv4Address destination) = nullptr;
    // ICMP, or ARP's silence, about something this side sent.
    void (*unreachable)(void* context, const Conversation& about, Problem problem) = nullptr;
    // Timers; returns the tick at which to be called again.
    std::uint64_t (*tick)(void* context, std::uint64_t now) = nullptr;
    // A burst of frames that `hold_burst` was called in has been dealt with.
    void (*end_burst)(void* context) = nullptr;
};

// Something with timers of its own; `tick` returns when to be called again.
struct Ticker {
    void* context = nullptr;
    std::uint64_t (*tick)(void* context, std::uint64_t now) = nullptr;
};
inline constexpr std::size_t tickers_max = interfaces_max;

class Network {
public:
    Network() = default;
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    void open(const Clock& clock, const Seed& seed);
    // Errors: Full. The interface is open and outlives the network.
    NetStatus add(Interface& interface);
    std::span<Interface* const> interfaces() const { return {interfaces_.data(), interface_count_}; }

    // Takes frames from every interface, up to a burst each, and runs what is due. Returns how many frames came.
    std::size_t poll();
    // When `poll` has something to do even if no frame comes: for Port::sleep.
    std::uint64_t deadline() const { return next_tick_ < never ? next_tick_ : 0; }
    // Asks for the timers to run at `tick` or earlier.
    void wake_at(std::uint64_t tick) {
        if (tick < next_tick_)
            next_tick_ = tick;
    }

    // Errors: Full.
    NetStatus add_ticker(const Ticker& ticker);

    // The interface to reach a destination by: the network's own addresses, then the longest prefix, then a gateway.
    // Null: no route.
    Interface* route(Ipv4Address destination) const;
    bool has_address(Ipv4Address address) const;
    // Whether a port of an IP protocol can be used at an address of this side, or at any: the flows that are held say
    // so.
    bool may_use(std::uint8_t protocol, Endpoint local) const;

    UdpTable& udp() { return udp_; }
    IcmpListeners& icmp() { return icmp_; }
    Random& random() { return random_; }
    const Clock& clock() const { return clock_; }
    const Transport& tcp() const { return tcp_; }
    void set_tcp(const Transport& tcp) { tcp_ = tcp; }
    // Asks for `Transport::end_burst` behind the burst that is being dealt with.
    void hold_burst() { burst_is_held_ = true; }
    void end_burst() {
        if (burst_is_held_) {
            burst_is_held_ = false;
            if (tcp_.end_burst)
                tcp_.end_burst(tcp_.context);
        }
    }
    // Delivers what ICMP or ARP found out to the socket it concerns.
    void tell_unreachable(std::uint8_t protocol, const Conversation& about, Problem problem);

private:
    void run_timers(std::uint64_t now);

    std::uint64_t next_tick_ = 0;
    std::uint32_t polls_ = 0;
    bool burst_is_held_ = false;
    std::size_t interface_count_ = 0;
    std::array<Interface*, interfaces_max> interfaces_{};
    Clock clock_;
    Random random_;
    Transport tcp_;
    std::size_t ticker_count_ = 0;
    std::array<Ticker, tickers_max> tickers_{};
    UdpTable udp_;
    IcmpListeners icmp_;
};

} // namespace exo::net
