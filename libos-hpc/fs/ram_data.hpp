// The bytes of a file kept in memory: blocks that exist only where something was written, so holes cost nothing.
// Not locked. All files of one file system share a budget.
#pragma once

#include "libos-hpc/linux/errors.hpp"
#include "libos-hpc/object/array.hpp"

#include <atomic>
#include <span>

namespace exo::hpc {

class RamBudget {
public:
    explicit RamBudget(std::uint64_t blocks) : free_(static_cast<std::int64_t>(blocks)), total_(blocks) {}
    bool take() {
        if (free_.fetch_sub(1, std::memory_order_relaxed) > 0)
            return true;
        give_back();
        return false;
    }
    void give_back() { free_.fetch_add(1, std::memory_order_relaxed); }
    std::uint64_t total() const { return total_; }
    std::uint64_t free() const {
        std::int64_t left = free_.load(std::memory_order_relaxed);
        return left > 0 ? static_cast<std::uint64_t>(left) : 0;
    }

private:
    std::atomic<std::int64_t> free_;
    std::uint64_t total_;
};

class RamData {
public:
    static constexpr std::size_t block_bytes = 16 * 1024;

    explicit RamData(RamBudget& budget) : budget_(budget) {}
    ~RamData() { set_size_locked(0); }

    std::uint64_t size() const { return size_; }
    std::uint64_t blocks_held() const { return held_; }
    std::size_t read(std::uint64_t offset, std::span<std::byte> buffer) const;
    // Errors: NOSPC, FBIG (beyond what the budget could ever hold); a part may have been written: the count tells.
    Outcome<std::size_t> write(std::uint64_t offset, std::span<const std::byte> buffer);
    // Errors: FBIG.
    Done set_size(std::uint64_t size);
    void punch_hole(std::uint64_t offset, std::uint64_t bytes);
    // Gives every block in the range memory; the size stays. Errors: NOSPC, FBIG.
    Done reserve(std::uint64_t offset, std::uint64_t bytes);
    Outcome<std::uint64_t> seek_data(std::uint64_t offset) const;
    Outcome<std::uint64_t> seek_hole(std::uint64_t offset) const;

private:
    // The block that holds `offset`, made if need be. Errors: as write.
    Outcome<std::byte*> block_for_write(std::uint64_t offset);
    std::byte* block(std::uint64_t index) const { return index < blocks_.size() ? blocks_[index] : nullptr; }
    void release_block(std::uint64_t index);
    void set_size_locked(std::uint64_t size);

    RamBudget& budget_;
    Array<std::byte*> blocks_;
    std::uint64_t size_ = 0, held_ = 0;
};

} // namespace exo::hpc
