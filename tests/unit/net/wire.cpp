// See wire.hpp.
#include "tests/unit/net/wire.hpp"

#include "libos/net/wire/checksum.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace net_test {

using namespace exo::net;

void Wire::carry(const FakePort* from, Octets frame) {
    frames++;
    if (tap)
        tap(frame);
    if (happens(faults.loss) || (loses && loses(frame)))
        return;
    const bool twice = happens(faults.duplication);
    for (int copy = 0; copy < (twice ? 2 : 1); copy++) {
        std::uint64_t due = now_ms + faults.delay_ms;
        if (happens(faults.reordering))
            due += 1 + generator_() % 5;
        flying_.push_back({due, from, frame});
    }
}

void Wire::deliver() {
    const std::size_t count = flying_.size();
    for (std::size_t i = 0; i < count; i++) {
        InFlight next = std::move(flying_.front());
        flying_.pop_front();
        if (next.due_ms > now_ms) {
            flying_.push_back(std::move(next));
            continue;
        }
        for (FakePort* port : ports_) {
            const bool for_it = (next.frame[0] & 1) || std::memcmp(next.frame.data(), port->address().data(), 6) == 0;
            if (port != next.from && for_it)
                port->put(next.frame);
        }
    }
}

FakePort::FakePort(Wire& wire, std::uint8_t number, const Shape& shape)
    : wire_(wire), shape_(shape), memory_(new std::byte[shape.packets * packet_buffer_bytes]), books_(shape.packets) {
    address_ = {0x52, 0x54, 0, 0, 0, number};
    frame_octets_max_ = shape.frame_octets_max;
    offers_ = shape.offers;
    pool_ = &storage_;
    storage_.open({memory_.get(), shape.packets * packet_buffer_bytes}, 0x10000, books_);
    wire.attach(*this);
}

std::size_t FakePort::receive(std::span<Packet*> into) {
    std::size_t count = 0;
    while (count < into.size() && !arrived_.empty()) {
        const Octets& frame = arrived_.front();
        Packet* const packet = frame.size() <= packet_buffer_bytes - packet_headroom ? storage_.allocate() : nullptr;
        if (packet) { // else dropped: no buffer
            std::transform(frame.begin(), frame.end(), packet->data(),
                           [](std::uint8_t octet) { return std::byte{octet}; });
            packet->length = static_cast<std::uint16_t>(frame.size());
            into[count++] = packet;
        }
        arrived_.pop_front();
    }
    counters_.received_packets += count;
    return count;
}

std::size_t FakePort::send(std::span<Packet* const> frames) {
    std::size_t count = 0;
    for (Packet* const packet : frames) {
        if (count == shape_.ring || (ring_stuck && ring_room == 0))
            break;
        ring_room -= ring_stuck;
        Octets frame;
        for (const Packet* piece = packet; piece; piece = piece->next) {
            if (piece != packet && !(offers_ & port_offer::chained_transmit))
                std::abort(); // a chain was never offered
            const auto* const octets = reinterpret_cast<const std::uint8_t*>(piece->data()); // Safe: octets.
            frame.insert(frame.end(), octets, octets + piece->length);
        }
        if (frame.size() > frame_octets_max_ || frame.size() < 14)
            std::abort();
        if (packet->flags & packet_flag::checksum_needed) {
            if (!(offers_ & port_offer::transmit_checksum))
                std::abort();
            const std::size_t start = packet->checksum_start, field = start + packet->checksum_offset;
            const auto* const octets = reinterpret_cast<const std::byte*>(frame.data()); // Safe: octets.
            const std::uint16_t sum = checksum_of(sum_octets({octets + start, frame.size() - start}));
            std::memcpy(frame.data() + field, &sum, 2);
        }
        if (frame.size() < 60)
            frame.resize(60);
        wire_.carry(this, std::move(frame));
        PacketPool::release(packet);
        count++;
    }
    counters_.sent_packets += count;
    return count;
}

} // namespace net_test
