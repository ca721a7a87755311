// Whether an address is free to use, and keeping it: address conflict detection, RFC 5227. A pure state machine; the
// interface sends the ARP messages that it asks for and shows it those that come.
#pragma once

#include "libos/net/clock.hpp"
#include "libos/net/random.hpp"
#include "libos/net/wire/arp.hpp"

namespace exo::net {

struct ClaimTimes {
    std::uint32_t probe_wait_max_ms;    // PROBE_WAIT
    std::uint32_t probes;               // PROBE_NUM
    std::uint32_t probe_min_ms;         // PROBE_MIN
    std::uint32_t probe_max_ms;         // PROBE_MAX
    std::uint32_t announce_wait_ms;     // ANNOUNCE_WAIT
    std::uint32_t announcements;        // ANNOUNCE_NUM
    std::uint32_t announce_interval_ms; // ANNOUNCE_INTERVAL
    std::uint32_t defend_interval_ms;   // DEFEND_INTERVAL
};
// RFC 5227, section 1.1: for any Ethernet, bridges that are slow to open included. Takes four to seven seconds.
inline constexpr ClaimTimes standard_claim_times{1000, 3, 1000, 2000, 2000, 2, 2000, 10'000};
// For a switch in the same machine or rack, where an answer takes well under a millisecond: 150 ms.
inline constexpr ClaimTimes quick_claim_times{0, 3, 40, 40, 70, 2, 2000, 10'000};

enum class AddressState : std::uint8_t {
    None,    // no address is wanted
    Probing, // nobody has objected yet
    Ready,
    InUse, // somebody answered a probe: the address is not this station's
    Lost,  // somebody else uses the address and went on after it was defended: given up
};

class AddressClaim {
public:
    enum class Send : std::uint8_t { Nothing, Probe, Announcement };

    // Probe: it is used once nobody has objected. Meanwhile: it is used at once, and given up if somebody objects to
    // the same probes. Skip: it is used at once and only announced.
    enum class Begin : std::uint8_t { Probe, Meanwhile, Skip };
    void begin(Ipv4Address address, const MacAddress& own, const ClaimTimes& times, Begin how, std::uint64_t now,
               const Clock& clock, Random& random);
    void end() { state_ = AddressState::None; }

    // What is to be sent now. Call when `deadline` has come.
    Send tick(std::uint64_t now, const Clock& clock, Random& random);
    // A message that came. Announcement: the address is defended by it (RFC 5227 2.4 (b)).
    Send hear(const ArpMessage& message, std::uint64_t now, const Clock& clock);

    AddressState state() const { return state_; }
    std::uint64_t deadline() const { return deadline_; }
    Ipv4Address address() const { return address_; }
    // The other station, once InUse or Lost.
    const MacAddress& rival() const { return rival_; }

private:
    AddressState state_ = AddressState::None;
    Ipv4Address address_;
    MacAddress own_{}, rival_{};
    ClaimTimes times_ = standard_claim_times;
    std::uint32_t sent_ = 0; // probes, then announcements
    std::uint64_t deadline_ = never;
    std::uint64_t defended_at_ = 0; // 0: not yet
};

} // namespace exo::net
