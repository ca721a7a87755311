// Every block from the kit's heap, which in host tests is the host's: sanitizers see each one.
#include "libos-kv/memory/allocate.hpp"

#include "libos/memory/heap.hpp"

namespace exo::kv {

namespace {
constinit thread_local std::size_t used = 0, peak = 0;
} // namespace

std::size_t block_bytes(std::size_t bytes) {
    return (bytes + 15) & ~std::size_t{15};
}

void* allocate(std::size_t bytes) {
    void* block = heap_allocate(bytes ? bytes : 1);
    if (!block)
        out_of_memory(bytes);
    used += block_bytes(bytes);
    if (used > peak)
        peak = used;
    return block;
}

void release(void* block, std::size_t bytes) {
    if (!block)
        return;
    used -= block_bytes(bytes);
    heap_free(block);
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
