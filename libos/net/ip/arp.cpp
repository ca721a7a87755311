// The interface's ARP (RFC 826, RFC 5227): asking, answering, learning, giving up.
#include "libos/net/ip/interface.hpp"
#include "libos/net/wire/icmp.hpp"

namespace exo::net {

namespace {

// Frames are padded to 60 octets by the device or its driver.
constexpr std::uint16_t arp_frame_octets = ethernet_header_octets + arp_octets;

} // namespace

void Interface::input_arp(Packet* packet) {
    const auto message = parse_arp(packet->octets().subspan(ethernet_header_octets));
    PacketPool::release(packet);
    if (!message) {
        counters_.malformed++;
        return;
    }
    const std::uint64_t now = network_->clock().now();
    const AddressState before = claim_.state();
    const AddressClaim::Send defence = claim_.hear(*message, now, network_->clock());
    if (claim_.state() != before) { // InUse or Lost: it is another station's
        configuration_ = {};
        neighbours_.forget_all();
        network_->wake_at(now); // for those who watch
        return;
    }
    send_claim(defence);
    const bool for_us = !address().is_any() && message->target == address();
    if (message->sender.is_any() || message->sender == address()) {
        // A probe, or a conflict; nothing to learn.
    } else if (Neighbour* const neighbour = neighbours_.find(message->sender)) {
        heard_from(*neighbour, message->sender_mac, now);
    } else if (for_us && configuration_.is_on_link(message->sender)) {
        heard_from(neighbours_.add(message->sender, now), message->sender_mac, now);
    }
    if (for_us && message->operation == ArpOperation::Request && message->sender != address())
        send_arp(ArpOperation::Reply, message->sender_mac, address(), message->sender_mac, message->sender);
}

void Interface::send_arp(ArpOperation operation, const MacAddress& to, Ipv4Address sender, const MacAddress& target_mac,
                         Ipv4Address target) {
    Packet* const packet = port_->pool().allocate();
    if (!packet) {
        counters_.no_packets++;
        return;
    }
    packet->length = arp_frame_octets;
    write_ethernet_header(packet->data(), to, port_->address(), ethertype::arp);
    write_arp(packet->data() + ethernet_header_octets, {operation, port_->address(), sender, target_mac, target});
    if (!enqueue(packet))
        PacketPool::release(packet);
}

void Interface::send_claim(AddressClaim::Send what) {
    if (what == AddressClaim::Send::Nothing)
        return;
    const Ipv4Address sender = what == AddressClaim::Send::Probe ? any_address : claim_.address();
    send_arp(ArpOperation::Request, ethernet_broadcast, sender, {}, claim_.address());
}

void Interface::ask(Neighbour& neighbour) {
    const bool to_all = neighbour.state == Neighbour::State::Asking;
    send_arp(ArpOperation::Request, to_all ? ethernet_broadcast : neighbour.mac, address(), {}, neighbour.address);
}

void Interface::heard_from(Neighbour& neighbour, const MacAddress& mac, std::uint64_t now) {
    neighbours_.learn(neighbour, mac, now, network_->clock());
    network_->wake_at(neighbour.deadline);
    while (Packet* const frame = Neighbours::take_waiting(neighbour)) {
        put_mac(frame->data(), mac);
        if (!enqueue(frame))
            PacketPool::release(frame);
    }
}

const MacAddress* Interface::resolve(Ipv4Address hop) {
    if (is_broadcast(hop))
        return &ethernet_broadcast;
    if (address().is_loopback() || hop == address())
        return &port_->address();
    Neighbour* neighbour = neighbours_.find(hop);
    if (!neighbour) {
        const std::uint64_t now = network_->clock().now();
        neighbour = &neighbours_.add(hop, now);
        tick_neighbour(*neighbour, now); // asks at once
        network_->wake_at(neighbour->deadline);
    }
    return neighbour->is_usable() ? &neighbour->mac : nullptr;
}

std::uint64_t Interface::tick_neighbour(Neighbour& neighbour, std::uint64_t now) {
    if (now < neighbour.deadline)
        return neighbour.deadline;
    if (neighbour.attempts >= neighbour_attempts_max) {
        give_up(neighbour);
        return never;
    }
    if (neighbour.state == Neighbour::State::Known)
        neighbour.state = Neighbour::State::Refreshing;
    ask(neighbour);
    neighbour.attempts++;
    neighbour.deadline = network_->clock().after_ms(now, neighbour_retry_ms);
    return neighbour.deadline;
}

// Nobody answers: whoever waits for this neighbour is told.
void Interface::give_up(Neighbour& neighbour) {
    while (Packet* const frame = Neighbours::take_waiting(neighbour)) {
        const auto octets = frame->octets().subspan(ethernet_header_octets);
        const auto header = frame->next ? std::nullopt : parse_ipv4(octets);
        if (header && header->fragment_offset() == 0 && header->payload_octets() >= 8) {
            const std::byte* const ports = octets.data() + header->header_octets + ports_offset(header->protocol);
            network_->tell_unreachable(header->protocol,
                                       {{header->source, big16(ports)}, {header->destination, big16(ports + 2)}},
                                       Problem::HostUnreachable);
        }
        PacketPool::release(frame);
    }
    neighbours_.forget(neighbour);
}

} // namespace exo::net
