// The data path of an NVMe controller: a submission queue and its completion queue (NVMe 1.4, 4.1, 4.6). A command
// carries the owner's token; what comes back is held against the commands that are out. Inline, single-threaded, for a
// library OS as for the kernel.
#pragma once

#include "drivers/nvme/problem.hpp"
#include "drivers/nvme/spec.hpp"
#include "drivers/register-access/barriers.hpp"

#include <span>

namespace exo::nvme {

inline constexpr std::uint16_t depth_max = 256;

// Data of a command: neighbours for the device. In a command of several runs each but the first begins a page, and each
// but the last ends one.
struct Run {
    std::uint64_t address;
    std::uint64_t bytes;
};

// A table of pages or runs belongs to each command: that many pages beside the first, or runs, fit.
inline constexpr std::size_t table_bytes = 1024, table_pages = table_bytes / 8, table_runs = table_bytes / 16;

// Memory of a queue pair, page aligned, in this order: submission entries, completion entries, tables.
struct QueueMemory {
    std::byte* address = nullptr;
    std::uint64_t device_address = 0;

    // Completions are released late, so there is room for twice as many.
    static constexpr std::uint64_t completions_at(std::uint16_t depth) {
        return in_pages(sizeof(SubmissionEntry) * depth);
    }
    static constexpr std::uint64_t tables_at(std::uint16_t depth) {
        return completions_at(depth) + in_pages(sizeof(CompletionEntry) * 2 * depth);
    }
    static constexpr std::uint64_t bytes(std::uint16_t depth) { return tables_at(depth) + table_bytes * depth; }

private:
    static constexpr std::uint64_t in_pages(std::uint64_t bytes) {
        return (bytes + page_bytes - 1) & ~(page_bytes - 1);
    }
};

// A command's end.
struct Completion {
    void* token = nullptr;    // null: nothing more
    std::uint16_t status = 0; // status_code, with its flags; 0: done
    std::uint32_t result = 0;
};

class QueuePair {
public:
    QueuePair() = default;
    QueuePair(const QueuePair&) = delete;
    QueuePair& operator=(const QueuePair&) = delete;

    // `depth` is a power of two from 2 to depth_max. `submit_doorbell`, `complete_doorbell`: mapped registers. `sgl`:
    // the controller takes SGLs. Errors: BadQueue. After a reset of the controller it is opened anew, once recovered.
    Expected<void> open(const QueueMemory& memory, std::uint16_t depth, bool sgl,
                        volatile std::uint32_t* submit_doorbell, volatile std::uint32_t* complete_doorbell);

    std::uint16_t depth() const { return depth_; }
    std::uint16_t in_flight() const { return static_cast<std::uint16_t>(depth_ - 1 - free_count_); }
    // Commands that can be given now.
    std::uint16_t room() const { return broken_ ? 0 : free_count_; }
    // Set once the device broke a rule: nothing is given or taken any more.
    bool is_broken() const { return broken_; }

    // Gives a command that moves data; there is room. `token` is not null. `blocks` is 1 to 65,536. False when the runs
    // cannot be described: too many, or not made of pages. The device sees it with `publish`.
    [[gnu::always_inline]] bool transfer(Opcode opcode, void* token, std::uint32_t name_space,
                                         std::uint64_t first_block, std::uint32_t blocks, std::span<const Run> data,
                                         std::uint64_t flags = 0) {
        const std::uint16_t id = free_[free_count_ - 1];
        SubmissionEntry& entry = entries_[tail_];
        std::uint64_t kind = static_cast<std::uint64_t>(opcode);
        // One run within two pages, the ordinary case, needs no table.
        const std::uint64_t first = data[0].address, end = (first & (page_bytes - 1)) + data[0].bytes;
        if (data.size() == 1 && end <= 2 * page_bytes) [[likely]] {
            entry.data[0] = first;
            entry.data[1] = end <= page_bytes ? 0 : (first & ~(page_bytes - 1)) + page_bytes;
        } else if (!describe_data(entry, id, data, kind)) {
            return false;
        }
        entry.dwords10_11 = first_block;
        entry.dwords12_13 = (blocks - 1) | flags;
        give(entry, id, token, kind, name_space);
        return true;
    }
    // Gives a command as it is but for its identifier; there is room.
    void command(void* token, const SubmissionEntry& words);
    void flush(void* token, std::uint32_t name_space);
    // Deallocates blocks; the range is written to the command's table.
    void deallocate(void* token, std::uint32_t name_space, std::uint64_t first_block, std::uint32_t blocks);
    // Hands the device what was given.
    void publish() {
        before_doorbell();
        *submit_doorbell_ = tail_;
    }

    // True when take() has something to say.
    bool has_news() const { return is_new(load_shared(completions_[head_].rest)); }
    // The next completion, in the device's order.
    [[gnu::always_inline]] Completion take() {
        const std::uint64_t rest = load_shared(completions_[head_].rest);
        if (!is_new(rest) || broken_)
            return {};
        after_completion();
        const auto id = static_cast<std::uint16_t>(rest >> completion::identifier_shift);
        void* const token = id < depth_ - 1 ? tokens_[id] : nullptr;
        if (!token) [[unlikely]] {
            broken_ = true;
            return {};
        }
        const auto result = static_cast<std::uint32_t>(load_shared(completions_[head_].result));
        tokens_[id] = nullptr;
        free_[free_count_++] = id;
        if (++head_ == 2 * depth_) {
            head_ = 0;
            phase_ ^= 1;
        }
        if (++unreleased_ == depth_) [[unlikely]]
            release();
        return {token, static_cast<std::uint16_t>(rest >> completion::status_shift), result};
    }
    // Tells the device which completions were taken: before sleeping, since it may hold interrupts back until then.
    void release() {
        unreleased_ = 0;
        *complete_doorbell_ = head_;
    }

    // A command that was out during two calls of this, counted from its giving; null: none. For time limits: called
    // once a limit.
    void* overdue();
    // The identifier of the command with that token, for an abort; depth() when none is out.
    std::uint16_t identifier(const void* token) const;
    // After a reset of the device: the tokens that were out, one by one; null: nothing more.
    void* recover();

private:
    bool is_new(std::uint64_t rest) const { return (rest >> completion::phase_shift & 1) == phase_; }
    [[gnu::always_inline]] void give(SubmissionEntry& entry, std::uint16_t id, void* token, std::uint64_t kind,
                                     std::uint32_t name_space) {
        --free_count_;
        tokens_[id] = token;
        ages_[id] = 0;
        entry.command = kind | std::uint64_t{id} << command::identifier_shift |
                        std::uint64_t{name_space} << command::namespace_shift;
        tail_ = static_cast<std::uint16_t>(tail_ + 1) & static_cast<std::uint16_t>(depth_ - 1);
    }
    bool describe_data(SubmissionEntry& entry, std::uint16_t id, std::span<const Run> data, std::uint64_t& kind);
    bool list_pages(SubmissionEntry& entry, std::uint16_t id, std::span<const Run> data);
    std::byte* table(std::uint16_t id) { return tables_ + table_bytes * id; }
    std::uint64_t table_address(std::uint16_t id) const { return tables_address_ + table_bytes * id; }

    SubmissionEntry* entries_ = nullptr;
    const CompletionEntry* completions_ = nullptr;
    std::byte* tables_ = nullptr;
    std::uint64_t tables_address_ = 0;
    volatile std::uint32_t* submit_doorbell_ = nullptr;
    volatile std::uint32_t* complete_doorbell_ = nullptr;
    std::uint16_t depth_ = 1;
    std::uint16_t tail_ = 0, head_ = 0;
    std::uint16_t unreleased_ = 0;
    std::uint16_t free_count_ = 0; // one entry stays empty: equal head and tail mean an empty queue
    std::uint8_t phase_ = 1;
    bool broken_ = false, sgl_ = false;
    std::uint16_t free_[depth_max] = {};
    std::uint8_t ages_[depth_max] = {};
    void* tokens_[depth_max] = {}; // null: not out
};

} // namespace exo::nvme
