// See wait_list.hpp.
#include "libos/thread/wait_list.hpp"

#include "libos/thread/switching.hpp"
#include "libos/time/clock.hpp"

namespace exo {

bool withdraw(Waiter& waiter) {
    while (WaitList* list = waiter.list.load(std::memory_order_relaxed)) {
        SpinGuard guard(list->lock());
        if (waiter.list.load(std::memory_order_relaxed) != list)
            continue; // moved to another list meanwhile
        return list->take_first([&waiter](const Waiter& candidate) { return &candidate == &waiter; }) != nullptr;
    }
    while (!waiter.woken.load(std::memory_order_acquire)) // pairs with the release in `wake`
        pause();
    return false;
}

void wake(Waiter& waiter) {
    MaskGuard mask;
    wake_masked(waiter);
}

WaitEnd wait_for_wake(Waiter& waiter, std::uint64_t deadline_tsc, bool interruptible) {
    MaskGuard mask;
    Scheduler& all = scheduler();
    Thread& thread = this_thread();
    WaitEnd end = WaitEnd::Woken;
    const auto over = [&] {
        if (waiter.woken.load(std::memory_order_seq_cst))
            return true;
        if (interruptible && thread.permit_.load(std::memory_order_seq_cst)) {
            end = WaitEnd::Interrupted;
            return true;
        }
        return false;
    };
    const bool timed = deadline_tsc != no_deadline;
    while (!over()) {
        if (timed && tsc() >= deadline_tsc) {
            end = WaitEnd::TimedOut;
            break;
        }
        if (timed)
            all.set_deadline(deadline_tsc);
        all.prepare_to_park();
        if (over() && all.cancel_park())
            break;
        all.switch_away();
    }
    if (timed)
        all.clear_deadline();
    if (end != WaitEnd::Woken && !withdraw(waiter))
        end = WaitEnd::Woken;
    if (end == WaitEnd::Interrupted)
        thread.permit_.store(0, std::memory_order_seq_cst);
    return end;
}

} // namespace exo
