// Echo requests (RFC 792, "Echo or Echo Reply Message"; RFC 1122, 3.2.2.6), one at a time, and what became of them.
// Polled as everything here: Network::poll brings the answer, and time is asked for.
//
//     Ping ping;
//     ping.open(network);
//     if (!ping.send(address, data, 1'000)) ...
//     while (ping.state() == Ping::State::Waiting)
//         if (network.poll() == 0) port.sleep(earliest of network.deadline() and ping.deadline());
#pragma once

#include "libos/net/icmp/listener.hpp"
#include "libos/net/icmp/send.hpp"

namespace exo::net {

class Ping {
public:
    enum class State : std::uint8_t { Idle, Waiting, Answered, TimedOut, Unreachable };

    Ping() = default;
    Ping(const Ping&) = delete;
    Ping& operator=(const Ping&) = delete;
    ~Ping() { close(); }

    // The identifier is one that nobody can guess. The network outlives this.
    void open(Network& network);
    // Twice is as good as once.
    void close();

    // Asks a station, with 0 to icmp_data_max octets that it is to give back. What was asked before is forgotten.
    // Errors: NoRoom, TooBig, NetworkUnreachable, HostUnreachable (a broadcast address), Closed.
    NetStatus send(Ipv4Address to, std::span<const std::byte> data, std::uint64_t timeout_ms,
                   std::uint8_t time_to_live = 64);

    // What has become of the last request; TimedOut by the clock.
    State state() const;
    // When Waiting ends by itself, in ticks.
    std::uint64_t deadline() const { return deadline_; }
    // Ticks from the request to the answer, once it is answered.
    std::uint64_t round_trip() const { return round_trip_; }
    // Of the answer: the hops that were left to it.
    std::uint8_t time_to_live() const { return time_to_live_; }
    // Why it is Unreachable: HostUnreachable, NetworkUnreachable, Refused.
    Problem problem() const { return problem_; }
    std::uint16_t identifier() const { return identifier_; }
    std::uint16_t sequence() const { return sequence_; }

private:
    NetStatus fill(Packet& first, std::span<const std::byte> data);
    void heard(const IcmpMessage& message);
    void refused(const Conversation& about, Problem problem);

    Network* network_ = nullptr;
    IcmpListener listener_;
    State state_ = State::Idle;
    std::uint16_t identifier_ = 0, sequence_ = 0;
    Ipv4Address asked_;
    std::size_t octets_ = 0; // of the message
    std::uint16_t sum_ = 0;  // of its data
    std::uint64_t sent_ = 0, deadline_ = 0, round_trip_ = 0;
    std::uint8_t time_to_live_ = 0;
    Problem problem_ = Problem::None;
};

} // namespace exo::net
