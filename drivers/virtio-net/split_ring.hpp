// A split virtqueue (virtio 1.2, 2.7) for a NIC: one buffer a slot, every slot at its own place in the available ring,
// so that offering a buffer writes nothing but its descriptor. What a slot carries is the owner's token. Slots are
// offered in order; a device may complete them in any. Single-threaded, inline: this is the data path.
// Nothing the device writes is used before it was compared with private books. packed_ring.hpp is the same for 2.8.
#pragma once

#include "drivers/virtio-net/spec.hpp"
#include "drivers/virtio/barriers.hpp"
#include "drivers/virtio/environment.hpp"
#include "drivers/virtio/problem.hpp"
#include "drivers/virtio/spec.hpp"
#include "drivers/virtio/transport.hpp"

namespace exo::virtio_net {

inline constexpr std::uint16_t ring_size_max = 1024;

// A buffer that the device is done with.
struct Completion {
    void* token;         // null: there is none (any more), or the device broke a rule
    std::uint32_t bytes; // written into it
};

class SplitRing {
public:
    SplitRing() = default;
    SplitRing(const SplitRing&) = delete; // it may point into itself
    SplitRing& operator=(const SplitRing&) = delete;

    static constexpr bool is_packed = false;
    static std::size_t memory_bytes(std::uint16_t size);
    // `size` is a power of two up to ring_size_max; `memory` is zeroed and aligned to a page. Interrupts are off.
    virtio::Expected<void> open(const virtio::DmaBuffer& memory, std::uint16_t size);
    const virtio::QueuePlaces& places() const { return places_; }
    void set_doorbell(const virtio::Doorbell& doorbell) { doorbell_ = doorbell; }

    // Set once the device broke a rule: nothing is offered or taken any more; what is in the slots stays the device's
    // until it was reset.
    bool is_broken() const { return broken_; }
    virtio::Problem problem() const { return problem_; }
    // Buffers that the device holds, or has completed unseen.
    std::uint32_t in_flight() const { return offered_ - taken_; }
    std::uint16_t size() const { return places_.size; }
    // True when a slot carries nothing.
    [[gnu::always_inline]] bool is_free(std::uint32_t slot) const { return tokens_[slot] == nullptr; }

    std::uint32_t next_slot() const { return offered_ & mask_; }
    // Puts a buffer into `slot`, which is next_slot() and free. The device sees it at publish() at the latest.
    [[gnu::always_inline]] void offer(std::uint32_t slot, void* token, std::uint64_t address, std::uint32_t bytes,
                                      std::uint16_t flags) {
        tokens_[slot] = token;
        Slot& place = slots_[slot];
        virtio::store_shared(place.address, address);
        virtio::store_shared(place.rest, bytes | static_cast<std::uint64_t>(flags) << 32);
        ++offered_;
    }
    // Makes what was offered visible and rings, unless the device asked not to be told.
    [[gnu::always_inline]] void publish() {
        virtio::before_doorbell();
        virtio::store_shared(available_->index, static_cast<std::uint16_t>(offered_));
        published_ = offered_;
        virtio::between_publishing_and_looking();
        if ((virtio::load_shared(used_->flags) & virtio::ring_flag::no_notify) == 0)
            doorbell_.ring();
    }

    // How many completions take() may be called for; looks once.
    [[gnu::always_inline]] std::uint32_t pending() {
        const std::uint32_t count = static_cast<std::uint16_t>(virtio::load_shared(used_->index) - taken_);
        if (count == 0)
            return 0;
        if (count > published_ - taken_) [[unlikely]]
            return break_with(virtio::Problem::BadUsedIndex);
        virtio::after_completion();
        return count;
    }
    // A bound for take().
    [[gnu::always_inline]] std::uint32_t takeable() { return pending(); }
    // The next completion, of which the device says that it wrote `bytes_least` to `bytes_most`.
    [[gnu::always_inline]] Completion take(std::uint32_t bytes_least, std::uint32_t bytes_most) {
        const virtio::UsedElement& element = used_ring_[taken_ & mask_];
        const std::uint32_t id = virtio::load_shared(element.id);
        const std::uint32_t bytes = virtio::load_shared(element.bytes);
        if (id > mask_) [[unlikely]]
            return {nullptr, break_with(virtio::Problem::BadUsedId)};
        void* const token = tokens_[id];
        if (!token) [[unlikely]]
            return {nullptr, break_with(virtio::Problem::BadUsedId)};
        if (bytes - bytes_least > bytes_most - bytes_least) [[unlikely]]
            return {nullptr, break_with(virtio::Problem::BadUsedLength)};
        tokens_[id] = nullptr;
        ++taken_;
        return {token, bytes};
    }

    // Interrupts for a sleeper: on, and then pending() again, for what came before.
    void enable_interrupts() {
        virtio::store_shared(available_->flags, std::uint16_t{0});
        virtio::between_publishing_and_looking();
    }
    void disable_interrupts() { virtio::store_shared(available_->flags, virtio::ring_flag::no_interrupt); }

    // Notes that the device broke a rule; gives 0. Rare, so it is the one to save registers.
    [[clang::preserve_most]] std::uint32_t break_with(virtio::Problem problem);
    // After a reset of the device: what was in the slots, one by one; null: nothing more.
    void* recover();

private:
    // virtio::Descriptor as two words.
    struct Slot {
        std::uint64_t address;
        std::uint64_t rest; // length, flags << 32, next << 48 (unused: no chains)
    };
    static_assert(sizeof(Slot) == sizeof(virtio::Descriptor));

    Slot* slots_ = nullptr;
    virtio::RingHeader* available_ = nullptr;
    const virtio::RingHeader* used_ = nullptr; // after a lie: nothing_, which never has news
    const virtio::UsedElement* used_ring_ = nullptr;
    virtio::Doorbell doorbell_{};
    std::uint32_t mask_ = 0;
    std::uint32_t offered_ = 0, published_ = 0, taken_ = 0; // run freely; the rings know the lower halves
    bool broken_ = false;
    virtio::Problem problem_ = virtio::Problem::TimedOut; // meaningful when broken_
    virtio::RingHeader nothing_{};
    virtio::UsedElement no_element_{};
    virtio::QueuePlaces places_{};
    std::uint16_t recovered_ = 0;
    void* tokens_[ring_size_max] = {}; // what each slot carries; null: nothing
};

} // namespace exo::virtio_net
