// The data path of an 82574L: a ring of legacy descriptors each way. The device works through a ring in order, and only
// ever says "done", so no index or identity of its own is believed; what was received is held against the room.
// A slot carries the owner's token. Inline, single-threaded, for a library OS as for the kernel.
#pragma once

#include "drivers/e1000e/problem.hpp"
#include "drivers/e1000e/spec.hpp"
#include "drivers/register-access/barriers.hpp"

namespace exo::e1000e {

inline constexpr std::uint16_t ring_size_max = 1024;

// What both directions have: descriptors, tokens, a tail to store to. One slot stays empty, since equal head and tail
// mean that the device owns nothing.
class Ring {
public:
    Ring() = default;
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;

    static std::size_t memory_bytes(std::uint16_t size) { return sizeof(Descriptor) * size; }
    // `size` is a power of two from 8 to ring_size_max; `memory` is zeroed, that long and aligned to 16. `tail` is the
    // mapped tail register.
    Expected<void> open(std::byte* memory, std::uint16_t size, volatile std::uint32_t* tail);

    std::uint32_t size() const { return mask_ + 1; }
    std::uint32_t in_flight() const { return offered_ - taken_; }
    std::uint32_t room() const { return limit_ - in_flight(); }
    // Set once the device broke a rule: nothing is offered or taken any more.
    bool is_broken() const { return broken_; }
    Problem problem() const { return problem_; }
    // Hands the device what was offered.
    void publish() {
        exo::before_doorbell();
        *tail_ = offered_ & mask_;
    }
    // After a reset of the device: what was in the slots, one by one; null: nothing more.
    void* recover();

protected:
    [[gnu::always_inline]] void offer(void* token, std::uint64_t address, std::uint64_t rest) {
        const std::uint32_t slot = offered_ & mask_;
        tokens_[slot] = token;
        exo::store_shared(slots_[slot].address, address);
        exo::store_shared(slots_[slot].rest, rest);
        ++offered_;
    }
    // What the device wrote back to the oldest slot; 0 when there is none.
    std::uint64_t oldest() const { return taken_ != offered_ ? exo::load_shared(slots_[taken_ & mask_].rest) : 0; }
    void* take_oldest() { return tokens_[taken_++ & mask_]; }
    void break_with(Problem problem);

private:
    void stop();

    Descriptor* slots_ = nullptr;
    volatile std::uint32_t* tail_ = nullptr;
    std::uint32_t mask_ = 0;
    std::uint32_t limit_ = 0;               // slots that may be in flight
    std::uint32_t offered_ = 0, taken_ = 0; // run freely
    bool broken_ = false, stopped_ = false;
    Problem problem_ = Problem::BadRing; // meaningful when broken_
    std::uint32_t recover_from_ = 0, recover_to_ = 0;
    void* tokens_[ring_size_max] = {};
};

// Frames that come, each into one room.
class ReceiveQueue : public Ring {
public:
    std::uint32_t room_bytes = 2048; // of every room: longer than the longest frame

    [[gnu::always_inline]] void offer(void* token, std::uint64_t address) { Ring::offer(token, address, 0); }
    // True when take() has something to say.
    bool has_news() const { return (oldest() & received::done) != 0; }
    struct Received {
        void* token; // null: nothing more
        std::uint16_t octets;
        bool checksum_good; // the device vouches for TCP's or UDP's
    };
    [[gnu::always_inline]] Received take() {
        const std::uint64_t rest = oldest();
        if ((rest & received::done) == 0)
            return {nullptr, 0, false};
        exo::after_completion();
        const auto octets = static_cast<std::uint16_t>(rest);
        if (static_cast<std::uint16_t>(octets - 1) >= room_bytes || (rest & received::end_of_frame) == 0) [[unlikely]] {
            break_with((rest & received::end_of_frame) == 0 ? Problem::SplitFrame : Problem::BadLength);
            return {nullptr, 0, false};
        }
        const bool good =
            (rest & (received::udp_checked | received::tcp_checked)) != 0 && (rest & received::transport_bad) == 0;
        return {take_oldest(), octets, good};
    }
};

// Frames that go, each in one or more pieces.
class TransmitQueue : public Ring {
public:
    // A frame, or its last piece. The token comes back when the device is done with it.
    [[gnu::always_inline]] void offer(void* token, std::uint64_t address, std::uint16_t octets) {
        Ring::offer(token, address, octets | sending::end_of_frame | sending::insert_crc | sending::report);
    }
    // A piece before the last. The caller knows that there is room for all.
    void offer_piece(std::uint64_t address, std::uint16_t octets) {
        Ring::offer(nullptr, address, octets | sending::insert_crc | sending::report);
    }
    // True when the oldest slot is done; its token, or null for a piece before the last.
    [[gnu::always_inline]] bool take(void*& token) {
        if ((oldest() & sending::done) == 0)
            return false;
        exo::after_completion();
        token = take_oldest();
        return true;
    }
};

} // namespace exo::e1000e
