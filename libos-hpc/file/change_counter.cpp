// On the kit's wait lists: the counter moves, and is looked at for the last time, under the list's lock.
// Interface: change_counter.hpp.
#include "libos-hpc/file/change_counter.hpp"

#include "libos-hpc/signal/delivery.hpp"

namespace exo::hpc {
namespace {

constinit ChangeCounter any;

} // namespace

ChangeCounter& any_change() {
    return any;
}

void ChangeCounter::advance() {
    std::size_t count = 0;
    {
        SpinGuard guard(waiting_.lock());
        value_.fetch_add(1, std::memory_order_release); // pairs with the acquire in `seen`
        waiting_.for_each([&](const Waiter&) { ++count; });
    }
    // Those who wait now; who comes back meanwhile has seen this change.
    for (; count; --count) {
        Waiter* waiter;
        {
            SpinGuard guard(waiting_.lock());
            waiter = waiting_.take();
        }
        if (!waiter)
            break;
        wake(*waiter);
    }
    if (this != &any)
        any.advance();
}

Done ChangeCounter::wait(std::uint32_t seen, std::uint64_t deadline_tsc) {
    Waiter waiter;
    waiter.thread = &this_thread();
    {
        SpinGuard guard(waiting_.lock());
        if (value_.load(std::memory_order_relaxed) != seen)
            return {};
        waiting_.add(waiter);
    }
    switch (wait_for_wake(waiter, deadline_tsc, true)) {
    case WaitEnd::Woken:
        return {};
    case WaitEnd::TimedOut:
        return fail(Errno::TIMEDOUT);
    case WaitEnd::Interrupted:
        if (has_deliverable(current_task()))
            return fail(Errno::INTR);
        return {}; // for something else: the caller looks again
    }
    return {};
}

} // namespace exo::hpc
