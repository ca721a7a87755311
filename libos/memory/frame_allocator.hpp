// The physical frames of the environment: runs of 4 KiB to 1 GiB out of everything it was granted, and pairs for
// page tables. Frames are readable and writable through the direct map at all times (frame_memory), except pairs:
// the kernel only accepts frames that nothing maps as tables, so whole 2 MiB blocks leave the direct map for them.
// Books of one run: frame_zone.hpp. Virtual memory: address_space.hpp.
#pragma once

#include "libos/memory/frame_zone.hpp"
#include "libos/start/start_info.hpp"
#include "libos/thread/spin_lock.hpp"

namespace exo {

// Where a frame's contents are, for every frame that is not part of a table.
inline std::byte* frame_memory(std::uint64_t frame) {
    // Safe: set up for all granted frames at start.
    return reinterpret_cast<std::byte*>(direct_map_address + frame * page_bytes);
}

struct FrameStatistics {
    std::uint64_t total;       // granted
    std::uint64_t free;        // could be allocated
    std::uint64_t tables;      // set aside for page tables, used or not
    std::uint64_t largest_run; // frames
};

class FrameAllocator {
public:
    // Sets up tables, direct map and books. Called once, before anything else of the kit that needs memory.
    Status open(const StartInfo& start);

    // An aligned run of 2^order frames, contents undefined. Errors: TableFull.
    Result<std::uint64_t> allocate(unsigned order);
    // The largest order up to `order` that is free. *got is the order.
    Result<std::uint64_t> allocate_largest(unsigned order, unsigned* got);
    // `count` neighbouring frames, aligned to the next power of two (for DMA). Errors: TableFull.
    Result<std::uint64_t> allocate_run(std::uint64_t count);
    void free(std::uint64_t first, std::uint64_t count = 1);

    // An even frame whose neighbour goes with it: for a page table and its ledger. Errors: TableFull.
    Result<std::uint64_t> allocate_pair();
    void free_pair(std::uint64_t even);

    // One more mapping of a frame that copy-on-write shares, and one less: true when it was the last.
    void share(std::uint64_t frame);
    bool unshare(std::uint64_t frame);
    bool shared(std::uint64_t frame);

    // The capability that covers a frame, or no_handle for frames that are not the environment's.
    Handle handle_of(std::uint64_t frame) const;
    FrameStatistics statistics();
    // Takes free frames out of a run whose return was asked for; true when all of it was free and is unmapped now.
    bool give_back(std::uint64_t first, std::uint64_t count);

private:
    FrameZone* zone_of(std::uint64_t frame);
    Status grow_pairs();

    static constexpr std::size_t pairs_words = 512 / 64 / 2;

    SpinLock lock_;
    FrameZone zones_[start_frame_runs_max];
    std::size_t zone_count_ = 0;
    // Free pairs, linked through a stack of even frames kept in ordinary frames.
    std::uint32_t* pair_stack_ = nullptr;
    std::size_t pair_count_ = 0, pair_capacity_ = 0;
    std::uint64_t pair_frames_ = 0, total_ = 0;
    friend class DirectMap;
};

// The environment's own.
FrameAllocator& frames();

} // namespace exo
