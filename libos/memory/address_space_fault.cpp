// Answering faults, copy-on-write, and questions about the address space.
#include "libos/memory/address_space.hpp"
#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo {

FaultResult AddressSpace::handle_fault(std::uint64_t address, Access access) {
    SpinGuard guard(lock_);
    const Region* region = regions_.find(address);
    if (!region)
        return FaultResult::NotMapped;
    const Rights needed = access == Access::Write     ? right::Write
                          : access == Access::Execute ? right::Execute
                                                      : right::Read | right::Write | right::Execute;
    if (!(region->rights & needed))
        return FaultResult::NotAllowed;
    MappedPage page;
    if (!pages_.find(address, &page))
        return bring_in_locked(*region, address);
    if (page.shared && access == Access::Write)
        return copy_locked(*region, page);
    return FaultResult::Resolved; // another vcore brought it in, or is about to have its rights known here
}

// How much comes in around a touched page that nothing is mapped at: see fault_block_order_max.
unsigned AddressSpace::fault_block_order(const Region& region, std::uint64_t address) const {
    unsigned order = order_4k;
    MappedPage page;
    for (; order < fault_block_order_max; ++order) {
        // The block of twice the size, if it is free and lies beside one of its own size that is in place: a sweep
        // brings in one page, one more, then two, four, eight, sixteen at a time.
        const std::uint64_t bytes = page_bytes << (order + 1);
        const std::uint64_t begin = address & ~(bytes - 1);
        if (begin < region.begin || begin + bytes > region.end || pages_.next(begin, begin + bytes, &page))
            break;
        const bool before = begin >= region.begin + bytes && pages_.find(begin - page_bytes, &page) &&
                            pages_.find(begin - bytes, &page);
        const bool after = begin + 2 * bytes <= region.end && pages_.find(begin + bytes, &page) &&
                           pages_.find(begin + 2 * bytes - page_bytes, &page);
        if (!before && !after)
            break;
    }
    return order;
}

FaultResult AddressSpace::bring_in_locked(const Region& region, std::uint64_t address) {
    if (region.backing != Backing::Eager && region.backing != Backing::DemandZero)
        return FaultResult::NotMapped;
    // One large page where the region wants them, else a run of small ones.
    unsigned run = order_4k, order = order_4k;
    if (region.granule_order >= order_2m) {
        MappedPage page;
        const std::uint64_t begin = address & ~(large_page_bytes - 1);
        if (begin >= region.begin && begin + large_page_bytes <= region.end &&
            !pages_.next(begin, begin + large_page_bytes, &page))
            run = order = order_2m;
    }
    if (!order)
        run = fault_block_order(region, address);
    auto frame = frames().allocate(run);
    if (!frame && run) {
        run = order = order_4k;
        frame = frames().allocate(run);
    }
    if (!frame)
        return FaultResult::NoMemory;
    const std::uint64_t begin = address & ~((page_bytes << run) - 1), pages = std::uint64_t{1} << run;
    zero_pages(frame_memory(*frame), pages);
    if (!pages_.map(begin, *frame, order, pages >> order, {.rights = region.rights})) {
        frames().free(*frame, pages);
        return FaultResult::NoMemory;
    }
    ++demand_faults_;
    note_peak_locked();
    return FaultResult::Resolved;
}

FaultResult AddressSpace::copy_locked(const Region& region, const MappedPage& page) {
    ++copy_faults_;
    if (frames().references(page.frame) == 1) {
        // Nobody else is left: the frame is this page's own again.
        pages_.set_shared(page.address, false);
        return pages_.protect(page.address, page.address + page_bytes, region.rights) ? FaultResult::Resolved
                                                                                      : FaultResult::NoMemory;
    }
    auto frame = frames().allocate(order_4k);
    if (!frame)
        return FaultResult::NoMemory;
    copy_page(frame_memory(*frame), frame_memory(page.frame));
    auto released = [](std::uint64_t first, std::uint64_t, bool) {
        if (frames().unshare(first))
            frames().free(first);
    };
    Status status = pages_.unmap(page.address, page.address + page_bytes, released);
    if (status)
        status = pages_.map(page.address, *frame, order_4k, 1, {.rights = region.rights});
    if (!status)
        frames().free(*frame);
    return status ? FaultResult::Resolved : FaultResult::NoMemory;
}

Result<std::uint64_t> AddressSpace::copy_on_write(std::uint64_t address, std::uint64_t bytes,
                                                  const RegionRequest& place) {
    bytes = (bytes + page_bytes - 1) & ~(page_bytes - 1);
    RegionRequest request = place;
    request.bytes = bytes;
    request.backing = Backing::DemandZero;
    auto to = reserve(request);
    if (!to)
        return to;
    SpinGuard guard(lock_);
    Status status = make_room_locked();
    Region* source = regions_.find(address);
    if (status && (!source || source->end < address + bytes))
        status = std::unexpected(Error::NotBound);
    else if (status && source->backing != Backing::Eager && source->backing != Backing::DemandZero)
        status = std::unexpected(Error::BadArgument);
    if (!status) {
        (void)unmap_locked(*to, *to + bytes);
        return std::unexpected(status.error());
    }
    source->copy_on_write = true;
    regions_.find(*to)->copy_on_write = true;
    MappedPage page;
    for (std::uint64_t at = address; status && pages_.next(at, address + bytes, &page);) {
        if (page.order) {
            status = pages_.split(page.address + page_bytes, source->rights);
            continue;
        }
        // The second mapping comes first: if it cannot be made, the source has not changed.
        status = pages_.map(page.address - address + *to, page.frame, order_4k, 1,
                            {request.rights & ~right::Write, true, page.foreign});
        if (status) {
            frames().share(page.frame, !page.shared);
            pages_.set_shared(page.address, true);
            status = pages_.protect(page.address, page.address + page_bytes, source->rights);
        }
        at = page.address + page_bytes;
    }
    if (!status) {
        (void)unmap_locked(*to, *to + bytes);
        return std::unexpected(status.error());
    }
    return to;
}

void AddressSpace::forget_frames(std::uint64_t first, std::uint64_t count) {
    SpinGuard guard(lock_);
    MappedPage page;
    for (std::uint64_t at = 0; pages_.next(at, user_end, &page); at = page.address + page.bytes()) {
        if (page.frame + (std::uint64_t{1} << page.order) <= first || page.frame >= first + count)
            continue;
        pages_.forget(page.address, page.address + page.bytes());
        if (make_room_locked()) // else the region stays, and what was taken of it reads as zero
            (void)regions_.remove(page.address, page.address + page.bytes());
    }
}

void AddressSpace::forget_device(Handle function) {
    SpinGuard guard(lock_);
    for (std::size_t i = regions_.size(); i-- > 0;) {
        const Region region = regions_.at(i);
        if (region.backing == Backing::Device && region.tag == function)
            (void)regions_.remove(region.begin, region.end);
    }
}

Result<std::uint64_t> AddressSpace::physical(std::uint64_t address) {
    SpinGuard guard(lock_);
    MappedPage page;
    if (!pages_.find(address, &page))
        return std::unexpected(Error::NotBound);
    return page.frame * page_bytes + (address - page.address);
}

bool AddressSpace::allows(std::uint64_t address, std::uint64_t bytes, Rights rights) {
    if (bytes == 0)
        return true;
    if (address >= user_end || bytes > user_end - address)
        return false;
    SpinGuard guard(lock_);
    std::uint64_t at = address;
    for (std::size_t i = regions_.first_after(at); at < address + bytes; ++i) {
        if (i == regions_.size() || regions_.at(i).begin > at || (regions_.at(i).rights & rights) != rights)
            return false;
        at = regions_.at(i).end;
    }
    return true;
}

bool AddressSpace::region_after(std::uint64_t address, Region* region) {
    SpinGuard guard(lock_);
    const std::size_t index = regions_.first_after(address);
    if (index == regions_.size())
        return false;
    *region = regions_.at(index);
    return true;
}

void AddressSpace::set_placement_range(std::uint64_t low, std::uint64_t high) {
    SpinGuard guard(lock_);
    low_ = low;
    high_ = high;
}

AddressSpaceStatistics AddressSpace::statistics() {
    SpinGuard guard(lock_);
    AddressSpaceStatistics result{};
    result.regions = regions_.size();
    for (std::size_t i = 0; i < regions_.size(); ++i)
        result.region_bytes += regions_.at(i).end - regions_.at(i).begin;
    result.pages = pages_.counts();
    result.demand_faults = demand_faults_;
    result.copy_faults = copy_faults_;
    result.peak_mapped_bytes = peak_bytes_;
    return result;
}

} // namespace exo
