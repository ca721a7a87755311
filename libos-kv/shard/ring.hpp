// Messages from one vcore to one other: a row of octets that one writes and one reads, without a lock and without a
// block that changes hands. Each side has its own place in a cache line of its own, beside what it last saw of the
// other's, so that a line moves only when there is something to move (Lamport, "Specifying Concurrent Program Modules",
// 1983; the remembered places as in Lee et al., "MCRingBuffer", 2010).
#pragma once

#include "libos-kv/shard/message.hpp"
#include "libos/memory/bytes.hpp"

#include <atomic>
#include <string_view>

namespace exo::kv {

class Ring {
public:
    static constexpr std::uint64_t ring_octets = 256 * 1024;

    // For the writer. False: it is full, and nothing was written. `octets`: message_octets_max at most; the header's
    // count of them is set here.
    bool push(MessageHeader header, std::string_view octets) {
        const std::uint64_t needed = sizeof header + padded(octets.size());
        const std::uint64_t to_end = ring_octets - tail_here_ % ring_octets;
        const std::uint64_t total = needed <= to_end ? needed : to_end + needed;
        if (tail_here_ + total - head_seen_ > ring_octets) {
            head_seen_ = head_.load(std::memory_order_acquire); // pairs with `pop`: what was there has been read
            if (tail_here_ + total - head_seen_ > ring_octets)
                return false;
        }
        if (needed > to_end) {
            const MessageHeader skip;
            copy_bytes(octets_ + tail_here_ % ring_octets, &skip, sizeof skip);
            tail_here_ += to_end;
        }
        header.octets = static_cast<std::uint32_t>(octets.size());
        char* at = octets_ + tail_here_ % ring_octets;
        copy_bytes(at, &header, sizeof header);
        copy_bytes(at + sizeof header, octets.data(), octets.size());
        tail_here_ += needed;
        tail_.store(tail_here_, std::memory_order_release); // pairs with `front`: all of it is there
        return true;
    }
    // For the writer, when it has no more to say for now: whether the reader sleeps and has to be woken.
    bool must_wake() const {
        std::atomic_thread_fence(std::memory_order_seq_cst); // against may_sleep: one of both sees the other
        return asleep_.load(std::memory_order_relaxed);
    }

    // For the reader. The oldest message; its octets lie here until `pop`. False: there is none.
    bool front(MessageHeader& header, std::string_view& octets) {
        for (;;) {
            if (head_here_ == tail_seen_) {
                tail_seen_ = tail_.load(std::memory_order_acquire);
                if (head_here_ == tail_seen_)
                    return false;
            }
            const char* at = octets_ + head_here_ % ring_octets;
            copy_bytes(&header, at, sizeof header);
            if (header.kind != MessageKind::Skip) {
                octets = {at + sizeof header, header.octets};
                return true;
            }
            head_here_ += ring_octets - head_here_ % ring_octets;
        }
    }
    // What `front` gave is done with.
    void pop(const MessageHeader& header) {
        head_here_ += sizeof header + padded(header.octets);
        head_.store(head_here_, std::memory_order_release);
    }
    // For the reader: whether it may sleep, which the writer ends then. False: something has come.
    bool may_sleep() {
        asleep_.store(true, std::memory_order_seq_cst);
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (tail_.load(std::memory_order_acquire) == head_here_)
            return true;
        wake_up();
        return false;
    }
    void wake_up() { asleep_.store(false, std::memory_order_relaxed); }

private:
    static constexpr std::uint64_t padded(std::uint64_t octets) {
        return (octets + sizeof(MessageHeader) - 1) & ~(sizeof(MessageHeader) - 1);
    }
    static constexpr std::size_t line_bytes = 64;

    // The writer's.
    alignas(line_bytes) std::atomic<std::uint64_t> tail_{0};
    std::uint64_t tail_here_ = 0, head_seen_ = 0;
    // The reader's.
    alignas(line_bytes) std::atomic<std::uint64_t> head_{0};
    std::uint64_t head_here_ = 0, tail_seen_ = 0;
    // Written when the reader goes to sleep.
    alignas(line_bytes) std::atomic<bool> asleep_{false};
    alignas(line_bytes) char octets_[ring_octets];
};

// The two of one shard.
struct Rings {
    Ring requests; // from the front
    Ring replies;  // to it
};

} // namespace exo::kv
