// Frames into and out of rings; see ring.hpp. The owner may write anything anywhere in a ring at any time: each of its
// words is loaded once, and what does not fit is left alone and marked in `faults`.
#include "exokernel/cpu/scheduler.hpp"
#include "exokernel/network/nic.hpp"

#include <cstring>

namespace exo {

namespace {

std::uint32_t load(const std::uint32_t& word) {
    return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}

void publish(std::uint32_t& word, std::uint32_t value) {
    __atomic_store_n(&word, value, __ATOMIC_RELEASE);
}

void wake(Ring& ring) {
    if (!ring.sleeping)
        return;
    ring.sleeping = false;
    nics[ring.nic].sleepers--;
    ring_signal(ring);
}

void lose(Ring& ring, std::uint64_t& count) {
    count++;
    if (ring.missed != 0xffff)
        ring.missed++;
    wake(ring);
}

// Whether the owner has a free slot for a received frame.
bool has_slot(Ring& ring) {
    std::uint32_t taken = load(ring.page->receive_taken);
    // Between what it was and what has been given it.
    if (slots_used(taken, ring.receive_taken) > slots_used(ring.received_index, ring.receive_taken)) {
        ring.page->faults |= ring_fault::received;
        return false;
    }
    ring.receive_taken = taken;
    return slots_used(ring.received_index, taken) < ring.spec.received;
}

// The next buffer that the owner offers, or `buffers` when there is none. Looks at a bounded number of offers.
std::uint32_t next_buffer(Ring& ring) {
    constexpr unsigned bad_offers_max = 8;
    std::uint32_t offered = slots_used(load(ring.page->offered), ring.offer_taken);
    if (offered > ring.spec.offers) {
        ring.page->faults |= ring_fault::offers;
        return ring.spec.buffers;
    }
    for (unsigned bad = 0; offered && bad < bad_offers_max; offered--, bad++) {
        std::uint32_t buffer = load(ring.offers[ring.offer_taken & (ring.spec.offers - 1)].buffer);
        ring.offer_taken++;
        publish(ring.page->offer_taken, ring.offer_taken);
        if (buffer < ring.spec.buffers)
            return buffer;
        ring.page->bad_offers++;
    }
    return ring.spec.buffers;
}

} // namespace

void ring_signal(const Ring& ring) {
    if (Vcore* vcore = vcore_table[ring.vcore])
        post(*vcore, pending::event, 1ull << ring.event);
}

bool ring_deliver(Ring& ring, std::span<const std::byte> frame, std::uint16_t flags) {
    if (!has_slot(ring)) {
        lose(ring, ring.page->lost_no_slot);
        return false;
    }
    std::uint32_t buffer = next_buffer(ring);
    if (buffer == ring.spec.buffers || frame.size() > page_bytes - ring.spec.receive_offset) {
        lose(ring, ring.page->lost_no_buffer);
        return false;
    }
    memcpy(ring.buffers + buffer * page_bytes + ring.spec.receive_offset, frame.data(), frame.size());
    ring.received[ring.received_index & (ring.spec.received - 1)] = {
        .buffer = buffer,
        .offset = static_cast<std::uint16_t>(ring.spec.receive_offset),
        .length = static_cast<std::uint16_t>(frame.size()),
        .flags = flags,
        .missed = ring.missed,
        .frame = static_cast<std::uint32_t>(ring.spec.buffer_frame + buffer),
    };
    ring.missed = 0;
    publish(ring.page->received, ++ring.received_index);
    wake(ring);
    return true;
}

std::uint32_t ring_transmits_waiting(Ring& ring) {
    std::uint32_t waiting = slots_used(load(ring.page->transmit_given), ring.transmit_taken);
    if (waiting <= ring.spec.transmits)
        return waiting;
    ring.page->faults |= ring_fault::transmits;
    return 0;
}

RingFrame ring_next_frame(const Ring& ring, std::uint32_t waiting, std::span<std::byte> copy) {
    RingFrame frame{SentStatus::Sent, 0, 0, {}};
    for (bool more = true; more;) {
        if (frame.slots == waiting || frame.slots == flow_pieces_max) {
            frame.status = SentStatus::BadBuffer; // goes on behind what was given, or without end
            return frame;
        }
        // Read once: the owner may change the slot at any time.
        FlowTransmit piece;
        const volatile auto* words = reinterpret_cast<const volatile std::uint64_t*>(
            &ring.transmits[(ring.transmit_taken + frame.slots) & (ring.spec.transmits - 1)]); // Safe: 16 octets.
        std::uint64_t read[2] = {words[0], words[1]};
        memcpy(&piece, read, sizeof piece);
        if (frame.slots == 0)
            frame.first = piece;
        frame.slots++;
        more = piece.flags & transmit_flag::more;
        bool inside =
            piece.buffer < ring.spec.buffers && piece.length <= page_bytes && piece.offset <= page_bytes - piece.length;
        if (!inside || piece.flags & ~transmit_flag::all || piece.reserved)
            frame.status = SentStatus::BadBuffer;
        else if (piece.length > copy.size() - frame.octets)
            frame.status = frame.status == SentStatus::Sent ? SentStatus::BadFrame : frame.status;
        if (frame.status != SentStatus::Sent)
            continue;
        memcpy(copy.data() + frame.octets, ring.buffers + piece.buffer * page_bytes + piece.offset, piece.length);
        frame.octets += piece.length;
    }
    return frame;
}

void ring_sent(Ring& ring, const RingFrame& frame, SentStatus status) {
    for (std::uint32_t i = 0; i < frame.slots; i++)
        ring.sent[(ring.transmit_taken + i) & (ring.spec.transmits - 1)].status = status;
    ring.transmit_taken += frame.slots;
    if (status != SentStatus::Sent)
        ring.page->refused++;
    publish(ring.page->transmit_taken, ring.transmit_taken);
}

} // namespace exo
