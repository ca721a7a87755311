// Frames between a NIC's device and the rings of its flows; see nic.hpp.
#include "exokernel/device/device.hpp"
#include "exokernel/memory/info_pages.hpp"
#include "exokernel/network/nic.hpp"
#include "exokernel/network/program.hpp"
#include "secure-bindings/flow/flow_key.hpp"
#include "secure-bindings/flow/transmit_check.hpp"

#include <algorithm>
#include <cstring>

namespace exo {

namespace {

constexpr unsigned interrupt_budget = 256;

std::span<const std::uint8_t> as_octets(const std::byte* octets, std::size_t count) {
    return {reinterpret_cast<const std::uint8_t*>(octets), count}; // Safe: octets by another name.
}

bool has_program(const FlowState& state) {
    return state.program != no_program && programs[state.program].state == ProgramState::Bound;
}

// Sends a frame back as a handler left it, if its flow lets it out and the wire has room.
bool answer(Nic& nic, FlowNumber flow, const NicDevice::Frame& frame) {
    std::byte* room = nic.device->transmit_room();
    if (!room)
        return false;
    memcpy(room, frame.octets, frame.length);
    auto headers = as_octets(room, std::min<std::size_t>(frame.length, flow_header_octets));
    std::size_t length_max = nic.device->mtu() + ethernet_octets;
    if (check_transmit(nic.book.at(flow).spec, headers, frame.length, length_max, nic.device->address()) !=
        TransmitVerdict::Allowed)
        return false;
    nic.device->send(frame.length, {});
    return true;
}

void deliver(Nic& nic, const NicDevice::Frame& frame) {
    NicInfo& info = nic_infos[nic.number];
    info.received++;
    FlowKey key = parse_flow_key(as_octets(frame.octets, frame.length), FlowSide::Receive);
    FlowNumber flow = nic.book.lookup(0, key);
    const FlowState& state = nic.flows[flow];
    Ring* ring = state.ring == no_ring ? nullptr : &rings[state.ring];
    if (frame.length >= ethernet_octets && has_program(state)) {
        FilterVerdict verdict =
            program_run(programs[state.program], {frame.octets, frame.length, frame.checksum_good}, ring);
        if (verdict == FilterVerdict::Reply && answer(nic, flow, frame)) {
            info.answered++;
            return;
        }
        if (verdict != FilterVerdict::Deliver) {
            info.consumed++;
            if (ring && verdict != FilterVerdict::Consume)
                ring->page->lost_filtered++;
            return;
        }
    }
    if (!ring || frame.length < ethernet_octets) {
        info.unclaimed++;
        return;
    }
    std::uint16_t flags = frame.checksum_good ? receive_flag::checksum_good : 0;
    (ring_deliver(*ring, {frame.octets, frame.length}, flags) ? info.delivered : info.overrun)++;
}

SentStatus status_of(TransmitVerdict verdict) {
    switch (verdict) {
    case TransmitVerdict::Allowed:
        return SentStatus::Sent;
    case TransmitVerdict::BadLength:
    case TransmitVerdict::Malformed:
    case TransmitVerdict::VlanTag:
        return SentStatus::BadFrame;
    case TransmitVerdict::WrongSource:
    case TransmitVerdict::OutsideFlow:
    case TransmitVerdict::SourceRoute:
        return SentStatus::OutsideFlow;
    }
    return SentStatus::BadFrame;
}

// Whether one of a ring's flows lets a frame out. What is looked at is the kernel's copy, which is what is sent.
SentStatus check(const Nic& nic, const Ring& ring, const std::byte* octets, std::uint32_t length) {
    std::size_t length_max = nic.device->mtu() + ethernet_octets;
    auto headers = as_octets(octets, std::min<std::size_t>(length, flow_header_octets));
    SentStatus status = SentStatus::OutsideFlow;
    for (std::uint8_t i = 0; i < ring.flow_count && status != SentStatus::Sent; i++)
        status = status_of(
            check_transmit(nic.book.at(ring.flow[i]).spec, headers, length, length_max, nic.device->address()));
    return status;
}

// The ones' complement sum that the device does not make (RFC 1071).
void sum(std::byte* octets, std::uint32_t length, const FlowTransmit& first) {
    std::uint64_t total = 0;
    for (std::uint32_t i = first.checksum_start; i < length; i += 2) {
        auto high = static_cast<std::uint32_t>(octets[i]) << 8;
        total += high + (i + 1 < length ? static_cast<std::uint32_t>(octets[i + 1]) : 0);
    }
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    std::uint32_t at = first.checksum_start + first.checksum_offset;
    octets[at] = static_cast<std::byte>(~total >> 8);
    octets[at + 1] = static_cast<std::byte>(~total);
}

// Sends the next frame of a ring by `room`, or says why not. Returns the octets that its turn has cost.
std::uint32_t send_one(Nic& nic, Ring& ring, std::uint32_t waiting, std::byte* room) {
    RingFrame frame = ring_next_frame(ring, waiting, {room, nic_frame_room});
    SentStatus status = frame.status;
    if (status == SentStatus::Sent)
        status = check(nic, ring, room, frame.octets);
    bool summed = frame.first.flags & transmit_flag::checksum;
    if (status == SentStatus::Sent && summed) {
        auto headers = as_octets(room, std::min<std::size_t>(frame.octets, flow_header_octets));
        if (!checksum_request_fits(headers, frame.octets, frame.first.checksum_start, frame.first.checksum_offset))
            status = SentStatus::BadChecksum;
        else if (!nic.device->sums())
            sum(room, frame.octets, frame.first);
    }
    NicInfo& info = nic_infos[nic.number];
    if (status == SentStatus::Sent) {
        bool by_device = summed && nic.device->sums();
        nic.device->send(static_cast<std::uint16_t>(frame.octets),
                         {by_device, frame.first.checksum_start, frame.first.checksum_offset});
        info.sent++;
    } else {
        info.refused++;
    }
    ring_sent(ring, frame, status);
    return std::max<std::uint32_t>(frame.octets, ethernet_octets);
}

void arm_receive(Nic& nic) {
    nic.device->want_receive_interrupt(true);
    (void)arm_interrupt(nic.function, nic_receive_vector);
}

} // namespace

void nic_receive(Nic& nic, unsigned budget) {
    unsigned count = std::min<unsigned>(nic.device->pending(), budget);
    if (count == 0)
        return;
    for (; count; count--) {
        NicDevice::Frame frame = nic.device->take();
        if (!frame.octets)
            break;
        deliver(nic, frame);
        nic.device->give_back(frame);
    }
    nic.device->flush();
}

namespace {

// Sends up to `budget` frames, as long as the wire has room; what is left of the budget.
unsigned send_turns(Nic& nic, unsigned budget) {
    MemberNumber member;
    for (; budget && (member = nic.fair.turn()) != no_member; budget--) {
        Ring& ring = rings[member];
        std::uint32_t waiting = ring_transmits_waiting(ring);
        if (waiting == 0) {
            nic.fair.rest(member);
            continue;
        }
        std::byte* room = nic.device->transmit_room();
        if (!room)
            break;
        nic.fair.sent(send_one(nic, ring, waiting, room));
    }
    nic.device->flush();
    return budget;
}

} // namespace

void nic_transmit(Nic& nic, unsigned budget) {
    budget = send_turns(nic, budget);
    // The wire is full: the rest goes out as room comes, whoever asks next, or by the device's word.
    if (!nic.fair.empty() && !nic.transmit_armed) {
        nic.transmit_armed = true;
        nic.device->want_transmit_interrupt(true);
        (void)arm_interrupt(nic.function, nic_transmit_vector);
        // Room may have come before the device was asked: of one more frame at least it then says that it is sent.
        (void)send_turns(nic, std::max(budget, 1u));
    }
}

void ring_has_frames(Nic& nic, std::uint16_t ring) {
    nic.fair.wake(ring);
}

void ring_sleeps(Nic& nic, std::uint16_t number) {
    Ring& ring = rings[number];
    if (!ring.sleeping) {
        ring.sleeping = true;
        nic.sleepers++;
    }
    arm_receive(nic);
    nic_receive(nic, interrupt_budget); // what came before the interrupt was asked for
}

void nic_received_interrupt(std::uint32_t number) {
    Nic& nic = nics[number];
    if (!nic.used || nic.stopped)
        return;
    nic_infos[number].interrupts++;
    nic.device->want_receive_interrupt(false);
    nic_receive(nic, interrupt_budget);
    if (nic.sleepers == 0)
        return;
    arm_receive(nic);
    nic_receive(nic, interrupt_budget);
}

void nic_sent_interrupt(std::uint32_t number) {
    Nic& nic = nics[number];
    if (!nic.used || nic.stopped)
        return;
    nic_infos[number].interrupts++;
    nic.transmit_armed = false;
    nic.device->want_transmit_interrupt(false);
    nic_transmit(nic, interrupt_budget);
}

} // namespace exo
