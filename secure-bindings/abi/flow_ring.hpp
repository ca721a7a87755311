// The memory that the kernel shares with the owner of a flow: indices, offered buffers, packets received, packets to
// send. It lies in frames of the owner. Both sides write; what the owner writes is a claim, which the kernel reads once
// into its own registers, masks, and checks. Nothing the kernel needs to be right is kept here alone: it has its own
// copies of its indices, of the sizes, and of which frames the buffers are.
//
// Layout: page 0 is FlowRing, then, each from a page's beginning on and in this order, the four arrays
//   FlowOffer[offers]   FlowReceived[received]   FlowTransmit[transmits]   FlowSent[transmits]
// A buffer is a page of a run that the owner bound with the ring: buffer b is page b of that run, 0 <= b < buffers.
//
// Indices count up without end, modulo 2^32; slot i of an array of n is i & (n - 1). A producer's index is stored with
// release after the slot, and read with acquire before it. Between the two sides of an array producer - consumer,
// modulo 2^32, is the number of slots in use. The kernel refuses an index of the owner that breaks
//   offers:    0 <= offered  - offer_taken     <= offers
//   received:  0 <= received - receive_taken   <= received_slots, and receive_taken not before what it was
//   transmit:  0 <= transmit_given - transmit_taken <= transmits
// by leaving that array alone and setting ring_fault:: in `faults`; the other arrays of the ring, and other owners, go
// on.
#pragma once

#include "secure-bindings/abi/filter.hpp"
#include "secure-bindings/abi/types.hpp"

namespace exo {

inline constexpr std::uint32_t flow_ring_version = 1;
// Slots of each array: a power of two within these bounds.
inline constexpr std::uint32_t flow_slots_min = 16;
inline constexpr std::uint32_t flow_slots_max = 4096;
inline constexpr std::uint32_t flow_buffers_max = 1u << 16;

// How a ring is made. The frames of a run are consecutive and all within `frames`.
struct FlowRingSpec {
    Handle frames;                // Frames with Read and Write, of the owner
    std::uint64_t ring_frame;     // first of flow_ring_pages() frames: the ring
    std::uint64_t buffer_frame;   // first of `buffers` frames: the buffers
    std::uint32_t buffers;        // 1 to flow_buffers_max
    std::uint32_t offers;         // slots
    std::uint32_t received;       // slots
    std::uint32_t transmits;      // slots
    std::uint32_t receive_offset; // octets kept free before a frame received, up to flow_receive_offset_max
    std::uint32_t flags;          // 0
};
static_assert(sizeof(FlowRingSpec) == 48);
inline constexpr std::uint32_t flow_receive_offset_max = 256;

// A buffer that the owner gives for one packet; the kernel has it until it comes back in a FlowReceived.
// A number not below `buffers` is skipped and counted in bad_offers. A buffer offered twice is written twice.
struct FlowOffer {
    std::uint32_t buffer;
};
static_assert(sizeof(FlowOffer) == 4);

namespace receive_flag {
inline constexpr std::uint16_t checksum_good = 1u << 0; // the device vouches for the transport checksum
} // namespace receive_flag

// A packet, whole in one buffer.
struct FlowReceived {
    std::uint32_t buffer; // the buffer offered
    std::uint16_t offset; // of the first octet in the buffer
    std::uint16_t length; // octets, from the Ethernet header on, without FCS
    std::uint16_t flags;  // receive_flag::
    std::uint16_t
        missed; // packets of the flow that were lost just before this one: no buffer, or no slot; sticks at 65535
    std::uint32_t frame; // the frame that the buffer is
};
static_assert(sizeof(FlowReceived) == 16);

namespace transmit_flag {
// The device, or the kernel when it must, adds the ones' complement sum from checksum_start to the end on to the field
// at checksum_start + checksum_offset, which holds the sum of the pseudo-header. Both count from the frame's first
// octet.
inline constexpr std::uint16_t checksum = 1u << 0;
inline constexpr std::uint16_t more = 1u << 1; // the frame goes on in the next slot
inline constexpr std::uint16_t all = (1u << 2) - 1;
} // namespace transmit_flag

// A frame to be sent, or a piece of one: [offset, offset + length) of one buffer. The buffer must rest until the slot
// is in FlowSent; what was checked cannot change meanwhile, because the kernel sends its own copy of the headers.
struct FlowTransmit {
    std::uint32_t buffer;
    std::uint16_t offset;
    std::uint16_t length;
    std::uint16_t flags; // transmit_flag::; of the first piece, but `more`
    std::uint16_t checksum_start;
    std::uint16_t checksum_offset;
    std::uint16_t reserved; // 0
};
static_assert(sizeof(FlowTransmit) == 16);
// Pieces of one frame.
inline constexpr std::uint32_t flow_pieces_max = 4;

enum class SentStatus : std::uint32_t {
    Sent = 1,
    BadBuffer = 2,   // buffer, offset or length outside the run, or too many pieces
    BadFrame = 3,    // shorter than its headers, longer than the NIC sends, or malformed
    BadChecksum = 4, // the request points outside the frame
    OutsideFlow = 5, // addresses, EtherType, protocol or ports are not within the flow
};

// What became of the slot with the same number, for every piece.
struct FlowSent {
    SentStatus status;
};
static_assert(sizeof(FlowSent) == 4);

// What `submit` does with a flow's ring.
namespace submit_flag {
inline constexpr std::uint64_t send = 1u << 0;    // what was given in FlowTransmit, and what others have waiting
inline constexpr std::uint64_t receive = 1u << 1; // looks at the NIC: what came is in the rings of its flows
inline constexpr std::uint64_t sleep = 1u << 2;   // the next frame received signals the ring's event, once
inline constexpr std::uint64_t all = (1u << 3) - 1;
} // namespace submit_flag

namespace ring_fault {
inline constexpr std::uint32_t offers = 1u << 0;
inline constexpr std::uint32_t received = 1u << 1;
inline constexpr std::uint32_t transmits = 1u << 2;
} // namespace ring_fault

// Page 0 of a ring, grouped by writer.
struct FlowRing {
    // Written by the kernel when it is bound.
    alignas(64) std::uint32_t version; // flow_ring_version
    std::uint32_t buffers;
    std::uint32_t offers;
    std::uint32_t received_slots;
    std::uint32_t transmits;
    std::uint32_t receive_offset;
    std::uint32_t flags;            // 0
    std::uint32_t frame_octets_max; // largest frame sent, header included, without FCS
    std::uint8_t mac[6];            // of the NIC
    std::uint16_t flow;             // FlowNumber
    std::uint32_t offers_at;        // octets from the ring's beginning to FlowOffer[0]
    std::uint32_t received_at;
    std::uint32_t transmits_at;
    std::uint32_t sent_at;
    std::uint32_t checksum_offload; // nonzero: the device sums; zero: the kernel does, slower
    std::uint32_t reserved_bound;

    // Written by the owner.
    alignas(64) std::uint32_t offered; // producer of FlowOffer
    std::uint32_t receive_taken;       // consumer of FlowReceived
    std::uint32_t reserved_receive[14];
    alignas(64) std::uint32_t transmit_given; // producer of FlowTransmit
    std::uint32_t reserved_transmit[15];

    // Written by the kernel.
    alignas(64) std::uint32_t received; // producer of FlowReceived
    std::uint32_t offer_taken;          // consumer of FlowOffer
    std::uint32_t faults;               // ring_fault::; stays set
    std::uint32_t reserved_received;
    std::uint64_t lost_no_buffer; // packets of the flow that found no offered buffer
    std::uint64_t lost_no_slot;   // packets of the flow that found no free FlowReceived
    std::uint64_t lost_filtered;  // packets of the flow that the owner's filter did not accept
    std::uint64_t bad_offers;
    std::uint64_t reserved_counts[2];
    alignas(64) std::uint32_t transmit_taken; // consumer of FlowTransmit: slots before it have their FlowSent
    std::uint32_t reserved_taken;
    std::uint64_t refused; // frames with another status than Sent
    std::uint64_t reserved_sent[6];

    // Of the programs on the ring's flows (filter.hpp): what their helper `count` has added.
    alignas(64) std::uint64_t counters[filter_counters];
};
static_assert(sizeof(FlowRing) == 832);
static_assert(offsetof(FlowRing, offered) == 64);
static_assert(offsetof(FlowRing, transmit_given) == 128);
static_assert(offsetof(FlowRing, received) == 192);
static_assert(offsetof(FlowRing, transmit_taken) == 256);

// Whether a number of slots is one that a ring can have.
constexpr bool is_slot_count(std::uint32_t slots) {
    return slots >= flow_slots_min && slots <= flow_slots_max && (slots & (slots - 1)) == 0;
}
// Slots in use between two indices of which one is hostile; more than `slots` means that it is not believed.
constexpr std::uint32_t slots_used(std::uint32_t producer, std::uint32_t consumer) {
    return producer - consumer;
}
// Octets of an array, filled up to whole pages.
constexpr std::uint64_t paged(std::uint64_t octets) {
    return (octets + page_bytes - 1) / page_bytes * page_bytes;
}
// Pages of a ring with these numbers of slots.
constexpr std::uint64_t flow_ring_pages(std::uint32_t offers, std::uint32_t received, std::uint32_t transmits) {
    return 1 + (paged(offers * sizeof(FlowOffer)) + paged(received * sizeof(FlowReceived)) +
                paged(transmits * sizeof(FlowTransmit)) + paged(transmits * sizeof(FlowSent))) /
                   page_bytes;
}

} // namespace exo
