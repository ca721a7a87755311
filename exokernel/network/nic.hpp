// NICs that the kernel drives and shares out: which packets belong to whom (FlowBook), whose turn it is to send
// (FairQueue), and the calls that move frames. All memory but the fixed table below is the sharer's and the owners'.
// The caller holds the kernel lock and has resolved capabilities; every call is bounded.
#pragma once

#include "exokernel/network/nic_device.hpp"
#include "exokernel/network/ring.hpp"
#include "secure-bindings/abi/info.hpp"
#include "secure-bindings/flow/fair_queue.hpp"
#include "secure-bindings/flow/flow_book.hpp"

namespace exo {

// What a Flow capability's `first` holds: a record of one NIC, as of one time that the NIC was bound.
struct FlowName {
    std::uint32_t generation;
    std::uint16_t nic;
    FlowNumber flow;
    constexpr std::uint64_t word() const {
        return static_cast<std::uint64_t>(generation) << 32 | static_cast<std::uint64_t>(nic) << 16 | flow;
    }
    static constexpr FlowName of(std::uint64_t word) {
        return {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint16_t>(word >> 16),
                static_cast<FlowNumber>(word)};
    }
};

// What hangs on a record of the book beside its packets.
struct FlowState {
    SlotRef creator; // the capability that made the record; no_slot: the NIC's root
    SlotRef ring_by; // by whose authority it has a ring
    std::uint16_t ring;
    std::uint16_t program;
};

struct Nic {
    bool used;
    bool stopped; // on its way back: carries nothing any more
    std::uint16_t number;
    std::uint32_t function;
    std::uint32_t generation;
    SlotRef payer;
    std::uint64_t book_first, book_frames;
    NicMemory memory;
    NicDevice* device; // in the first frames of the book; null: not yet brought up
    FlowBook book;
    FlowState* flows;
    FlowNumber root;
    FairQueue fair;
    std::uint32_t sleepers; // rings whose owners wait for an interrupt
    bool transmit_armed;
};

extern Nic nics[max_nics];

// nic.cpp
// Takes a function over and shares it. Errors: Occupied, Unsupported, OutOfRange (frames), InUse, Misaligned,
// TableFull, TimedOut.
Status nic_share(std::uint32_t function, std::uint16_t environment, SlotRef payer, std::uint64_t first_frame,
                 std::uint64_t count);
// Gives a function back, whoever drives it; see function_release.
Status function_take_back(std::uint32_t function);
// The NIC that a flow's name means, if it is still bound; null otherwise.
Nic* nic_of(const FlowName& name);
Nic* nic_of_function(std::uint32_t function);
// The environment of a Frames capability loses this frame, by which it paid for something here. Errors: Again.
Status network_frame_taken(std::uint64_t frame, SlotRef payer);

// flows.cpp
FlowName nic_root(const Nic& nic);
// Gives a flow a ring of its own, or lets it join that of another flow. Errors: Occupied, and those of ring_make.
Status flow_bind_ring(Nic& nic, FlowNumber flow, SlotRef by, const RingRequest& request);
Status flow_join_ring(Nic& nic, FlowNumber flow, SlotRef by, std::uint16_t ring);
Status flow_unbind_ring(Nic& nic, FlowNumber flow);
// The capability is about to go: what hangs on it goes before.
void flow_capability_gone(SlotRef ref, const FlowName& name);
// Every ring of a NIC ends.
void end_rings_of(Nic& nic);
void end_ring(std::uint16_t ring);

// traffic.cpp
// Takes up to `budget` frames from the device and puts each where it belongs.
void nic_receive(Nic& nic, unsigned budget);
// Sends up to `budget` frames of all rings that have any, in turn.
void nic_transmit(Nic& nic, unsigned budget);
// The owner of a ring has put frames into it, or sleeps until one comes.
void ring_has_frames(Nic& nic, std::uint16_t ring);
void ring_sleeps(Nic& nic, std::uint16_t ring);
// The handlers of the device's interrupts.
void nic_received_interrupt(std::uint32_t nic);
void nic_sent_interrupt(std::uint32_t nic);

} // namespace exo
