// Memory of one vcore's keys, values and connections: blocks of exact size whose owner remembers how large they are, so
// that none of them needs a header. What is in use is counted, for maxmemory and INFO. Small blocks come from slabs
// (allocate.cpp) or, in host tests, each from the heap (allocate_plain.cpp), so that sanitizers watch every one.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace exo::kv {

// Aligned to 8 octets, and to 16, 32 or 64 where `bytes` is a multiple of that. Never null: when no memory is left,
// `out_of_memory` ends the program; `maxmemory` is there so that this does not happen.
void* allocate(std::size_t bytes);
// `bytes`: as allocated.
void release(void* block, std::size_t bytes);
// What a block of so many bytes occupies.
std::size_t block_bytes(std::size_t bytes);

std::size_t used_bytes();
std::size_t peak_used_bytes();
void reset_peak_used_bytes();

// Given by whoever runs the store: says one sentence and ends.
[[noreturn]] void out_of_memory(std::size_t bytes);

template <typename T, typename... Arguments>
T* make(Arguments&&... arguments) {
    return new (allocate(sizeof(T))) T(std::forward<Arguments>(arguments)...);
}
template <typename T>
void destroy(T* object) {
    if (object) {
        object->~T();
        release(object, sizeof(T));
    }
}

} // namespace exo::kv
