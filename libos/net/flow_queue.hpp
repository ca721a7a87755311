// The owner's side of a flow's ring (secure-bindings/abi/flow_ring.hpp): buffers offered, frames taken, frames given.
// Nothing but the protocol; no call enters the kernel. Single-threaded.
#pragma once

#include "secure-bindings/abi/flow_ring.hpp"

#include <cstddef>

namespace exo::net {

class FlowQueue {
public:
    // `ring` is where the ring's frames are mapped, after BindKind::Ring filled page 0 in.
    void open(std::byte* ring) {
        // Safe: the kernel has laid a FlowRing and its arrays out here.
        page_ = reinterpret_cast<FlowRing*>(ring);
        offers_ = reinterpret_cast<FlowOffer*>(ring + page_->offers_at);
        received_ = reinterpret_cast<const FlowReceived*>(ring + page_->received_at);
        transmits_ = reinterpret_cast<FlowTransmit*>(ring + page_->transmits_at);
        sent_ = reinterpret_cast<const FlowSent*>(ring + page_->sent_at);
        offers_mask_ = page_->offers - 1;
        received_mask_ = page_->received_slots - 1;
        transmits_mask_ = page_->transmits - 1;
    }
    const FlowRing& page() const { return *page_; }

    bool has_offer_room() const { return offered_ - load(page_->offer_taken) <= offers_mask_; }
    // Gives the kernel a buffer for a frame; it sees it at publish_offers at the latest.
    void offer(std::uint32_t buffer) { offers_[offered_++ & offers_mask_].buffer = buffer; }
    void publish_offers() { store(page_->offered, offered_); }

    // Frames that are there to be taken.
    std::uint32_t received() const { return load(page_->received) - taken_; }
    FlowReceived take() { return received_[taken_++ & received_mask_]; }
    // The slots taken so far are the kernel's again.
    void publish_taken() { store(page_->receive_taken, taken_); }

    std::uint32_t transmit_room() const { return transmits_mask_ + 1 - (given_ - acknowledged_); }
    // A piece of a frame to be sent; the kernel sees it at publish_given at the latest.
    void give(const FlowTransmit& piece) { transmits_[given_++ & transmits_mask_] = piece; }
    void publish_given() { store(page_->transmit_given, given_); }
    // Slots whose fate is known, and that of the next of them.
    std::uint32_t sent() const { return load(page_->transmit_taken) - acknowledged_; }
    SentStatus take_sent() { return sent_[acknowledged_++ & transmits_mask_].status; }

private:
    static std::uint32_t load(const std::uint32_t& word) { return __atomic_load_n(&word, __ATOMIC_ACQUIRE); }
    static void store(std::uint32_t& word, std::uint32_t value) { __atomic_store_n(&word, value, __ATOMIC_RELEASE); }

    FlowRing* page_ = nullptr;
    FlowOffer* offers_ = nullptr;
    const FlowReceived* received_ = nullptr;
    FlowTransmit* transmits_ = nullptr;
    const FlowSent* sent_ = nullptr;
    std::uint32_t offers_mask_ = 0, received_mask_ = 0, transmits_mask_ = 0;
    std::uint32_t offered_ = 0, taken_ = 0, given_ = 0, acknowledged_ = 0;
};

} // namespace exo::net
