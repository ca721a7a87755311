// What the pure parts of libos-hpc stand on, for host tests: the heap is the host's, the clock counts calls, and
// waiting for a change that nobody will make ends at once, as if by a signal.
#include "libos-hpc/file/change_counter.hpp"
#include "libos-hpc/fs/wall_clock.hpp"
#include "libos/memory/heap.hpp"

#include <cstdlib>

namespace exo {

void* heap_allocate(std::size_t bytes) {
    return std::malloc(bytes);
}
void heap_free(void* block) {
    std::free(block);
}

} // namespace exo

namespace exo::hpc {

linux_abi::Timespec wall_clock() {
    static std::int64_t seconds = 1'000'000'000;
    return {seconds++, 0};
}

ChangeCounter& any_change() {
    static ChangeCounter counter;
    return counter;
}

void ChangeCounter::advance() {
    value_.fetch_add(1);
}

Done ChangeCounter::wait(std::uint32_t seen, std::uint64_t) {
    if (value_.load() != seen || !waiting_.empty())
        return {};
    return fail(Errno::INTR);
}

} // namespace exo::hpc
