// A packed virtqueue (virtio 1.2, 2.8) for a NIC, with the interface of split_ring.hpp: one buffer a slot, the slot's
// number as its identity. A look at the ring is one load, which also brings what was completed.
// Single-threaded, inline. Nothing the device writes is used before it was compared with private books.
#pragma once

#include "drivers/virtio-net/split_ring.hpp"

namespace exo::virtio_net {

class PackedRing {
public:
    PackedRing() = default;
    PackedRing(const PackedRing&) = delete; // it may point into itself
    PackedRing& operator=(const PackedRing&) = delete;

    static constexpr bool is_packed = true;
    static std::size_t memory_bytes(std::uint16_t size);
    // `size` is a power of two up to ring_size_max; `memory` is zeroed and aligned to a page. Interrupts are off.
    virtio::Expected<void> open(const virtio::DmaBuffer& memory, std::uint16_t size);
    const virtio::QueuePlaces& places() const { return places_; }
    void set_doorbell(const virtio::Doorbell& doorbell) { doorbell_ = doorbell; }

    // As SplitRing's.
    bool is_broken() const { return broken_; }
    virtio::Problem problem() const { return problem_; }
    std::uint32_t in_flight() const { return offered_ - taken_; }
    std::uint16_t size() const { return places_.size; }
    // The slot is free when its identity is: identities come back one a place, so by then its place was read, too.
    [[gnu::always_inline]] bool is_free(std::uint32_t slot) const { return tokens_[slot] == nullptr; }

    std::uint32_t next_slot() const { return offered_ & mask_; }
    // Puts a buffer into `slot`, which is next_slot() and free, where the device sees it at once.
    [[gnu::always_inline]] void offer(std::uint32_t slot, void* token, std::uint64_t address, std::uint32_t bytes,
                                      std::uint16_t flags) {
        tokens_[slot] = token;
        PackedDescriptor& place = slots_[slot];
        virtio::store_shared(place.address, address);
        // The flags' store makes the slot the device's, so it is the last; length and identity go with it.
        virtio::before_doorbell();
        virtio::store_shared(
            place.rest,
            (bytes | static_cast<std::uint64_t>(slot) << 32 | static_cast<std::uint64_t>(flags) << 48) ^ offer_flags_);
        ++offered_;
        if (slot == mask_)
            offer_flags_ ^= both_flags;
    }
    // Rings, unless the device asked not to be told.
    [[gnu::always_inline]] void publish() {
        virtio::between_publishing_and_looking();
        if (virtio::load_shared(device_events_->flags) != packed_events::disable)
            doorbell_.ring();
    }

    // A bound for take(), which looks for itself.
    static constexpr std::uint32_t takeable() { return ~0u; }
    // Not 0 when there is a completion.
    [[gnu::always_inline]] std::uint32_t pending() const {
        return is_used(virtio::load_shared(looked_at_[taken_ & mask_].rest)) ? size() : 0;
    }
    // The next completion, of which the device says that it wrote `bytes_least` to `bytes_most`.
    [[gnu::always_inline]] Completion take(std::uint32_t bytes_least, std::uint32_t bytes_most) {
        const std::uint32_t place = taken_ & mask_;
        const std::uint64_t rest = virtio::load_shared(looked_at_[place].rest);
        if (!is_used(rest))
            return {nullptr, 0};
        virtio::after_completion();
        const auto bytes = static_cast<std::uint32_t>(rest);
        const std::uint32_t id = static_cast<std::uint16_t>(rest >> 32);
        if (id > mask_) [[unlikely]]
            return {nullptr, break_with(virtio::Problem::BadUsedId)};
        void* const token = tokens_[id];
        if (!token) [[unlikely]]
            return {nullptr, break_with(virtio::Problem::BadUsedId)};
        if (bytes - bytes_least > bytes_most - bytes_least) [[unlikely]]
            return {nullptr, break_with(virtio::Problem::BadUsedLength)};
        tokens_[id] = nullptr;
        ++taken_;
        if (place == mask_)
            used_flags_ ^= both_flags;
        return {token, bytes};
    }

    // Interrupts for a sleeper: on, and then pending() again, for what came before.
    void enable_interrupts() {
        virtio::store_shared(driver_events_->flags, packed_events::enable);
        virtio::between_publishing_and_looking();
    }
    void disable_interrupts() { virtio::store_shared(driver_events_->flags, packed_events::disable); }

    // Notes that the device broke a rule; gives 0. Rare, so it is the one to save registers.
    [[clang::preserve_most]] std::uint32_t break_with(virtio::Problem problem);
    // After a reset of the device: what was in the slots, one by one; null: nothing more.
    void* recover();

private:
    // Flags where they are in a descriptor's word.
    static constexpr std::uint64_t first_offer_flags = static_cast<std::uint64_t>(packed_flag::available) << 48;
    static constexpr std::uint64_t both_flags = first_offer_flags | static_cast<std::uint64_t>(packed_flag::used) << 48;
    // Used when both bits are the wrap counter of this round (2.8.1).
    bool is_used(std::uint64_t rest) const { return (rest & both_flags) == used_flags_; }

    PackedDescriptor* slots_ = nullptr;
    const PackedDescriptor* looked_at_ = nullptr; // slots_; after a lie nothing_, which never has news
    const PackedEvents* device_events_ = nullptr;
    virtio::Doorbell doorbell_{};
    std::uint32_t mask_ = 0;
    std::uint32_t offered_ = 0, taken_ = 0;         // run freely
    std::uint64_t offer_flags_ = first_offer_flags; // what makes a slot the device's in this round
    std::uint64_t used_flags_ = both_flags;         // what makes it ours
    bool broken_ = false;
    virtio::Problem problem_ = virtio::Problem::TimedOut; // meaningful when broken_
    PackedEvents* driver_events_ = nullptr;
    PackedDescriptor nothing_{};
    PackedEvents no_events_{};
    virtio::QueuePlaces places_{};
    std::uint16_t recovered_ = 0;
    void* tokens_[ring_size_max] = {}; // by identity; null: not in flight
};

} // namespace exo::virtio_net
