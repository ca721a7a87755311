// The sorted table of regions: binary search, and moves of the tail for insertions.
#include "libos/memory/region.hpp"

#include <algorithm>

namespace exo {

void RegionTable::open(Region* storage, std::size_t capacity) {
    regions_ = storage;
    size_ = 0;
    capacity_ = capacity;
}

void RegionTable::move_to(Region* storage, std::size_t capacity) {
    std::copy_n(regions_, size_, storage);
    regions_ = storage;
    capacity_ = capacity;
}

std::size_t RegionTable::first_after(std::uint64_t address) const {
    const Region* found =
        std::upper_bound(regions_, regions_ + size_, address,
                         [](std::uint64_t value, const Region& region) { return value < region.end; });
    return static_cast<std::size_t>(found - regions_);
}

Region* RegionTable::find(std::uint64_t address) {
    const std::size_t index = first_after(address);
    return index < size_ && regions_[index].begin <= address ? &regions_[index] : nullptr;
}

bool RegionTable::overlaps(std::uint64_t begin, std::uint64_t end) const {
    const std::size_t index = first_after(begin);
    return index < size_ && regions_[index].begin < end;
}

bool RegionTable::joinable(const Region& left, const Region& right) const {
    // Register windows are unbound as they were bound.
    return left.backing != Backing::Device && left.end == right.begin && left.rights == right.rights &&
           left.backing == right.backing && left.copy_on_write == right.copy_on_write && left.shared == right.shared &&
           left.granule_order == right.granule_order && left.tag == right.tag &&
           left.offset + (left.end - left.begin) == right.offset;
}

void RegionTable::erase(std::size_t index, std::size_t count) {
    std::copy(regions_ + index + count, regions_ + size_, regions_ + index);
    size_ -= count;
}

Status RegionTable::insert(const Region& region) {
    const std::size_t index = first_after(region.begin);
    if (index < size_ && regions_[index].begin < region.end)
        return std::unexpected(Error::Occupied);
    const bool to_left = index > 0 && joinable(regions_[index - 1], region);
    const bool to_right = index < size_ && joinable(region, regions_[index]);
    if (to_left && to_right) {
        regions_[index - 1].end = regions_[index].end;
        erase(index, 1);
    } else if (to_left) {
        regions_[index - 1].end = region.end;
    } else if (to_right) {
        regions_[index].begin = region.begin;
        regions_[index].offset = region.offset;
    } else {
        if (size_ == capacity_)
            return std::unexpected(Error::TableFull);
        std::copy_backward(regions_ + index, regions_ + size_, regions_ + size_ + 1);
        regions_[index] = region;
        ++size_;
    }
    return {};
}

Status RegionTable::split(std::uint64_t address) {
    const std::size_t index = first_after(address);
    if (index == size_ || regions_[index].begin >= address)
        return {};
    if (size_ == capacity_)
        return std::unexpected(Error::TableFull);
    std::copy_backward(regions_ + index, regions_ + size_, regions_ + size_ + 1);
    ++size_;
    Region& left = regions_[index];
    Region& right = regions_[index + 1];
    right.offset += address - left.begin;
    right.begin = address;
    left.end = address;
    return {};
}

Status RegionTable::remove(std::uint64_t begin, std::uint64_t end) {
    // A hole inside one region needs a place; know before changing anything.
    const std::size_t index = first_after(begin);
    if (index < size_ && regions_[index].begin < begin && regions_[index].end > end && size_ == capacity_)
        return std::unexpected(Error::TableFull);
    if (index < size_ && regions_[index].begin < begin && regions_[index].end > end) {
        if (auto status = split(begin); !status)
            return status;
        Region& right = regions_[index + 1];
        right.offset += end - right.begin;
        right.begin = end;
        return {};
    }
    std::size_t from = index;
    if (from < size_ && regions_[from].begin < begin && regions_[from].end > begin) {
        regions_[from].end = begin;
        ++from;
    }
    std::size_t to = from;
    while (to < size_ && regions_[to].end <= end)
        ++to;
    if (to < size_ && regions_[to].begin < end) {
        regions_[to].offset += end - regions_[to].begin;
        regions_[to].begin = end;
    }
    erase(from, to - from);
    return {};
}

Status RegionTable::set_rights(std::uint64_t begin, std::uint64_t end, Rights rights) {
    const std::size_t index = first_after(begin);
    // The common cases move a border between two neighbours instead of making and removing places.
    if (index < size_ && regions_[index].begin <= begin && regions_[index].end >= end) {
        Region& region = regions_[index];
        if (region.rights == rights)
            return {};
        Region part = region;
        part.begin = begin;
        part.end = end;
        part.rights = rights;
        part.offset += begin - region.begin;
        if (region.begin == begin && region.end > end && index > 0 && joinable(regions_[index - 1], part)) {
            regions_[index - 1].end = end;
            region.begin = end;
            region.offset += end - begin;
            return {};
        }
        if (region.end == end && region.begin < begin && index + 1 < size_ && joinable(part, regions_[index + 1])) {
            regions_[index + 1].begin = begin;
            regions_[index + 1].offset = part.offset;
            region.end = begin;
            return {};
        }
    }
    if (size_ + 2 > capacity_)
        return std::unexpected(Error::TableFull);
    if (index < size_ && regions_[index].begin <= begin && regions_[index].end >= end) {
        set_part_rights(index, begin, end, rights);
        return {};
    }
    (void)split(begin);
    (void)split(end);
    for (std::size_t i = first_after(begin); i < size_ && regions_[i].begin < end; ++i)
        regions_[i].rights = rights;
    join(begin, end);
    return {};
}

// A range within one region: up to two parts are cut off it in one move of the tail, and what is left joins its
// neighbours.
void RegionTable::set_part_rights(std::size_t index, std::uint64_t begin, std::uint64_t end, Rights rights) {
    const Region whole = regions_[index];
    const std::size_t head = whole.begin<begin, tail = whole.end> end;
    if (head + tail) {
        std::copy_backward(regions_ + index + 1, regions_ + size_, regions_ + size_ + head + tail);
        size_ += head + tail;
    }
    if (head) {
        regions_[index].end = begin;
        ++index;
    }
    if (tail) {
        regions_[index + 1] = whole;
        regions_[index + 1].begin = end;
        regions_[index + 1].offset = whole.offset + (end - whole.begin);
    }
    Region& part = regions_[index];
    part = whole;
    part.begin = begin;
    part.end = end;
    part.offset = whole.offset + (begin - whole.begin);
    part.rights = rights;
    const bool to_left = !head && index > 0 && joinable(regions_[index - 1], part);
    const bool to_right = !tail && index + 1 < size_ && joinable(part, regions_[index + 1]);
    if (to_left)
        regions_[index - 1].end = to_right ? regions_[index + 1].end : end;
    else if (to_right)
        part.end = regions_[index + 1].end;
    if (to_left || to_right)
        erase(to_left ? index : index + 1, to_left + to_right);
}

void RegionTable::join(std::uint64_t begin, std::uint64_t end) {
    std::size_t index = first_after(begin);
    if (index > 0)
        --index;
    while (index + 1 < size_ && regions_[index].begin <= end) {
        if (joinable(regions_[index], regions_[index + 1])) {
            regions_[index].end = regions_[index + 1].end;
            erase(index + 1, 1);
        } else {
            ++index;
        }
    }
}

std::uint64_t RegionTable::find_gap_down(std::uint64_t low, std::uint64_t high, std::uint64_t bytes,
                                         std::uint64_t alignment) const {
    std::uint64_t top = high;
    for (std::size_t index = first_after(high - 1);; --index) {
        // The gap below `top`: down to the end of the region before it.
        const std::uint64_t bottom = index > 0 ? std::max(low, regions_[index - 1].end) : low;
        if (index < size_ && regions_[index].begin < top)
            top = std::max(regions_[index].begin, low);
        if (top >= bytes) {
            const std::uint64_t candidate = (top - bytes) & ~(alignment - 1);
            if (candidate >= bottom && candidate + bytes <= top)
                return candidate;
        }
        if (index == 0 || bottom <= low)
            return 0;
        top = regions_[index - 1].begin;
    }
}

} // namespace exo
