// Slabs: classes 8 octets apart up to 1 KiB, then four to a power of two up to 32 KiB, each a list of free blocks cut
// from chunks of the kit's heap. Chunks stay with their class. Blocks of whole pages, and larger ones, are the heap's
// own, which gives the memory of one to another of any size.
#include "libos-kv/memory/allocate.hpp"

#include "libos-kv/memory/reference.hpp"
#include "libos/memory/heap.hpp"

#include <array>
#include <bit>
#include <cstdint>

namespace exo::kv {

namespace {

constexpr std::size_t fine_bytes = 8, fine_max = 1024, slab_max = 32 * 1024;
constexpr std::size_t fine_classes = fine_max / fine_bytes;
constexpr std::size_t coarse_classes = 4 * 5; // 1 KiB to 32 KiB
constexpr std::size_t chunk_bytes = 64 * 1024;
constexpr std::size_t page_bytes = 4096;

struct FreeBlock {
    FreeBlock* next;
};

struct SizeClass {
    std::size_t index, bytes;
};

constinit thread_local std::array<FreeBlock*, fine_classes + coarse_classes> free_blocks{};
// What of the newest chunk of each class was not handed out yet.
struct Rest {
    std::byte* at;
    std::size_t bytes;
};
constinit thread_local std::array<Rest, fine_classes + coarse_classes> rests{};
constinit thread_local std::size_t used = 0, peak = 0;

SizeClass class_of(std::size_t bytes) {
    if (bytes <= fine_max) {
        const std::size_t index = bytes == 0 ? 0 : (bytes - 1) / fine_bytes;
        return {index, (index + 1) * fine_bytes};
    }
    const unsigned octave = static_cast<unsigned>(std::bit_width(bytes - 1)) - 1; // 10 for (1024, 2048]
    const std::size_t step = (std::size_t{1} << octave) / 4;
    const std::size_t quarter = (bytes - 1 - (std::size_t{1} << octave)) / step;
    return {fine_classes + (octave - 10) * 4 + quarter, (std::size_t{1} << octave) + (quarter + 1) * step};
}

std::size_t paged(std::size_t bytes) {
    return (bytes + page_bytes - 1) & ~(page_bytes - 1);
}
bool is_slab(std::size_t bytes) {
    return bytes <= slab_max && class_of(bytes).bytes % page_bytes != 0;
}
// Whether an index can keep its address.
bool is_reachable(const void* block) {
    constexpr unsigned bits = BlockReference::octets * 8 + BlockReference::shift;
    // Safe: the number only.
    return (reinterpret_cast<std::uintptr_t>(block) - BlockReference::base) >> bits == 0;
}
std::byte* from_heap(std::size_t bytes) {
    void* block = heap_allocate(bytes);
    if (!block || !is_reachable(block))
        out_of_memory(bytes);
    return static_cast<std::byte*>(block);
}

void count(std::size_t bytes) {
    used += bytes;
    if (used > peak)
        peak = used;
}

} // namespace

std::size_t block_bytes(std::size_t bytes) {
    return is_slab(bytes) ? class_of(bytes).bytes : paged(bytes);
}

void* allocate(std::size_t bytes) {
    if (!is_slab(bytes)) {
        std::byte* block = from_heap(paged(bytes));
        count(paged(bytes));
        return block;
    }
    const SizeClass size = class_of(bytes);
    count(size.bytes);
    if (FreeBlock* block = free_blocks[size.index]) {
        free_blocks[size.index] = block->next;
        return block;
    }
    Rest& rest = rests[size.index];
    if (rest.bytes < size.bytes) {
        rest.at = from_heap(chunk_bytes);
        rest.bytes = chunk_bytes;
    }
    std::byte* block = rest.at;
    rest.at += size.bytes;
    rest.bytes -= size.bytes;
    return block;
}

void release(void* block, std::size_t bytes) {
    if (!block)
        return;
    if (!is_slab(bytes)) {
        used -= paged(bytes);
        heap_free(block);
        return;
    }
    const SizeClass size = class_of(bytes);
    used -= size.bytes;
    free_blocks[size.index] = new (block) FreeBlock{free_blocks[size.index]};
}

std::size_t used_bytes() {
    return used;
}
std::size_t peak_used_bytes() {
    return peak;
}
void reset_peak_used_bytes() {
    peak = used;
}

} // namespace exo::kv
