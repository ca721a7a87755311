// Gets an interface its address from a server, and keeps it (RFC 2131 4.4). Runs within Network::poll.
#pragma once

#include "libos/net/ip/interface.hpp"
#include "libos/net/wire/dhcp.hpp"

namespace exo::net {

enum class DhcpState : std::uint8_t {
    Idle,
    Selecting,  // waits for an offer
    Requesting, // waits for the offer to be confirmed
    Checking,   // probes whether anybody uses the address
    Bound,
    Renewing,  // asks the server that gave the lease
    Rebinding, // asks any
};

class DhcpClient {
public:
    DhcpClient() = default;
    DhcpClient(const DhcpClient&) = delete; // the interface refers to it where it stands
    DhcpClient& operator=(const DhcpClient&) = delete;

    // Begins to ask. The interface has no address yet; the client lives as long as the interface's network is polled.
    // Errors: Full.
    NetStatus begin(Interface& interface, const ClaimTimes& times = quick_claim_times);

    DhcpState state() const { return state_; }
    bool has_lease() const { return state_ >= DhcpState::Bound; }
    // What the server said, of use while there is a lease.
    const DhcpAnswer& lease() const { return lease_; }
    // Rounds of questions that nobody answered since `begin` or the last answer.
    std::uint32_t unanswered() const { return unanswered_; }
    // Offers that were refused again or were already in use, since `begin`.
    std::uint32_t conflicts() const { return conflicts_; }

private:
    static void input(void* context, std::span<const std::byte> message);
    static std::uint64_t tick(void* context, std::uint64_t now);
    void hear(const DhcpAnswer& answer);
    void run(std::uint64_t now);
    void restart(std::uint64_t now, std::uint64_t wait_ms);
    void ask(DhcpType type, std::uint64_t now);
    void send(const DhcpQuestion& question, Ipv4Address destination);
    void check_claim(std::uint64_t now);
    void keep_lease(std::uint64_t now);
    std::uint64_t after_s(std::uint64_t from, std::uint32_t seconds) const;

    Interface* interface_ = nullptr;
    ClaimTimes times_ = quick_claim_times;
    DhcpState state_ = DhcpState::Idle;
    DhcpAnswer lease_{};
    std::uint32_t transaction_ = 0;
    std::uint32_t attempt_ = 0; // of this round
    std::uint32_t unanswered_ = 0, conflicts_ = 0;
    std::uint64_t began_ = 0;    // to ask, in this round
    std::uint64_t deadline_ = 0; // of the next step
    std::uint64_t asked_ = 0;    // when the lease that is held was asked for: it counts from there
    std::uint64_t renew_at_ = never, rebind_at_ = never, ends_at_ = never;
};

} // namespace exo::net
