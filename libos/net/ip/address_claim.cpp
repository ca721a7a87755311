// See address_claim.hpp. Numbers in comments are sections of RFC 5227.
#include "libos/net/ip/address_claim.hpp"

namespace exo::net {

namespace {

std::uint64_t between(std::uint32_t low_ms, std::uint32_t high_ms, Random& random) {
    return low_ms + (high_ms > low_ms ? random.next() % (high_ms - low_ms + 1) : 0);
}

} // namespace

void AddressClaim::begin(Ipv4Address address, const MacAddress& own, const ClaimTimes& times, Begin how,
                         std::uint64_t now, const Clock& clock, Random& random) {
    address_ = address;
    own_ = own;
    times_ = times;
    sent_ = 0;
    defended_at_ = 0;
    state_ = how == Begin::Skip ? AddressState::Ready : AddressState::Probing;
    const std::uint64_t wait_ms = how == Begin::Probe ? between(0, times.probe_wait_max_ms, random) : 0;
    deadline_ = clock.after_ms(now, wait_ms);
}

AddressClaim::Send AddressClaim::tick(std::uint64_t now, const Clock& clock, Random& random) {
    if (now < deadline_)
        return Send::Nothing;
    if (state_ == AddressState::Probing && sent_ < times_.probes) {
        sent_++;
        const std::uint64_t wait_ms =
            sent_ < times_.probes ? between(times_.probe_min_ms, times_.probe_max_ms, random) : times_.announce_wait_ms;
        deadline_ = clock.after_ms(now, wait_ms);
        return Send::Probe;
    }
    if (state_ == AddressState::Probing) { // nobody objected: 2.1.1, last paragraph
        state_ = AddressState::Ready;
        sent_ = 0;
    }
    if (state_ == AddressState::Ready && sent_ < times_.announcements) {
        sent_++;
        deadline_ = sent_ < times_.announcements ? clock.after_ms(now, times_.announce_interval_ms) : never;
        return Send::Announcement;
    }
    deadline_ = never;
    return Send::Nothing;
}

AddressClaim::Send AddressClaim::hear(const ArpMessage& message, std::uint64_t now, const Clock& clock) {
    if (message.sender_mac == own_)
        return Send::Nothing;
    if (state_ == AddressState::Probing) {
        // 2.1.1: anybody who uses it, or who probes for it at the same time.
        const bool probes_too =
            message.operation == ArpOperation::Request && message.sender.is_any() && message.target == address_;
        if (message.sender == address_ || probes_too) {
            state_ = AddressState::InUse;
            rival_ = message.sender_mac;
            deadline_ = never;
        }
        return Send::Nothing;
    }
    if (state_ != AddressState::Ready || message.sender != address_)
        return Send::Nothing;
    // 2.4 (b): defend once, give up when it happens again soon.
    if (defended_at_ != 0 && now < clock.after_ms(defended_at_, times_.defend_interval_ms)) {
        state_ = AddressState::Lost;
        rival_ = message.sender_mac;
        deadline_ = never;
        return Send::Nothing;
    }
    defended_at_ = now;
    return Send::Announcement;
}

} // namespace exo::net
