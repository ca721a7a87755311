// Shared disks: the rows that share one, bind rings and window frames, and submit for an extent.
#include "exokernel/disk/disk.hpp"
#include "exokernel/memory/user_access.hpp"
#include "exokernel/syscall/bind_rows.hpp"
#include "exokernel/syscall/dispatch.hpp"
#include "exokernel/syscall/resolve.hpp"

namespace exo {

namespace {

// An extent as a handle names it, with the disk that it lies on.
struct NamedExtent {
    Disk* disk;
    SlotRef ref;
};
// Errors: as find, and NotBound when the disk is not shared.
Result<NamedExtent> named_extent(const Environment& environment, Handle handle) {
    Result<SlotRef> ref = capabilities.find(environment.number, handle, Kind::Extent, right::Bind);
    if (!ref)
        return std::unexpected(ref.error());
    Disk* disk = disk_of_function(capabilities.at(*ref).first >> extent_block_bits);
    if (!disk)
        return std::unexpected(Error::NotBound);
    return NamedExtent{disk, *ref};
}

// The pair of the row's environment, and pages of its window. Errors: as named_extent, OutOfRange, Misaligned.
struct NamedWindow {
    Disk* disk;
    DiskQueue* queue;
    std::uint64_t page;
};
Result<NamedWindow> named_window(const Environment& environment, const BindOp& row) {
    Result<NamedExtent> extent = named_extent(environment, row.handle);
    if (!extent)
        return std::unexpected(extent.error());
    DiskQueue* queue = disk_queue_of(*extent->disk, environment.number);
    if (!queue || queue->closing || extent->disk->stopped)
        return std::unexpected(Error::NotBound);
    std::uint64_t page = row.address >> page_shift;
    if (row.address % page_bytes)
        return std::unexpected(Error::Misaligned);
    if (page >= extent_window_pages || row.count == 0 || row.count > extent_window_pages - page)
        return std::unexpected(Error::OutOfRange);
    return NamedWindow{extent->disk, queue, page};
}

} // namespace

Status bind_disk(Environment& environment, const BindOp& row) {
    if (row.flags)
        return std::unexpected(Error::BadArgument);
    Result<std::uint32_t> function = shareable_function(environment, row.handle);
    if (!function)
        return std::unexpected(function.error());
    Rights rights = right::Dma | right::Retype | right::Read | right::Write;
    Result<SlotRef> frames = capabilities.find(environment.number, row.argument, Kind::Frames, rights);
    if (!frames)
        return std::unexpected(frames.error());
    DiskSpec spec;
    if (Status status = copy_in(&spec, UserPointer<const DiskSpec>{row.address}); !status)
        return status;
    return disk_share(*function, environment.number, *frames, row.resource, row.count, spec);
}

Status unbind_disk(Environment& environment, const BindOp& row) {
    Result<std::uint32_t> function = shareable_function(environment, row.handle);
    if (!function)
        return std::unexpected(function.error());
    Disk* disk = disk_of_function(*function);
    if (!disk || device_infos[*function].owner != environment.number)
        return std::unexpected(Error::NotBound);
    return disk_unshare(*disk);
}

Status bind_extent_ring(Environment& environment, const BindOp& row) {
    if (row.flags || row.count >= extents_per_ring)
        return std::unexpected(Error::BadArgument);
    Result<NamedExtent> extent = named_extent(environment, row.handle);
    if (!extent)
        return std::unexpected(extent.error());
    auto number = static_cast<std::uint8_t>(row.count);
    if (row.argument) {
        Result<NamedExtent> other = named_extent(environment, row.argument);
        if (!other)
            return std::unexpected(other.error());
        DiskQueue* queue = disk_queue_of(*other->disk, environment.number);
        if (row.address || row.resource || other->disk != extent->disk)
            return std::unexpected(Error::BadArgument);
        return queue ? disk_queue_join(*queue, extent->ref, number) : std::unexpected(Error::NotBound);
    }
    std::uint64_t vcore = row.resource >> 8, event = row.resource & 0xff;
    if (vcore >= environment.vcore_count || event >= events_per_vcore)
        return std::unexpected(Error::OutOfRange);
    ExtentRingRequest request{extent->ref, number, environment.vcore[vcore], static_cast<std::uint8_t>(event),
                              no_slot,     {}};
    if (Status status = copy_in(&request.spec, UserPointer<const ExtentRingSpec>{row.address}); !status)
        return status;
    Result<SlotRef> frames =
        capabilities.find(environment.number, request.spec.frames, Kind::Frames, right::Read | right::Write);
    if (!frames)
        return std::unexpected(frames.error());
    request.frames = *frames;
    return disk_queue_make(*extent->disk, request);
}

Status unbind_extent_ring(Environment& environment, const BindOp& row) {
    Result<NamedExtent> extent = named_extent(environment, row.handle);
    if (!extent)
        return std::unexpected(extent.error());
    if (!disk_queue_of(*extent->disk, environment.number))
        return std::unexpected(Error::NotBound);
    return disk_extent_gone(*extent->disk, extent->ref);
}

Status bind_extent_window(Environment& environment, const BindOp& row) {
    Rights rights = row.flags & bind_flag::rights_mask;
    if (row.flags & ~bind_flag::rights_mask)
        return std::unexpected(Error::BadArgument);
    Result<NamedWindow> window = named_window(environment, row);
    if (!window)
        return std::unexpected(window.error());
    Result<SlotRef> frames = capabilities.find(environment.number, row.argument, Kind::Frames, right::Dma | rights);
    if (!frames)
        return std::unexpected(frames.error());
    return disk_window_add(*window->disk, *window->queue, window->page, row.count, row.resource, rights, *frames);
}

Status unbind_extent_window(Environment& environment, const BindOp& row) {
    Result<NamedWindow> window = named_window(environment, row);
    if (!window)
        return std::unexpected(window.error());
    return disk_window_remove(*window->disk, *window->queue, window->page, row.count);
}

CallWord extent_submit_call(SlotRef extent, std::uint64_t flags) {
    Disk* disk = disk_of_function(capabilities.at(extent).first >> extent_block_bits);
    DiskQueue* queue = disk ? disk_queue_of(*disk, caller()) : nullptr;
    if (!queue)
        return call_error(Error::NotBound);
    Result<std::uint32_t> taken = disk_submit(*disk, *queue, flags);
    return taken ? static_cast<CallWord>(*taken) : call_error(taken.error());
}

} // namespace exo
