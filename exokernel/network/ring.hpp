// Rings: memory that a flow's owner shares with the kernel (abi/flow_ring.hpp), and what the kernel believes of it. A
// ring serves up to ring_flows_max flows of one owner and one NIC. Every index of the owner is read once, compared, and
// masked; nothing of the kernel's depends on what the owner writes. Guarded by the kernel lock.
#pragma once

#include "secure-bindings/abi/flow.hpp"
#include "secure-bindings/abi/flow_ring.hpp"
#include "secure-bindings/capability/slot.hpp"

#include <span>

namespace exo {

inline constexpr std::size_t rings_max = 512;
inline constexpr std::size_t ring_flows_max = 8;
inline constexpr std::uint16_t no_ring = 0xffff;

struct Ring {
    std::uint16_t environment; // 0: free
    std::uint16_t nic;
    std::uint16_t vcore; // number: who is told
    std::uint8_t event;
    std::uint8_t flow_count;
    FlowNumber flow[ring_flows_max];
    SlotRef frames; // the capability that pays
    FlowRingSpec spec;
    FlowRing* page; // through the direct map, as are the arrays and buffers
    const FlowOffer* offers;
    FlowReceived* received;
    const FlowTransmit* transmits;
    FlowSent* sent;
    std::byte* buffers;
    std::uint32_t offer_taken;
    std::uint32_t received_index;
    std::uint32_t receive_taken; // as the owner last said
    std::uint32_t transmit_taken;
    std::uint16_t missed;
    bool sleeping; // its owner waits to be told of the next frame
};

extern Ring rings[rings_max];

struct RingRequest {
    std::uint16_t environment;
    std::uint16_t nic;
    std::uint16_t vcore; // number
    std::uint8_t event;
    SlotRef frames;
    FlowRingSpec spec;
};
// Makes a ring of what a Frames capability covers: checks, pins, and says in page 0 what it is. Errors: BadArgument
// (sizes), OutOfRange (frames), InUse (frames that are not Data, or pinned), TableFull.
Result<std::uint16_t> ring_make(const RingRequest& request);
// Takes it apart: the frames are the owner's alone again.
void ring_end(std::uint16_t ring);
// Whose frames a pinned Data frame's tenant says it is, for those who take frames.
std::uint16_t ring_of_tenant(std::uint16_t tenant);

// Puts a received frame into the next offered buffer and tells whoever sleeps. False when it was lost: no buffer, no
// slot, or the owner broke the ring's rules.
bool ring_deliver(Ring& ring, std::span<const std::byte> frame, std::uint16_t flags);
// Sets the bit of the ring's event.
void ring_signal(const Ring& ring);
// Frames that the owner wants sent, as far as the owner is to be believed.
std::uint32_t ring_transmits_waiting(Ring& ring);
// Copies the next frame to be sent, all of its pieces, and says how many slots it took; with status BadBuffer nothing
// was copied. The slots are given back by ring_sent.
struct RingFrame {
    SentStatus status; // Sent: so far nothing is wrong
    std::uint32_t slots;
    std::uint32_t octets;
    FlowTransmit first; // as read once
};
RingFrame ring_next_frame(const Ring& ring, std::uint32_t waiting, std::span<std::byte> copy);
void ring_sent(Ring& ring, const RingFrame& frame, SentStatus status);

} // namespace exo
