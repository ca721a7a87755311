// The buddy allocator of one run. Invariant: heads_ is zero everywhere but at the first frame of each free block, where
// it holds the block's order + 1; two free blocks that are buddies never both exist.
#include "libos/memory/frame_zone.hpp"

#include "libos/memory/bytes.hpp"

#include <algorithm>
#include <bit>

namespace exo {

namespace {

constexpr std::size_t rounded(std::size_t bytes) {
    return (bytes + 63) & ~std::size_t{63};
}

// The largest order at which a run of `count` frames may begin with an aligned block at `frame`.
unsigned fitting_order(std::uint64_t frame, std::uint64_t count) {
    const unsigned by_size = static_cast<unsigned>(std::bit_width(count)) - 1;
    const unsigned by_place = frame ? static_cast<unsigned>(std::countr_zero(frame)) : frame_order_max;
    return std::min({by_size, by_place, frame_order_max});
}

} // namespace

std::size_t FrameZone::books_bytes(std::uint64_t frames) {
    return rounded(frames) + rounded(frames * sizeof(Link)) + rounded(frames * sizeof(std::uint16_t));
}

void FrameZone::open(Handle handle, std::uint64_t first, std::uint64_t count, void* books) {
    handle_ = handle;
    first_ = first;
    count_ = count;
    free_count_ = 0;
    auto* bytes = static_cast<std::byte*>(books);
    // Safe: the three tables lie one after the other in memory that is the zone's, each aligned to 64.
    heads_ = reinterpret_cast<std::uint8_t*>(bytes);
    links_ = reinterpret_cast<Link*>(bytes + rounded(count));
    references_ = reinterpret_cast<std::uint16_t*>(bytes + rounded(count) + rounded(count * sizeof(Link)));
    fill_bytes(heads_, 0, count);
    std::fill(std::begin(lists_), std::end(lists_), none);
}

void FrameZone::push(std::uint32_t index, unsigned order) {
    heads_[index] = static_cast<std::uint8_t>(order + 1);
    links_[index] = {lists_[order], none};
    if (lists_[order] != none)
        links_[lists_[order]].previous = index;
    lists_[order] = index;
}

void FrameZone::remove(std::uint32_t index, unsigned order) {
    const Link link = links_[index];
    if (link.previous == none)
        lists_[order] = link.next;
    else
        links_[link.previous].next = link.next;
    if (link.next != none)
        links_[link.next].previous = link.previous;
    heads_[index] = 0;
}

Result<std::uint64_t> FrameZone::allocate(unsigned order) {
    unsigned found = order;
    while (found <= frame_order_max && lists_[found] == none)
        ++found;
    if (found > frame_order_max)
        return std::unexpected(Error::TableFull);
    const std::uint32_t index = lists_[found];
    remove(index, found);
    while (found > order) {
        --found;
        push(index + (1u << found), found);
    }
    free_count_ -= std::uint64_t{1} << order;
    return first_ + index;
}

void FrameZone::free_block(std::uint64_t frame, unsigned order) {
    while (order < frame_order_max) {
        const std::uint64_t buddy = frame ^ (std::uint64_t{1} << order);
        const std::uint64_t buddy_end = buddy + (std::uint64_t{1} << order);
        if (buddy < first_ || buddy_end > first_ + count_ || heads_[buddy - first_] != order + 1)
            break;
        remove(static_cast<std::uint32_t>(buddy - first_), order);
        frame = std::min(frame, buddy);
        ++order;
    }
    push(static_cast<std::uint32_t>(frame - first_), order);
}

void FrameZone::free(std::uint64_t first, std::uint64_t count) {
    free_count_ += count;
    while (count) {
        const unsigned order = fitting_order(first, count);
        free_block(first, order);
        first += std::uint64_t{1} << order;
        count -= std::uint64_t{1} << order;
    }
}

int FrameZone::find_block(std::uint64_t frame, std::uint64_t* head) const {
    for (unsigned order = 0; order <= frame_order_max; ++order) {
        const std::uint64_t start = frame & ~((std::uint64_t{1} << order) - 1);
        if (start < first_)
            break;
        if (heads_[start - first_] == order + 1) {
            *head = start;
            return static_cast<int>(order);
        }
    }
    return -1;
}

bool FrameZone::is_free(std::uint64_t frame) const {
    std::uint64_t head;
    return find_block(frame, &head) >= 0;
}

std::uint64_t FrameZone::largest_free() const {
    for (unsigned order = frame_order_max + 1; order-- > 0;) {
        if (lists_[order] != none)
            return std::uint64_t{1} << order;
    }
    return 0;
}

} // namespace exo
