// See ping.hpp.
#include "libos/net/icmp/ping.hpp"

#include "libos/net/ip/chain.hpp"

#include <algorithm>

namespace exo::net {

namespace {

// Of everything in a message but its first four octets: type, code and checksum differ between request and reply.
std::uint16_t sum_of_rest(const Packet* message) {
    const Sum beginning = sum_octets(message->octets().first(4));
    return fold(add_sums(sum_chain(message), static_cast<std::uint16_t>(~fold(beginning))));
}

// Ones' complement has two zeros.
bool is_same_sum(std::uint16_t left, std::uint16_t right) {
    return left % 0xffff == right % 0xffff;
}

} // namespace

void Ping::open(Network& network) {
    close();
    network_ = &network;
    identifier_ = static_cast<std::uint16_t>(network.random().next());
    listener_.context = this;
    listener_.heard = [](void* ping, const IcmpMessage& message) { static_cast<Ping*>(ping)->heard(message); };
    listener_.unreachable = [](void* ping, const Conversation& about, Problem problem) {
        static_cast<Ping*>(ping)->refused(about, problem);
    };
    network.icmp().add(listener_);
}

void Ping::close() {
    if (network_)
        network_->icmp().remove(listener_);
    network_ = nullptr;
    state_ = State::Idle;
}

// Octets behind the first packet's, in as many of its pool as they need.
NetStatus Ping::fill(Packet& first, std::span<const std::byte> data) {
    Packet* last = &first;
    while (!data.empty()) {
        if (last->tail_room() == 0) {
            Packet* const more = first.pool->allocate();
            if (!more)
                return std::unexpected(Problem::NoRoom);
            last = last->next = more;
        }
        const std::size_t part = std::min<std::size_t>(last->tail_room(), data.size());
        __builtin_memcpy(last->data() + last->length, data.data(), part);
        last->length = static_cast<std::uint16_t>(last->length + part);
        data = data.subspan(part);
    }
    return {};
}

NetStatus Ping::send(Ipv4Address to, std::span<const std::byte> data, std::uint64_t timeout_ms,
                     std::uint8_t time_to_live) {
    if (!network_)
        return std::unexpected(Problem::Closed);
    state_ = State::Idle;
    if (data.size() > icmp_data_max)
        return std::unexpected(Problem::TooBig);
    if (!network_->route(to))
        return std::unexpected(Problem::NetworkUnreachable);
    Packet* const request = allocate_icmp(*network_, to);
    if (!request)
        return std::unexpected(Problem::NoRoom);
    request->length = icmp_header_octets;
    std::byte* const icmp = request->data();
    store64(icmp, 0);
    icmp[0] = std::byte{icmp_type::echo};
    put_big16(icmp + 4, identifier_);
    put_big16(icmp + 6, ++sequence_);
    NetStatus status = fill(*request, data);
    const std::uint16_t sum = sum_of_rest(request);
    const std::uint64_t now = network_->clock().now();
    if (status)
        status = send_icmp(*network_, request, {.destination = to, .source = {}, .time_to_live = time_to_live});
    if (!status) {
        PacketPool::release(request);
        return status;
    }
    asked_ = to;
    octets_ = icmp_header_octets + data.size();
    sum_ = sum;
    sent_ = now;
    deadline_ = network_->clock().after_ms(now, timeout_ms);
    problem_ = Problem::None;
    state_ = State::Waiting;
    return {};
}

Ping::State Ping::state() const {
    return state_ == State::Waiting && network_->clock().now() >= deadline_ ? State::TimedOut : state_;
}

void Ping::heard(const IcmpMessage& message) {
    const std::byte* const icmp = message.octets->data();
    if (state_ != State::Waiting || icmp[0] != std::byte{icmp_type::echo_reply} || icmp[1] != std::byte{0} ||
        message.header.source != asked_ || big16(icmp + 4) != identifier_ || big16(icmp + 6) != sequence_ ||
        message.count != octets_ || !is_same_sum(sum_of_rest(message.octets), sum_))
        return;
    const std::uint64_t now = network_->clock().now();
    if (now >= deadline_)
        return;
    round_trip_ = now - sent_;
    time_to_live_ = message.header.time_to_live;
    state_ = State::Answered;
}

void Ping::refused(const Conversation& about, Problem problem) {
    if (state_ != State::Waiting || about.remote.address != asked_ || about.local.port != identifier_ ||
        about.remote.port != sequence_)
        return;
    problem_ = problem;
    state_ = State::Unreachable;
}

} // namespace exo::net
