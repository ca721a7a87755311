// The kit's heap for host programs without sanitizers: runs of pages from one large reservation, which the host puts
// where libos-kv/memory/reference.hpp expects blocks. Large pages lie behind it, as behind the machine's direct map.
#include "libos/memory/heap.hpp"

#include <cstdint>
#include <map>
#include <sys/mman.h>
#include <vector>

namespace exo {

namespace {

constexpr std::size_t page_bytes = 4096, reserved_bytes = std::size_t{64} << 30, large_page = std::size_t{2} << 20;
constexpr std::size_t given_back_bytes = std::size_t{1} << 20; // to the host, from so many on

struct Reservation {
    std::byte* at;
    std::size_t left = reserved_bytes - large_page;
    std::map<const void*, std::size_t> bytes_of;
    std::map<std::size_t, std::vector<std::byte*>> free_runs;

    Reservation() {
        void* memory =
            mmap(nullptr, reserved_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) {
            left = 0;
            return;
        }
        madvise(memory, reserved_bytes, MADV_HUGEPAGE);
        // Safe: the first large page in a mapping that is longer by one.
        at = reinterpret_cast<std::byte*>((reinterpret_cast<std::uintptr_t>(memory) + large_page - 1) &
                                          ~(large_page - 1));
    }
};

Reservation& reservation() {
    static Reservation* const one = new Reservation; // outlives whoever frees last
    return *one;
}

} // namespace

void* heap_allocate(std::size_t bytes) {
    Reservation& from = reservation();
    bytes = (bytes + page_bytes - 1) & ~(page_bytes - 1);
    std::vector<std::byte*>& runs = from.free_runs[bytes];
    std::byte* block = from.at;
    if (!runs.empty()) {
        block = runs.back();
        runs.pop_back();
    } else if (bytes <= from.left) {
        from.at += bytes;
        from.left -= bytes;
    } else {
        return nullptr;
    }
    from.bytes_of[block] = bytes;
    return block;
}
void heap_free(void* block) {
    if (!block)
        return;
    Reservation& from = reservation();
    const std::size_t bytes = from.bytes_of[block];
    if (bytes >= given_back_bytes)
        madvise(block, bytes, MADV_DONTNEED);
    from.free_runs[bytes].push_back(static_cast<std::byte*>(block));
}

} // namespace exo
