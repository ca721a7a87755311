// On the kit's address waits. Interface: change_counter.hpp.
#include "libos-hpc/file/change_counter.hpp"

#include "libos-hpc/signal/delivery.hpp"
#include "libos/wait/waiters.hpp"

namespace exo::hpc {
namespace {

constinit ChangeCounter any;

// Safe: the address of the counter's only word is a key for the kit.
std::uint64_t key(const std::atomic<std::uint32_t>& word) { return reinterpret_cast<std::uint64_t>(&word); }

} // namespace

ChangeCounter& any_change() { return any; }

void ChangeCounter::advance() {
    value_.fetch_add(1, std::memory_order_release); // pairs with the acquire in `seen`
    waiters().wake(key(value_), threads_max);
    if (this != &any)
        any.advance();
}

Done ChangeCounter::wait(std::uint32_t seen, std::uint64_t deadline_tsc) {
    switch (waiters().wait(key(value_), seen, deadline_tsc)) {
    case WaitResult::Woken:
    case WaitResult::ValueDiffers:
        return {};
    case WaitResult::TimedOut:
        return fail(Errno::TIMEDOUT);
    case WaitResult::Interrupted:
        if (has_deliverable(current_task()))
            return fail(Errno::INTR);
        return {};
    case WaitResult::BadAddress:
        return fail(Errno::FAULT);
    }
    return {};
}

} // namespace exo::hpc
