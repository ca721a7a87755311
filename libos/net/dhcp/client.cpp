// See client.hpp. Numbers in comments are sections of RFC 2131.
#include "libos/net/dhcp/client.hpp"

#include "libos/net/wire/ethernet.hpp"
#include "libos/net/wire/udp.hpp"

#include <algorithm>

namespace exo::net {

namespace {

// Waits of 1, 2, 4 and 8 s, then again. 4.1 begins with 4 s, which is long for a switch in the same room.
constexpr std::uint64_t first_wait_ms = 1000;
constexpr std::uint32_t attempts_max = 4;
constexpr std::uint64_t conflict_wait_ms = 10'000; // 3.1, step 5
constexpr std::uint32_t renewal_wait_min_s = 60;   // 4.4.5
constexpr std::uint32_t for_ever = ~0u;

} // namespace

NetStatus DhcpClient::begin(Interface& interface, const ClaimTimes& times) {
    const NetStatus added = interface.network().add_ticker({this, tick});
    if (!added)
        return added;
    interface_ = &interface;
    times_ = times;
    interface.set_dhcp({this, input});
    restart(interface.network().clock().now(), 0);
    return {};
}

void DhcpClient::restart(std::uint64_t now, std::uint64_t wait_ms) {
    state_ = DhcpState::Selecting;
    transaction_ = interface_->network().random().next32();
    attempt_ = 0;
    deadline_ = interface_->network().clock().after_ms(now, wait_ms);
    began_ = deadline_;
    interface_->network().wake_at(deadline_);
}

std::uint64_t DhcpClient::after_s(std::uint64_t from, std::uint32_t seconds) const {
    return seconds == for_ever
               ? never
               : interface_->network().clock().after_ms(from, static_cast<std::uint64_t>(seconds) * 1000);
}

void DhcpClient::input(void* context, std::span<const std::byte> message) {
    auto& client = *static_cast<DhcpClient*>(context);
    const auto answer = parse_dhcp(message, client.transaction_, client.interface_->port().address());
    if (answer)
        client.hear(*answer);
}

void DhcpClient::hear(const DhcpAnswer& answer) {
    const std::uint64_t now = interface_->network().clock().now();
    unanswered_ = 0;
    if (state_ == DhcpState::Selecting && answer.type == DhcpType::Offer) {
        if (answer.offered.is_any() || answer.offered.is_multicast() || answer.server.is_any())
            return;
        lease_ = answer;
        state_ = DhcpState::Requesting;
        attempt_ = 0;
        ask(DhcpType::Request, now);
        return;
    }
    const bool asked =
        state_ == DhcpState::Requesting || state_ == DhcpState::Renewing || state_ == DhcpState::Rebinding;
    if (asked && answer.type == DhcpType::Refuse) {
        interface_->clear_address();
        conflicts_++;
        return restart(now, first_wait_ms);
    }
    if (!asked || answer.type != DhcpType::Acknowledge || answer.offered.is_any() || answer.lease_s == 0)
        return;
    const Ipv4Configuration before = interface_->configuration();
    lease_ = answer;
    ends_at_ = after_s(asked_, answer.lease_s);
    // 4.4.5: at half and seven eighths of the lease, unless the server says otherwise.
    renew_at_ = after_s(asked_, answer.renew_s ? std::min(answer.renew_s, answer.lease_s) : answer.lease_s / 2);
    rebind_at_ = after_s(asked_, answer.rebind_s ? std::min(answer.rebind_s, answer.lease_s)
                                                 : answer.lease_s - answer.lease_s / 8);
    if (answer.lease_s == for_ever)
        renew_at_ = rebind_at_ = never;
    Ipv4Configuration configuration{answer.offered, answer.prefix.value_or(24), answer.router};
    if (!configuration.is_on_link(configuration.gateway))
        configuration.gateway = any_address;
    if (before == configuration) {
        state_ = DhcpState::Bound;
        deadline_ = renew_at_;
    } else {
        state_ = DhcpState::Checking;
        deadline_ = now;
        interface_->set_address(configuration, AddressClaim::Begin::Probe, times_);
    }
    interface_->network().wake_at(now);
}

std::uint64_t DhcpClient::tick(void* context, std::uint64_t now) {
    auto& client = *static_cast<DhcpClient*>(context);
    if (now >= client.deadline_)
        client.run(now);
    return client.deadline_;
}

void DhcpClient::run(std::uint64_t now) {
    switch (state_) {
    case DhcpState::Idle:
        deadline_ = never;
        return;
    case DhcpState::Selecting:
        return ask(DhcpType::Discover, now);
    case DhcpState::Requesting:
        return attempt_ < attempts_max ? ask(DhcpType::Request, now) : restart(now, 0);
    case DhcpState::Checking:
        return check_claim(now);
    case DhcpState::Bound:
    case DhcpState::Renewing:
    case DhcpState::Rebinding:
        return keep_lease(now);
    }
}

void DhcpClient::check_claim(std::uint64_t now) {
    const AddressState claim = interface_->address_state();
    if (claim == AddressState::Ready) {
        state_ = DhcpState::Bound;
        deadline_ = renew_at_;
    } else if (claim == AddressState::Probing) {
        deadline_ = interface_->network().clock().after_ms(now, 5);
    } else {
        conflicts_++;
        send({.type = DhcpType::Decline,
              .transaction = transaction_,
              .seconds = 0,
              .client = interface_->port().address(),
              .current = {},
              .requested = lease_.offered,
              .server = lease_.server},
             limited_broadcast);
        restart(now, conflict_wait_ms);
    }
}

void DhcpClient::keep_lease(std::uint64_t now) {
    if (interface_->address_state() != AddressState::Ready || now >= ends_at_) {
        interface_->clear_address();
        return restart(now, 0);
    }
    if (now < renew_at_) {
        deadline_ = renew_at_;
        return;
    }
    const DhcpState next = now < rebind_at_ ? DhcpState::Renewing : DhcpState::Rebinding;
    if (state_ == DhcpState::Bound)
        transaction_ = interface_->network().random().next32();
    if (state_ != next) {
        state_ = next;
        attempt_ = 0;
    }
    ask(DhcpType::Request, now);
    // Again after half of what is left of this state, a minute at least.
    const std::uint64_t end = state_ == DhcpState::Renewing ? rebind_at_ : ends_at_;
    deadline_ = std::min(end, std::max(now + (end - now) / 2, after_s(now, renewal_wait_min_s)));
}

void DhcpClient::ask(DhcpType type, std::uint64_t now) {
    const Clock& clock = interface_->network().clock();
    const std::uint64_t seconds = (now - std::min(began_, now)) / clock.ticks_per_ms / 1000;
    DhcpQuestion question{.type = type,
                          .transaction = transaction_,
                          .seconds = static_cast<std::uint16_t>(std::min<std::uint64_t>(seconds, 0xffff)),
                          .client = interface_->port().address(),
                          .current = {},
                          .requested = {},
                          .server = {}};
    Ipv4Address destination = limited_broadcast;
    if (type == DhcpType::Request) {
        asked_ = now;
        if (state_ == DhcpState::Requesting) { // 4.3.2
            question.requested = lease_.offered;
            question.server = lease_.server;
        } else {
            question.current = lease_.offered;
            if (state_ == DhcpState::Renewing && !lease_.server.is_any())
                destination = lease_.server;
        }
    }
    send(question, destination);
    const std::uint64_t wait_ms = first_wait_ms << std::min(attempt_, attempts_max - 1);
    attempt_++;
    if (attempt_ % attempts_max == 0)
        unanswered_++;
    deadline_ = clock.after_ms(now, wait_ms);
    interface_->network().wake_at(deadline_);
}

void DhcpClient::send(const DhcpQuestion& question, Ipv4Address destination) {
    Packet* const packet = interface_->port().pool().allocate();
    if (!packet)
        return; // asked again later
    packet->offset = static_cast<std::uint16_t>(packet->offset + ethernet_header_octets + ipv4_header_octets);
    std::byte* const udp = packet->data();
    const std::size_t octets = udp_header_octets + write_dhcp({udp + udp_header_octets, dhcp_octets_max}, question);
    packet->length = static_cast<std::uint16_t>(octets);
    write_udp(udp, {dhcp_client_port, dhcp_server_port, packet->length});
    const Sum pseudo = pseudo_header_sum(question.current.wire, destination.wire, ip_protocol::udp, packet->length);
    store16(udp + 6, udp_checksum_of(add_sums(sum_octets(packet->octets()), pseudo)));
    if (!interface_->send_ipv4(packet,
                               {.source = question.current, .destination = destination, .protocol = ip_protocol::udp}))
        PacketPool::release(packet);
}

} // namespace exo::net
