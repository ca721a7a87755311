// Opening and closing of extent_disk.hpp, and the memory that the disk reaches.
#include "drivers/nvme/spec.hpp"
#include "libos/block/extent_disk.hpp"
#include "libos/memory/address_space.hpp"
#include "libos/memory/bind_rows.hpp"
#include "libos/memory/bytes.hpp"
#include "libos/memory/frame_allocator.hpp"
#include "libos/upcall/vcore.hpp"
#include "secure-bindings/abi/syscall.hpp"

#include <algorithm>

namespace exo::block {

namespace {

std::uint64_t pages_of(std::uint64_t bytes) {
    return (bytes + page_bytes - 1) / page_bytes;
}

} // namespace

const char* ExtentDisk::make_ring() {
    const auto frame = frames().allocate_run(extent_ring_pages);
    // The completions take the place of a page that was ours: its tables are there. To the address space nothing is
    // there, so that whoever looks at the place when the kernel has taken it back finds zeroes.
    const auto place = address_space().map({.bytes = page_bytes, .backing = Backing::DemandZero, .page_order = 0});
    if (!frame || !place)
        return "there is no memory for the extent's ring";
    if (!address_space().populate(*place, page_bytes) || !address_space().discard(*place, page_bytes))
        return "there is no place for the extent's completions";
    ring_frame_ = *frame;
    completions_address_ = *place;
    zero_pages(frame_memory(ring_frame_), extent_ring_pages);
    // Safe: frames of that shape from now on.
    ring_ = reinterpret_cast<ExtentRing*>(frame_memory(ring_frame_));
    lists_ = reinterpret_cast<ExtentPageList*>(frame_memory(ring_frame_) + extent_lists_at);
    return nullptr;
}

exo::Status ExtentDisk::bind_ring() {
    const ExtentRingSpec spec{frames().handle_of(ring_frame_), ring_frame_, completions_address_};
    const BindOp row{BindKind::ExtentRing,
                     0,
                     extent_,
                     reinterpret_cast<std::uint64_t>(&spec), // Safe: only the address crosses.
                     waiter_.bit().interrupt_resource(),
                     0,
                     0};
    if (const exo::Status bound = bind_rows({&row, 1}); !bound)
        return bound;
    // Safe: the kernel has mapped it there.
    completions_ = reinterpret_cast<const nvme::CompletionEntry*>(completions_address_);
    head_ = ring_->completion_head;
    phase_ = ring_->completion_phase;
    given_ = looked_ = refused_ = 0;
    armed_ = false;
    return {};
}

const char* ExtentDisk::open(const StartExtent& granted, std::uint64_t limit_us) {
    extent_ = granted.handle;
    help_ = granted.help;
    if (const char* wrong = make_ring())
        return wrong;
    if (!waiter_.open(this_vcore_index()))
        return "no event is left for the extent's interrupt";
    if (const exo::Status bound = bind_ring(); !bound)
        return bound.error() == Error::TableFull  ? "the shared disk has no queue left for another owner"
               : bound.error() == Error::Occupied ? "the environment has a queue of the shared disk already"
                                                  : "the extent's ring cannot be bound";
    CapabilityInfo about;
    if (!sys::inspect(extent_, &about).ok())
        return "the extent is not there";
    for (std::uint16_t tag = extent_tags; tag != 0; --tag)
        free_[free_count_++] = static_cast<std::uint16_t>(tag - 1);
    block_shift_ = ring_->block_shift;
    block_bytes_ = 1u << block_shift_;
    block_count_ = about.count;
    // Whatever the pieces, their pages fit a list.
    constexpr std::uint32_t most = extent_pages_listed * page_bytes;
    transfer_bytes_max_ = std::min(ring_->transfer_bytes_max, most);
    pieces_max_ = extent_pages_listed;
    queue_depth_ = extent_tags;
    const std::uint8_t offers = ring_->offers;
    auto has = [&](Rights right, std::uint8_t offer) {
        return (about.rights & right) == right && (offers & offer) == offer;
    };
    may_flush_ = has(right::Flush, 0);
    set_limit(limit_us);
    offers_ =
        (has(0, extent_offer::volatile_cache) ? disk_offer::volatile_cache : 0) |
        (has(right::Trim, extent_offer::trim) ? disk_offer::trim : 0) |
        (has(right::Trim, extent_offer::trim | extent_offer::trimmed_reads_zero) ? disk_offer::trimmed_reads_zero : 0) |
        (has(right::Write, 0) ? 0 : disk_offer::read_only);
    return nullptr;
}

const char* ExtentDisk::close() {
    Completion ended[16];
    while (!problem_ && free_count_ != extent_tags)
        if (poll(ended) == 0)
            sleep(0);
    if (problem_)
        return problem_;
    problem_ = "the disk was closed";
    const BindOp row{BindKind::ExtentRing, 0, extent_, 0, 0, 0, 0};
    CallResult gone(0);
    do
        gone = sys::unbind(self, &row, 1);
    while (gone.is(Error::Again));
    // Not bound: the controller was reset since.
    return gone.ok() || gone.is(Error::NotBound) ? nullptr : "the extent's ring cannot be given back";
}

// Frames into the window, at the first place that is free.
bool ExtentDisk::show(std::uint64_t first_frame, std::uint64_t count) {
    Run* free = nullptr;
    for (Run& run : runs_)
        if (run.allowances == 0)
            free = &run;
    std::uint64_t page = 0;
    for (bool moved = true; moved;) {
        moved = false;
        for (const Run& run : runs_)
            if (run.allowances != 0 && page < run.page + run.bytes / page_bytes && run.page < page + count) {
                page = run.page + run.bytes / page_bytes;
                moved = true;
            }
    }
    if (!free || page + count > extent_window_pages)
        return false;
    const Run run{first_frame * page_bytes, count * page_bytes, static_cast<std::uint32_t>(page), 1};
    // While the ring is gone there is no window: the frames are shown with the others when it is bound anew.
    if (ring_->gone == 0 && !bind_run(run))
        return false;
    *free = run;
    return true;
}

bool ExtentDisk::bind_run(const Run& run) {
    const std::uint64_t first_frame = run.physical / page_bytes;
    // A row covers pages of one capability.
    const BindOp row{
        BindKind::ExtentWindow, right::Read | right::Write,     extent_, run.page * page_bytes, first_frame,
        run.bytes / page_bytes, frames().handle_of(first_frame)};
    return bind_rows({&row, 1}).has_value();
}

Piece ExtentDisk::allocate(std::uint32_t bytes) {
    const std::uint64_t count = pages_of(bytes);
    const auto frame = frames().allocate_run(count);
    if (!frame)
        return {};
    zero_pages(frame_memory(*frame), count);
    if (!show(*frame, count)) {
        frames().free(*frame, count);
        return {};
    }
    return {frame_memory(*frame), *frame * page_bytes, bytes};
}

void ExtentDisk::release(const Piece& memory) {
    for (Run& run : runs_) {
        if (run.allowances == 0 || run.physical != memory.device_address || --run.allowances != 0)
            continue;
        const BindOp row{BindKind::ExtentWindow, 0, extent_, run.page * page_bytes, 0, run.bytes / page_bytes, 0};
        if (!unbind_rows({&row, 1}) && ring_->gone == 0) {
            run.allowances = 1; // frames that the disk may still reach are never used for anything else
            return;
        }
        frames().free(run.physical / page_bytes, run.bytes / page_bytes);
        return;
    }
}

bool ExtentDisk::allow(std::uint64_t device_address, std::uint64_t bytes) {
    if (run_of(device_address, bytes))
        return true;
    const std::uint64_t first = device_address / page_bytes;
    return show(first, pages_of(device_address % page_bytes + bytes));
}

} // namespace exo::block
