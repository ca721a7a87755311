// A counter that moves whenever something may have become possible, and that threads wait on: look at the counter, look
// whether what you want is possible, and if not wait for the counter to move. Signals end the wait.
#pragma once

#include "libos-hpc/linux/errors.hpp"
#include "libos/thread/timer_heap.hpp"
#include "libos/thread/wait_list.hpp"

#include <atomic>
#include <cstdint>

namespace exo::hpc {

class ChangeCounter {
public:
    std::uint32_t seen() const { return value_.load(std::memory_order_acquire); }
    // Wakes everybody who waits for it, and everybody who polls.
    void advance();
    // Until the counter is no longer `seen`, or the deadline. Errors: INTR, TIMEDOUT.
    Done wait(std::uint32_t seen, std::uint64_t deadline_tsc = no_deadline);

private:
    std::atomic<std::uint32_t> value_{0};
    WaitList waiting_;
};

// Moves with every other counter: for poll and select.
ChangeCounter& any_change();

} // namespace exo::hpc
