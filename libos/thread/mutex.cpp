// Mutexes and conditions, on wait lists. See mutex.hpp and condition.hpp.
#include "libos/thread/mutex.hpp"

#include "libos/thread/condition.hpp"

namespace exo {

void Mutex::lock_slowly() {
    Waiter waiter;
    waiter.thread = &this_thread();
    {
        SpinGuard guard(waiters_.lock());
        Thread* nobody = nullptr;
        if (owner_.compare_exchange_strong(nobody, waiter.thread, std::memory_order_acquire))
            return;
        waiters_.add(waiter);
        waiting_.store(true, std::memory_order_seq_cst);
        // The owner may have left between the two looks, seeing no waiter: then it is ours.
        nobody = nullptr;
        if (owner_.compare_exchange_strong(nobody, waiter.thread, std::memory_order_seq_cst)) {
            (void)waiters_.take_first([&waiter](const Waiter& candidate) { return &candidate == &waiter; });
            waiting_.store(!waiters_.empty(), std::memory_order_relaxed);
            return;
        }
    }
    (void)wait_for_wake(waiter, no_deadline, false);
}

// Someone came between the owner's look for waiters and its leaving. Whoever gets hold of the mutex first sees to them.
void Mutex::look_again() {
    Thread* nobody = nullptr;
    if (owner_.compare_exchange_strong(nobody, &this_thread(), std::memory_order_seq_cst))
        hand_over();
}

// The ownership goes to the first in line, who finds itself the owner when it wakes.
void Mutex::hand_over() {
    Waiter* first;
    {
        SpinGuard guard(waiters_.lock());
        first = waiters_.take();
        waiting_.store(!waiters_.empty(), std::memory_order_seq_cst);
        owner_.store(first ? first->thread : nullptr, std::memory_order_seq_cst);
    }
    if (first)
        wake(*first);
}

bool Condition::wait(Mutex& mutex, std::uint64_t deadline_tsc) {
    Waiter waiter;
    waiter.thread = &this_thread();
    {
        SpinGuard guard(waiters_.lock());
        waiters_.add(waiter);
    }
    mutex.unlock();
    const WaitEnd end = wait_for_wake(waiter, deadline_tsc, false);
    mutex.lock();
    return end == WaitEnd::Woken;
}

void Condition::wake_one() {
    Waiter* first;
    {
        SpinGuard guard(waiters_.lock());
        first = waiters_.take();
    }
    if (first)
        wake(*first);
}

void Condition::wake_all() {
    for (;;) {
        Waiter* first;
        {
            SpinGuard guard(waiters_.lock());
            first = waiters_.take();
        }
        if (!first)
            return;
        wake(*first);
    }
}

} // namespace exo
