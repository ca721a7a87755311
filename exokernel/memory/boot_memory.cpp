// The list of free ranges at boot and the allocator that takes from its front.
#include "exokernel/memory/boot_memory.hpp"

#include "exokernel/log/log.hpp"

#include <algorithm>

namespace exo {

namespace {

FrameRange ranges[memory_ranges_max];
std::size_t range_count;
std::uint64_t taken_end; // frame behind the highest that was taken out; firmware may call it its own

void insert(std::size_t at, FrameRange range) {
    if (range_count == memory_ranges_max)
        return; // a more fragmented machine loses its smallest pieces, nothing else
    for (std::size_t i = range_count; i > at; i--)
        ranges[i] = ranges[i - 1];
    ranges[at] = range;
    range_count++;
}

void erase(std::size_t at) {
    for (std::size_t i = at; i + 1 < range_count; i++)
        ranges[i] = ranges[i + 1];
    range_count--;
}

} // namespace

void boot_memory_add(std::uint64_t begin, std::uint64_t end) {
    std::uint64_t first = (begin + page_bytes - 1) >> page_shift;
    std::uint64_t last = end >> page_shift;
    if (first >= last)
        return;
    std::size_t at = 0;
    while (at < range_count && ranges[at].first < first)
        at++;
    insert(at, {first, last - first});
}

void boot_memory_remove(std::uint64_t begin, std::uint64_t end) {
    std::uint64_t first = begin >> page_shift;
    std::uint64_t last = (end + page_bytes - 1) >> page_shift;
    taken_end = std::max(taken_end, last);
    for (std::size_t i = 0; i < range_count;) {
        FrameRange range = ranges[i];
        std::uint64_t range_last = range.first + range.count;
        if (last <= range.first || first >= range_last) {
            i++;
            continue;
        }
        erase(i);
        if (last < range_last)
            insert(i, {last, range_last - last});
        if (first > range.first) {
            insert(i, {range.first, first - range.first});
            i++;
        }
    }
}

std::uint64_t boot_memory_end() {
    const std::uint64_t free_end = range_count ? ranges[range_count - 1].first + ranges[range_count - 1].count : 0;
    return std::max(free_end, taken_end) << page_shift;
}

std::span<const FrameRange> boot_memory_rest() {
    return {ranges, range_count};
}

std::uint64_t boot_frames(std::uint64_t count, std::uint64_t alignment_frames) {
    for (std::size_t i = 0; i < range_count; i++) {
        FrameRange range = ranges[i];
        std::uint64_t first = (range.first + alignment_frames - 1) / alignment_frames * alignment_frames;
        // Below 1 MiB stays out of it: start-up code of further cores and firmware live there.
        if (first < 256 || first + count > range.first + range.count)
            continue;
        boot_memory_remove(first << page_shift, (first + count) << page_shift);
        std::uint64_t* words = at_frame<std::uint64_t>(first);
        std::fill(words, words + count * (page_bytes / 8), 0);
        return first;
    }
    panic("no %lu contiguous frames at boot: the machine has too little memory", count);
}

} // namespace exo
