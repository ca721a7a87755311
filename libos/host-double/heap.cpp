// The kit's heap for host tests: the host's, so that sanitizers watch every block.
#include "libos/memory/heap.hpp"

#include <cstdlib>

namespace exo {

void* heap_allocate(std::size_t bytes) {
    return std::aligned_alloc(64, (bytes + 63) & ~std::size_t{63});
}
void heap_free(void* block) {
    std::free(block);
}

} // namespace exo
