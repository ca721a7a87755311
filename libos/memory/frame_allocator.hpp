// The physical frames of the environment: runs of 4 KiB to 1 GiB out of everything it was granted, and pairs for
// page tables. Frames are readable and writable through the direct map at all times (frame_memory), except pairs:
// the kernel only accepts frames that nothing maps as tables, so whole 2 MiB blocks leave the direct map for them.
// Books of one run: frame_zone.hpp. How the direct map comes up: direct_map.cpp. Virtual memory: address_space.hpp.
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
    std::uint64_t largest_run; // frames of the largest free run
};

class FrameAllocator {
public:
    // Sets up tables, direct map and books. Called once, before anything else of the kit that needs memory.
    // Errors: as bind; TableFull when a run is too small for its own books.
    Status open(const StartInfo& start);
    // One run whose frames [free, end) can be had; its direct map is there already. Errors: TableFull.
    Status add_zone(Handle handle, std::uint64_t first, std::uint64_t count, std::uint64_t free);
    // Unmapped frames that become pairs.
    void add_pairs(std::uint64_t first, std::uint64_t count);

    // An aligned run of 2^order frames, contents undefined. Errors: TableFull.
    Result<std::uint64_t> allocate(unsigned order);
    // `count` neighbouring frames, aligned to the next power of two (for DMA). Errors: TableFull.
    Result<std::uint64_t> allocate_run(std::uint64_t count);
    void free(std::uint64_t first, std::uint64_t count = 1);

    // An even frame whose neighbour goes with it: for a page table and its ledger. Errors: TableFull.
    Result<std::uint64_t> allocate_pair();
    void free_pair(std::uint64_t even);
    // Sets frames aside until so many pairs are free. Errors: as allocate_pair.
    Status reserve_pairs(std::uint64_t count);
    // Calls `visit` with the even frame of each free pair. It may call nothing of this object.
    template <typename Visit>
    void each_free_pair(Visit visit) {
        SpinGuard guard(lock_);
        for (std::uint64_t even = first_pair_; even; even = std::uint64_t{zone_of(even)->note(even)} * 2)
            visit(even);
    }

    // One more mapping of a frame that copy-on-write shares. `first`: it was not shared before.
    void share(std::uint64_t frame, bool first);
    // One mapping less: true when it was the last.
    bool unshare(std::uint64_t frame);
    std::uint16_t references(std::uint64_t frame);
    // A word that whoever uses a frame may keep beside it.
    std::uint32_t note(std::uint64_t frame);
    void set_note(std::uint64_t frame, std::uint32_t value);

    // The capability that covers a frame, or no_handle for frames that are not the environment's.
    Handle handle_of(std::uint64_t frame) const;
    FrameStatistics statistics();
    std::size_t zone_count() const { return zone_count_; }
    const FrameZone& zone(std::size_t index) const { return zones_[index]; }

    // Memory that was granted after the start: maps it directly and adds it. From then on the capability is the
    // allocator's. Errors: as bind; TableFull.
    Status add_run(Handle handle, std::uint64_t first, std::uint64_t count);
    // The return of a run was asked for: nothing is allocated from it any more, and once all of it is free, now or at a
    // later `free`, its direct mapping and its capability go. True when that has happened already. No effect on the run
    // of the image.
    bool give_back(Handle handle);
    // A run was taken by force: forgets it.
    void forget(Handle handle);

private:
    const FrameZone* zone_of(std::uint64_t frame) const;
    FrameZone* zone_of(std::uint64_t frame);
    Result<std::uint64_t> allocate_locked(unsigned order);
    Status grow_pairs();
    FrameZone take_out_locked(FrameZone& zone);
    static void give_up(const FrameZone& zone);

    struct ZoneState {
        std::uint64_t all_free = 0; // frames, when nothing is allocated; 0: never
        bool leaving = false;
    };
    ZoneState& state_of(const FrameZone& zone) { return states_[&zone - zones_]; }

    SpinLock lock_;
    FrameZone zones_[start_frame_runs_max]; // a run that has gone leaves an empty one
    ZoneState states_[start_frame_runs_max];
    std::size_t zone_count_ = 0;
    std::uint64_t first_pair_ = 0; // free pairs, linked through their notes; 0: none
    std::uint64_t free_pairs_ = 0, pair_frames_ = 0, total_ = 0;
};

// The environment's own.
FrameAllocator& frames();

} // namespace exo
