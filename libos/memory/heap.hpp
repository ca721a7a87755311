// The kit's own small allocator: size classes over frames in the direct map, larger blocks as runs of frames.
// For structures of the kit and of personalities; a program's malloc is its own library's.
#pragma once

#include "libos/thread/spin_lock.hpp"

#include <cstddef>
#include <new>
#include <utility>

namespace exo {

inline constexpr std::size_t heap_block_bytes_max = 1u << 30;

// 16-byte aligned (64 from 64 bytes on, a page from a page on); nullptr when no frames are left. Contents undefined.
void* heap_allocate(std::size_t bytes);
void heap_free(void* block);
// The bytes that may be used of a block, at least what was asked for.
std::size_t heap_block_bytes(const void* block);

// An object on the heap, or nullptr.
template <typename T, typename... Arguments>
T* heap_new(Arguments&&... arguments) {
    void* block = heap_allocate(sizeof(T));
    return block ? new (block) T(std::forward<Arguments>(arguments)...) : nullptr;
}

template <typename T>
void heap_delete(T* object) {
    if (object) {
        object->~T();
        heap_free(object);
    }
}

struct HeapStatistics {
    std::size_t used_bytes; // in blocks, as rounded up to their class
    std::size_t held_bytes; // in frames taken
};
HeapStatistics heap_statistics();

} // namespace exo
