// Changes of what is mapped: unmap, protect, discard, populate, remap. Pages are split at the edges of a range first,
// the only step that can fail for want of frames; so every large page lies within one region at all times.
#include "libos/memory/address_space.hpp"
#include "libos/memory/bytes.hpp"

#include <algorithm>

namespace exo {

namespace {

constexpr std::uint64_t round_up(std::uint64_t value) {
    return (value + page_bytes - 1) & ~(page_bytes - 1);
}

// Whether [address, address + bytes) is a range of whole pages of user memory.
bool is_range(std::uint64_t address, std::uint64_t bytes) {
    return address % page_bytes == 0 && bytes != 0 && bytes < user_end && address < user_end - round_up(bytes);
}

void release_frames(std::uint64_t first, std::uint64_t count, bool shared) {
    if (!shared) {
        frames().free(first, count);
        return;
    }
    for (std::uint64_t frame = first; frame < first + count; ++frame) {
        if (frames().unshare(frame))
            frames().free(frame);
    }
}

} // namespace

bool AddressSpace::covered_locked(std::uint64_t begin, std::uint64_t end) {
    for (std::size_t i = regions_.first_after(begin); begin < end; ++i) {
        if (i == regions_.size() || regions_.at(i).begin > begin)
            return false;
        begin = regions_.at(i).end;
    }
    return true;
}

Status AddressSpace::split_locked(std::uint64_t begin, std::uint64_t end) {
    for (const std::uint64_t edge : {begin, end}) {
        const Region* region = regions_.find(edge);
        if (!region || region->begin == edge)
            continue;
        if (Status status = pages_.split(edge, region->rights); !status)
            return status;
    }
    return {};
}

Status AddressSpace::unmap_locked(std::uint64_t begin, std::uint64_t end) {
    if (!regions_.overlaps(begin, end))
        return {};
    if (Status status = make_room_locked(); !status)
        return status;
    for (std::size_t i = regions_.first_after(begin); i < regions_.size() && regions_.at(i).begin < end; ++i) {
        const Region& region = regions_.at(i);
        if (region.backing == Backing::Device && (region.begin < begin || region.end > end))
            return std::unexpected(Error::BadArgument); // register windows go whole
    }
    if (Status status = split_locked(begin, end); !status)
        return status;
    for (std::size_t i = regions_.first_after(begin); i < regions_.size() && regions_.at(i).begin < end; ++i) {
        const Region& region = regions_.at(i);
        if (region.backing == Backing::Device)
            (void)pages_.unmap_device(region.begin, region.tag, (region.end - region.begin) / page_bytes);
    }
    if (Status status = pages_.unmap(begin, end, release_frames); !status)
        return status;
    return regions_.remove(begin, end);
}

Status AddressSpace::unmap(std::uint64_t address, std::uint64_t bytes) {
    if (!is_range(address, bytes))
        return std::unexpected(Error::BadArgument);
    SpinGuard guard(lock_);
    return unmap_locked(address, address + round_up(bytes));
}

Status AddressSpace::protect(std::uint64_t address, std::uint64_t bytes, Rights rights) {
    if (!is_range(address, bytes) || (rights & ~(right::Read | right::Write | right::Execute)))
        return std::unexpected(Error::BadArgument);
    const std::uint64_t end = address + round_up(bytes);
    bool to_fill = false, simple = (end - address) / page_bytes <= row_pages_max;
    {
        SpinGuard guard(lock_);
        if (Status status = make_room_locked(); !status)
            return status;
        std::uint64_t covered = address;
        for (std::size_t i = regions_.first_after(address); covered < end; ++i) {
            if (i == regions_.size() || regions_.at(i).begin > covered)
                return std::unexpected(Error::NotBound);
            const Region& region = regions_.at(i);
            to_fill |= region.backing == Backing::Eager && region.rights == 0 && rights != 0;
            simple &= !region.copy_on_write && region.backing != Backing::Device;
            covered = region.end;
        }
        if (Status status = split_locked(address, end); !status)
            return status;
        Status status =
            simple && !to_fill ? pages_.protect_whole(address, end, rights) : std::unexpected(Error::NotBound);
        if (!status)
            status = pages_.protect(address, end, rights);
        if (status)
            status = regions_.set_rights(address, end, rights);
        if (!status)
            return status;
    }
    if (!to_fill)
        return {};
    // An eager region that had no rights until now may have no memory either.
    for (std::uint64_t at = address; at < end;) {
        Region region;
        if (!region_after(at, &region) || region.begin >= end)
            break;
        if (region.backing == Backing::Eager) {
            if (Status status = fill(std::max(at, region.begin), std::min(end, region.end), order_1g, false); !status)
                return status;
        }
        at = region.end;
    }
    return {};
}

Status AddressSpace::discard(std::uint64_t address, std::uint64_t bytes) {
    if (!is_range(address, bytes))
        return std::unexpected(Error::BadArgument);
    const std::uint64_t end = address + round_up(bytes);
    for (std::uint64_t at = address; at < end;) {
        SpinGuard guard(lock_);
        Region* region = regions_.find(at);
        if (!region)
            return std::unexpected(Error::NotBound);
        const std::uint64_t step_end = std::min({end, region->end, (at & ~(large_page_bytes - 1)) + large_page_bytes});
        MappedPage page;
        if (region->backing == Backing::DemandZero || region->copy_on_write) {
            Status status = split_locked(at, step_end);
            if (status)
                status = pages_.unmap(at, step_end, release_frames);
            if (!status)
                return status;
        } else if (region->backing == Backing::Eager) {
            // The frames stay; they are found through the direct map, whatever the rights here are.
            for (std::uint64_t from = at; pages_.next(from, step_end, &page); from = page.address + page.bytes()) {
                const std::uint64_t zero_begin = std::max(at, page.address);
                const std::uint64_t zero_end = std::min(step_end, page.address + page.bytes());
                zero_pages(frame_memory(page.frame) + (zero_begin - page.address),
                           (zero_end - zero_begin) / page_bytes);
            }
        }
        at = step_end;
    }
    return {};
}

Status AddressSpace::populate(std::uint64_t address, std::uint64_t bytes) {
    if (!is_range(address, bytes))
        return std::unexpected(Error::BadArgument);
    const std::uint64_t end = address + round_up(bytes);
    {
        SpinGuard guard(lock_);
        if (!covered_locked(address, end))
            return std::unexpected(Error::NotBound);
    }
    for (std::uint64_t at = address; at < end;) {
        Region region;
        if (!region_after(at, &region) || region.begin >= end)
            break;
        if (region.rights && (region.backing == Backing::Eager || region.backing == Backing::DemandZero)) {
            if (Status status = fill(at, std::min(end, region.end), order_1g, false); !status)
                return status;
        }
        at = region.end;
    }
    return {};
}

Result<std::uint64_t> AddressSpace::remap(std::uint64_t address, std::uint64_t old_bytes, std::uint64_t new_bytes,
                                          Move move, std::uint64_t target) {
    old_bytes = round_up(old_bytes);
    new_bytes = round_up(new_bytes);
    if (!is_range(address, old_bytes) || new_bytes == 0 || new_bytes >= user_end ||
        (move == Move::Fixed &&
         (!is_range(target, new_bytes) || (target < address + old_bytes && address < target + new_bytes))))
        return std::unexpected(Error::BadArgument);
    Region region;
    std::uint64_t result = address;
    {
        SpinGuard guard(lock_);
        const Region* found = regions_.find(address);
        if (!found || found->end < address + old_bytes)
            return std::unexpected(Error::NotBound);
        if (found->backing != Backing::Eager && found->backing != Backing::DemandZero)
            return std::unexpected(Error::BadArgument);
        region = *found;
        if (new_bytes < old_bytes) {
            if (Status status = unmap_locked(address + new_bytes, address + old_bytes); !status)
                return std::unexpected(status.error());
            old_bytes = new_bytes;
        }
        if (new_bytes == old_bytes && move != Move::Fixed)
            return address;
        // Room behind it: the region simply becomes longer.
        const std::uint64_t old_end = address + old_bytes, new_end = address + new_bytes;
        if (move != Move::Fixed && region.end == old_end && new_end < high_ && !regions_.overlaps(old_end, new_end)) {
            region.offset += old_end - region.begin;
            region.begin = old_end;
            region.end = new_end;
            Status status = make_room_locked();
            if (status)
                status = regions_.insert(region);
            if (!status)
                return std::unexpected(status.error());
        } else if (move == Move::Forbidden) {
            return std::unexpected(Error::TableFull);
        } else {
            region.offset += address - region.begin;
            auto to = grow(region, address, old_bytes, new_bytes, move, target);
            if (!to)
                return to;
            result = *to;
        }
    }
    if (region.backing == Backing::Eager && region.rights) {
        if (Status status = fill(result + old_bytes, result + new_bytes, order_1g, false); !status) {
            // In place, what could not be had is taken away again. A range that has moved stays; the rest comes in at a
            // touch.
            if (result == address) {
                (void)unmap(result + old_bytes, new_bytes - old_bytes);
                return std::unexpected(status.error());
            }
        }
    }
    return result;
}

// Moves a range to a new, larger place. Called with the lock held by remap.
Result<std::uint64_t> AddressSpace::grow(const Region& region, std::uint64_t address, std::uint64_t old_bytes,
                                         std::uint64_t new_bytes, Move move, std::uint64_t target) {
    const RegionRequest request{.address = target,
                                .bytes = new_bytes,
                                .placement = move == Move::Fixed ? Placement::Fixed : Placement::Anywhere};
    Status status = make_room_locked();
    Result<std::uint64_t> to = status ? place_locked(request, new_bytes) : std::unexpected(status.error());
    if (!to)
        return to;
    if (move == Move::Fixed)
        status = unmap_locked(*to, *to + new_bytes);
    if (status)
        status = split_locked(address, address + old_bytes);
    Region moved = region;
    moved.begin = *to;
    moved.end = *to + new_bytes;
    if (status)
        status = make_room_locked();
    if (status)
        status = regions_.insert(moved);
    if (!status)
        return std::unexpected(status.error());
    status = pages_.move(address, *to, old_bytes, region.rights);
    if (!status) {
        // Back to where it was: what could not move is still there, and what moved finds its tables again.
        (void)pages_.move(*to, address, old_bytes, region.rights);
        (void)regions_.remove(*to, *to + new_bytes);
        return std::unexpected(status.error());
    }
    (void)regions_.remove(address, address + old_bytes);
    return to;
}

Status AddressSpace::set_tag(std::uint64_t address, std::uint64_t bytes, std::uint64_t tag, std::uint64_t offset) {
    if (!is_range(address, bytes))
        return std::unexpected(Error::BadArgument);
    const std::uint64_t end = address + round_up(bytes);
    SpinGuard guard(lock_);
    if (!covered_locked(address, end))
        return std::unexpected(Error::NotBound);
    Status status = make_room_locked();
    if (status)
        status = split_locked(address, end);
    if (status)
        status = regions_.split(address);
    if (status)
        status = regions_.split(end);
    if (!status)
        return status;
    for (std::size_t i = regions_.first_after(address); i < regions_.size() && regions_.at(i).begin < end; ++i) {
        regions_.at(i).tag = tag;
        regions_.at(i).offset = offset + (regions_.at(i).begin - address);
    }
    return {};
}

} // namespace exo
