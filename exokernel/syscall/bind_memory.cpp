// Rows about an address space: pages, their rights, page tables, and the environment's own info pages.
#include "exokernel/syscall/bind_rows.hpp"

#include "exokernel/syscall/resolve.hpp"

namespace exo {

namespace {

// Page size of a row as a table level; 0 for the undefined one.
std::uint8_t page_level(const BindOp& row) {
    switch (row.flags & bind_flag::size_mask) {
    case bind_flag::size_4k:
        return 1;
    case bind_flag::size_2m:
        return 2;
    case bind_flag::size_1g:
        return 3;
    }
    return 0;
}

std::uint64_t frames_of_level(std::uint8_t level) {
    return 1ull << (9 * (level - 1));
}

// Whether [address, address + pages of the level) is user memory.
Status check_range(const BindOp& row, std::uint8_t level) {
    if (row.count == 0 || row.count > row_pages_max)
        return std::unexpected(Error::OutOfRange);
    std::uint64_t bytes = row.count * frames_of_level(level) * page_bytes;
    if (row.address >= user_end || bytes > user_end - row.address)
        return std::unexpected(Error::BadAddress);
    return {};
}

void forget(TlbBatch& tlb, std::uint64_t address, std::uint64_t pages) {
    if (pages > TlbBatch::pages_max - tlb.count)
        tlb.everything = true;
    for (std::uint64_t i = 0; i < pages && !tlb.everything; i++)
        tlb.add(address + i * page_bytes);
}

} // namespace

Status bind_pages(Environment& environment, const BindOp& row, BindBatch& batch) {
    std::uint8_t level = page_level(row);
    if (level == 0 || row.flags & bind_flag::level_mask)
        return std::unexpected(Error::BadArgument);
    if (Status status = check_range(row, level); !status)
        return status;
    Rights rights = row.flags & bind_flag::rights_mask;
    Result<SlotRef> ref = capabilities.find(environment.number, row.handle, Kind::Frames, rights);
    if (!ref)
        return std::unexpected(ref.error());
    const Slot& slot = capabilities.at(*ref);
    std::uint64_t frames = row.count * frames_of_level(level);
    if (!covers(slot, row.resource, frames))
        return std::unexpected(Error::OutOfRange);
    MapRequest request{
        row.address,       row.resource, level, rights, slot.rights & 7u, static_cast<std::uint16_t>(slot_index(*ref)),
        environment.number};
    Mapping::MapRun run = mapping.map_run(environment.tree, request, row.count);
    batch.work += run.done;
    if (!run.status && run.done) {
        // All or none: what was mapped before the page that failed was never seen by the processor's
        // other cores as anything they could hold on to, but it is flushed as if it had been.
        (void)mapping.unmap_run(environment.tree, row.address, run.done * frames_of_level(level));
        batch.tlb.everything = true;
    }
    return run.status;
}

Status unbind_pages(Environment& environment, const BindOp& row, BindBatch& batch) {
    std::uint8_t level = page_level(row);
    if (level == 0 || row.flags & bind_flag::level_mask)
        return std::unexpected(Error::BadArgument);
    if (Status status = check_range(row, level); !status)
        return status;
    Mapping::UnmapRun run = mapping.unmap_run(environment.tree, row.address, row.count * frames_of_level(level));
    forget(batch.tlb, row.address, run.done);
    batch.work += run.done;
    return run.status;
}

Status protect_pages(Environment& environment, const BindOp& row, BindBatch& batch) {
    std::uint8_t level = page_level(row);
    if (level == 0 || row.flags & bind_flag::level_mask)
        return std::unexpected(Error::BadArgument);
    if (Status status = check_range(row, level); !status)
        return status;
    Mapping::ProtectRun run = mapping.protect_run(environment.tree, row.address, row.count * frames_of_level(level),
                                                  row.flags & bind_flag::rights_mask);
    if (run.narrowed)
        forget(batch.tlb, row.address, run.done);
    batch.work += run.done;
    return run.status;
}

Status bind_table(Environment& environment, const BindOp& row) {
    std::uint32_t level = (row.flags & bind_flag::level_mask) >> bind_flag::level_shift;
    if (level < 1 || level > 3 || row.flags & ~bind_flag::level_mask)
        return std::unexpected(Error::BadArgument);
    if (row.address >= user_end)
        return std::unexpected(Error::BadAddress);
    Result<SlotRef> ref = capabilities.find(environment.number, row.handle, Kind::Frames, right::Retype | right::Write);
    if (!ref)
        return std::unexpected(ref.error());
    if (!covers(capabilities.at(*ref), row.resource, 2))
        return std::unexpected(Error::OutOfRange);
    return mapping.add_table(environment.tree, row.address, static_cast<std::uint8_t>(level), row.resource,
                             static_cast<std::uint16_t>(slot_index(*ref)));
}

Status unbind_table(Environment& environment, const BindOp& row, BindBatch& batch) {
    std::uint32_t level = (row.flags & bind_flag::level_mask) >> bind_flag::level_shift;
    if (level < 1 || level > 3 || row.address >= user_end)
        return std::unexpected(Error::BadArgument);
    Result<std::uint64_t> frame = mapping.remove_table(environment.tree, row.address, static_cast<std::uint8_t>(level));
    if (!frame)
        return std::unexpected(frame.error());
    // The processor may hold the table itself in its paging-structure caches until this is done.
    batch.tlb.everything = true;
    return {};
}

Status bind_info(Environment& environment, const BindOp& row) {
    if (row.flags & ~bind_flag::rights_mask || row.flags & (right::Write | right::Execute))
        return std::unexpected(Error::NoRight);
    if (row.count != 1)
        return std::unexpected(Error::OutOfRange);
    if (row.address >= user_end || row.address % page_bytes)
        return std::unexpected(Error::BadAddress);
    if (row.resource > environment.table_frames)
        return std::unexpected(Error::OutOfRange);
    // The environment page is the third frame of the environment's run, its table follows.
    std::uint64_t frame = environment.first_frame + 2 + row.resource;
    return mapping.map_unowned(environment.tree, {row.address, frame, right::Read, 0, CacheMode::WriteBack});
}

} // namespace exo
