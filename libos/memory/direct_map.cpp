// Brings up the direct map: every granted frame that is free at start, with 2 MiB pages where they fit and 4 KiB pages
// at a tail. Before it there is no memory to build it from, so the first pairs are counted out of the head of run 0.
#include "libos/memory/bind_rows.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/memory/kernel_tables.hpp"

#include <algorithm>

namespace exo {

namespace {

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) {
    return (value + unit - 1) / unit * unit;
}

// Takes pairs one after another from frames that nothing maps; made without any, from the allocator's pool.
class FirstPairs {
public:
    FirstPairs() = default;
    FirstPairs(Handle handle, std::uint64_t first, std::uint64_t end)
        : handle_(handle), next_(round_up(first, 2)), end_(end) {}

    // A table of `level` that covers `address`. Errors: as bind; TableFull. One that is there already is as good.
    Status add_table(std::uint64_t address, std::uint32_t level) {
        if (handle_ == no_handle)
            return add_table_from_pool(address, level);
        if (next_ + 2 > end_)
            return std::unexpected(Error::TableFull);
        const BindOp row = table_row(address, handle_, next_, level);
        const Status status = bind_rows({&row, 1});
        if (status)
            next_ += 2;
        else if (status.error() == Error::Occupied)
            return {};
        return status;
    }
    std::uint64_t next() const { return next_; }

private:
    static Status add_table_from_pool(std::uint64_t address, std::uint32_t level) {
        const auto pair = frames().allocate_pair();
        if (!pair)
            return std::unexpected(pair.error());
        const BindOp row = table_row(address, frames().handle_of(*pair), *pair, level);
        const Status status = bind_rows({&row, 1});
        if (!status)
            frames().free_pair(*pair);
        return !status && status.error() == Error::Occupied ? Status{} : status;
    }

    Handle handle_ = no_handle;
    std::uint64_t next_ = 0, end_ = 0;
};

Status add_tables(FirstPairs& pairs, std::uint64_t first, std::uint64_t end, std::uint32_t level) {
    const std::uint64_t span = std::uint64_t{1} << (9 * level); // frames that one table covers
    for (std::uint64_t frame = first / span * span; frame < end; frame += span) {
        if (Status status = pairs.add_table(direct_map_address + frame * page_bytes, level); !status)
            return status;
    }
    return {};
}

Status map_run(Handle handle, std::uint64_t first, std::uint64_t end, unsigned order) {
    const std::uint64_t row_frames = row_pages_max << order;
    for (std::uint64_t frame = first; frame < end; frame += row_frames) {
        const std::uint64_t count = std::min(row_frames, end - frame) >> order;
        const BindOp row =
            page_row(direct_map_address + frame * page_bytes, handle, frame, order, count, right::Read | right::Write);
        if (Status status = bind_rows({&row, 1}); !status)
            return status;
    }
    return {};
}

Status map_frames(FirstPairs& pairs, Handle handle, std::uint64_t first, std::uint64_t end) {
    if (end > direct_map_frames_max)
        return std::unexpected(Error::OutOfRange);
    const std::uint64_t large_begin = std::min(round_up(first, frames_per_large), end);
    const std::uint64_t large_end = std::max(large_begin, end / frames_per_large * frames_per_large);
    Status status = add_tables(pairs, first, end, 3);
    if (status)
        status = add_tables(pairs, first, end, 2);
    // Two edges of 4 KiB pages around a middle of 2 MiB pages, each possibly empty.
    const struct {
        std::uint64_t begin, end;
        unsigned order;
    } parts[] = {{first, large_begin, order_4k}, {large_begin, large_end, order_2m}, {large_end, end, order_4k}};
    for (const auto& part : parts) {
        if (status && part.order == order_4k && part.begin < part.end)
            status = add_tables(pairs, part.begin, part.end, 1);
        if (status)
            status = map_run(handle, part.begin, part.end, part.order);
    }
    return status;
}

} // namespace

Status FrameAllocator::add_run(Handle handle, std::uint64_t first, std::uint64_t count) {
    FirstPairs pairs;
    Status status = map_frames(pairs, handle, first, first + count);
    return status ? add_zone(handle, first, count, first) : status;
}

Status FrameAllocator::open(const StartInfo& start) {
    // Pairs for the direct map itself, and some for what comes before the first block is set aside for more.
    std::uint64_t pair_frames = 2 * 16;
    for (std::uint64_t i = 0; i < start.frame_run_count; ++i)
        pair_frames += 2 * (start.frame_runs[i].count / frames_per_huge + 6);
    const StartFrames& home = start.frame_runs[0];
    const std::uint64_t home_end = home.first + home.count;
    std::uint64_t pairs_end = home.free + pair_frames;
    // Up to a 2 MiB border, when the run is large enough to spare it.
    if (const std::uint64_t border = round_up(pairs_end, frames_per_large); border + 4 * frames_per_large <= home_end)
        pairs_end = border;
    if (pairs_end >= home_end)
        return std::unexpected(Error::TableFull);

    FirstPairs pairs(home.handle, home.free, pairs_end);
    for (std::uint64_t i = 0; i < start.frame_run_count; ++i) {
        const StartFrames& run = start.frame_runs[i];
        const std::uint64_t begin = i == 0 ? pairs_end : run.free;
        if (Status status = map_frames(pairs, run.handle, begin, run.first + run.count); !status)
            return status;
    }
    for (std::uint64_t i = 0; i < start.frame_run_count; ++i) {
        const StartFrames& run = start.frame_runs[i];
        if (Status status = add_zone(run.handle, run.first, run.count, i == 0 ? pairs_end : run.free); !status)
            return status;
    }
    pair_frames_ += pairs.next() - home.free;
    add_pairs(pairs.next(), pairs_end - pairs.next());
    return {};
}

} // namespace exo
