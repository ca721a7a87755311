// Allocation from the zones, and the pool of pairs. See frame_allocator.hpp.
#include "libos/memory/frame_allocator.hpp"

#include "libos/memory/bind_rows.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/memory/kernel_tables.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace exo {

namespace {
constinit FrameAllocator environment_frames;
}

FrameAllocator& frames() {
    return environment_frames;
}

Status FrameAllocator::add_zone(Handle handle, std::uint64_t first, std::uint64_t count, std::uint64_t free) {
    const std::uint64_t book_frames = (FrameZone::books_bytes(count) + page_bytes - 1) / page_bytes;
    const std::uint64_t end = first + count;
    SpinGuard guard(lock_);
    std::size_t place = 0;
    while (place < zone_count_ && zones_[place].count())
        ++place;
    if (place == start_frame_runs_max || free + book_frames > end)
        return std::unexpected(Error::TableFull);
    FrameZone& zone = zones_[place];
    zone.open(handle, first, count, frame_memory(free));
    zone.free(free + book_frames, end - free - book_frames);
    // A run that the starter used a part of never becomes free as a whole.
    states_[place] = {free == first ? count - book_frames : 0, false};
    total_ += count;
    zone_count_ = std::max(zone_count_, place + 1);
    return {};
}

void FrameAllocator::add_pairs(std::uint64_t first, std::uint64_t count) {
    pair_frames_ += count;
    const std::uint64_t end = first + count;
    for (std::uint64_t even = (first + 1) & ~std::uint64_t{1}; even + 2 <= end; even += 2)
        free_pair(even);
}

const FrameZone* FrameAllocator::zone_of(std::uint64_t frame) const {
    for (std::size_t i = 0; i < zone_count_; ++i) {
        if (zones_[i].contains(frame))
            return &zones_[i];
    }
    return nullptr;
}

FrameZone* FrameAllocator::zone_of(std::uint64_t frame) {
    return const_cast<FrameZone*>(std::as_const(*this).zone_of(frame)); // Safe: the zones are this object's own.
}

Result<std::uint64_t> FrameAllocator::allocate_locked(unsigned order) {
    for (std::size_t i = 0; i < zone_count_; ++i) {
        if (states_[i].leaving || !zones_[i].count())
            continue;
        if (auto frame = zones_[i].allocate(order))
            return frame;
    }
    return std::unexpected(Error::TableFull);
}

Result<std::uint64_t> FrameAllocator::allocate(unsigned order) {
    SpinGuard guard(lock_);
    return allocate_locked(order);
}

Result<std::uint64_t> FrameAllocator::allocate_run(std::uint64_t count) {
    const unsigned order = static_cast<unsigned>(std::bit_width(count - 1));
    if (count == 0 || order > frame_order_max)
        return std::unexpected(Error::TableFull);
    SpinGuard guard(lock_);
    auto frame = allocate_locked(order);
    if (frame && count < std::uint64_t{1} << order)
        zone_of(*frame)->free(*frame + count, (std::uint64_t{1} << order) - count);
    return frame;
}

void FrameAllocator::free(std::uint64_t first, std::uint64_t count) {
    FrameZone gone;
    {
        SpinGuard guard(lock_);
        FrameZone* zone = zone_of(first);
        if (!zone)
            return;
        zone->free(first, count);
        if (!state_of(*zone).leaving) [[likely]]
            return;
        gone = take_out_locked(*zone);
    }
    give_up(gone);
}

// The list goes through the notes of the even frames; a note holds half of a frame number.
void FrameAllocator::free_pair(std::uint64_t even) {
    SpinGuard guard(lock_);
    zone_of(even)->set_note(even, static_cast<std::uint32_t>(first_pair_ / 2));
    first_pair_ = even;
    ++free_pairs_;
}

Result<std::uint64_t> FrameAllocator::allocate_pair() {
    for (int attempt = 0; attempt < 2; ++attempt) {
        {
            SpinGuard guard(lock_);
            if (first_pair_) {
                const std::uint64_t even = first_pair_;
                first_pair_ = std::uint64_t{zone_of(even)->note(even)} * 2;
                --free_pairs_;
                return even;
            }
        }
        if (Status status = grow_pairs(); !status)
            return std::unexpected(status.error());
    }
    return std::unexpected(Error::TableFull);
}

Status FrameAllocator::reserve_pairs(std::uint64_t count) {
    for (;;) {
        {
            SpinGuard guard(lock_);
            if (free_pairs_ >= count)
                return {};
        }
        if (Status status = grow_pairs(); !status)
            return status;
    }
}

// A 2 MiB block of the direct map becomes 256 pairs.
Status FrameAllocator::grow_pairs() {
    auto block = allocate(order_2m);
    if (!block)
        return std::unexpected(block.error());
    const BindOp row = page_row(direct_map_address + *block * page_bytes, no_handle, 0, order_2m, 1, 0);
    if (Status status = machine_tables().unbind({&row, 1}); !status) {
        free(*block, frames_per_large);
        return status;
    }
    add_pairs(*block, frames_per_large);
    return {};
}

void FrameAllocator::share(std::uint64_t frame, bool first) {
    SpinGuard guard(lock_);
    FrameZone& zone = *zone_of(frame);
    zone.set_references(frame, first ? 2 : static_cast<std::uint16_t>(zone.references(frame) + 1));
}

bool FrameAllocator::unshare(std::uint64_t frame) {
    SpinGuard guard(lock_);
    FrameZone& zone = *zone_of(frame);
    const auto left = static_cast<std::uint16_t>(zone.references(frame) - 1);
    zone.set_references(frame, left);
    return left == 0;
}

std::uint16_t FrameAllocator::references(std::uint64_t frame) {
    return zone_of(frame)->references(frame);
}
std::uint32_t FrameAllocator::note(std::uint64_t frame) {
    return zone_of(frame)->note(frame);
}
void FrameAllocator::set_note(std::uint64_t frame, std::uint32_t value) {
    zone_of(frame)->set_note(frame, value);
}

Handle FrameAllocator::handle_of(std::uint64_t frame) const {
    const FrameZone* zone = zone_of(frame);
    return zone ? zone->handle() : no_handle;
}

FrameStatistics FrameAllocator::statistics() {
    SpinGuard guard(lock_);
    FrameStatistics result{total_, 2 * free_pairs_, pair_frames_, 0};
    for (std::size_t i = 0; i < zone_count_; ++i) {
        if (!zones_[i].count() || states_[i].leaving)
            continue;
        result.free += zones_[i].free_count();
        result.largest_run = std::max(result.largest_run, zones_[i].largest_free());
    }
    return result;
}

// A leaving zone, if all of it is free; else an empty one.
FrameZone FrameAllocator::take_out_locked(FrameZone& zone) {
    if (zone.free_count() != state_of(zone).all_free)
        return {};
    total_ -= zone.count();
    return std::exchange(zone, {});
}

// Its books, which lay in it, are not looked at any more.
void FrameAllocator::give_up(const FrameZone& zone) {
    const std::uint64_t end = zone.first() + zone.count();
    for (std::uint64_t frame = zone.first(); frame < end;) {
        const std::uint64_t border = std::min(end, (frame / row_pages_max + 1) * row_pages_max);
        const BindOp row = page_row(direct_map_address + frame * page_bytes, no_handle, 0, order_4k, border - frame, 0);
        (void)machine_tables().unbind({&row, 1}); // dropping the capability would do the same, page by page
        frame = border;
    }
    if (zone.count())
        machine_tables().drop(zone.handle());
}

bool FrameAllocator::give_back(Handle handle) {
    FrameZone gone;
    {
        SpinGuard guard(lock_);
        for (std::size_t i = 0; i < zone_count_; ++i) {
            if (states_[i].all_free && zones_[i].count() && zones_[i].handle() == handle) {
                states_[i].leaving = true;
                gone = take_out_locked(zones_[i]);
            }
        }
    }
    give_up(gone);
    return gone.count() != 0;
}

void FrameAllocator::forget(Handle handle) {
    SpinGuard guard(lock_);
    for (std::size_t i = 0; i < zone_count_; ++i) {
        if (zones_[i].count() && zones_[i].handle() == handle) {
            total_ -= zones_[i].count();
            zones_[i] = {};
        }
    }
}

} // namespace exo
