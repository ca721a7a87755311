// Size classes over single frames; the class is in the note beside the frame. Blocks above a class's reach are runs of
// frames, with their length in the note of the first. Frames of classes are kept for their class.
#include "libos/memory/heap.hpp"

#include "libos/memory/frame_allocator.hpp"

#include <algorithm>
#include <iterator>

namespace exo {

namespace {

// From 64 on all are multiples of 64, so that every block is aligned to 64.
constexpr std::uint16_t class_bytes[] = {16, 32, 48, 64, 128, 192, 256, 320, 448, 512, 640, 832, 1024, 1344, 2048};
constexpr std::size_t class_count = std::size(class_bytes);
constexpr std::uint32_t run_flag = 1u << 31;

struct FreeBlock {
    FreeBlock* next;
};

SpinLock lock;
FreeBlock* free_blocks[class_count];
HeapStatistics statistics;

std::uint64_t frame_of(const void* block) {
    // Safe: the number only; blocks lie in the direct map.
    return (reinterpret_cast<std::uint64_t>(block) - direct_map_address) / page_bytes;
}

std::size_t class_for(std::size_t bytes) {
    return static_cast<std::size_t>(std::lower_bound(class_bytes, class_bytes + class_count, bytes) - class_bytes);
}

bool refill(std::size_t index) {
    auto frame = frames().allocate(0);
    if (!frame)
        return false;
    frames().set_note(*frame, static_cast<std::uint32_t>(index));
    statistics.held_bytes += page_bytes;
    std::byte* page = frame_memory(*frame);
    const std::size_t bytes = class_bytes[index];
    for (std::size_t offset = page_bytes / bytes * bytes; offset >= bytes; offset -= bytes)
        free_blocks[index] = new (page + offset - bytes) FreeBlock{free_blocks[index]};
    return true;
}

} // namespace

void* heap_allocate(std::size_t bytes) {
    if (bytes > heap_block_bytes_max)
        return nullptr;
    SpinGuard guard(lock);
    const std::size_t index = class_for(bytes);
    if (index < class_count) {
        if (!free_blocks[index] && !refill(index))
            return nullptr;
        FreeBlock* block = free_blocks[index];
        free_blocks[index] = block->next;
        statistics.used_bytes += class_bytes[index];
        return block;
    }
    const std::size_t pages = (bytes + page_bytes - 1) / page_bytes;
    auto frame = frames().allocate_run(pages);
    if (!frame)
        return nullptr;
    frames().set_note(*frame, run_flag | static_cast<std::uint32_t>(pages));
    statistics.held_bytes += pages * page_bytes;
    statistics.used_bytes += pages * page_bytes;
    return frame_memory(*frame);
}

void heap_free(void* block) {
    if (!block)
        return;
    const std::uint64_t frame = frame_of(block);
    SpinGuard guard(lock);
    const std::uint32_t note = frames().note(frame);
    if (note & run_flag) {
        const std::uint64_t pages = note & ~run_flag;
        statistics.held_bytes -= pages * page_bytes;
        statistics.used_bytes -= pages * page_bytes;
        frames().free(frame, pages);
        return;
    }
    statistics.used_bytes -= class_bytes[note];
    free_blocks[note] = new (block) FreeBlock{free_blocks[note]};
}

std::size_t heap_block_bytes(const void* block) {
    const std::uint32_t note = frames().note(frame_of(block));
    return note & run_flag ? std::size_t{note & ~run_flag} * page_bytes : class_bytes[note];
}

HeapStatistics heap_statistics() {
    SpinGuard guard(lock);
    return statistics;
}

} // namespace exo
