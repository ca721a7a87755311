// Threads that wait for the same thing, in order of arrival, each with an optional deadline. The base of mutexes,
// conditions and address waits: whoever takes a waiter out of its list, by a wake or after its deadline, decides how
// its wait ended.
#pragma once

#include "libos/thread/run_queue.hpp"
#include "libos/thread/spin_lock.hpp"
#include "libos/thread/thread.hpp"

namespace exo {

class WaitList;

// Lives on the waiting thread's stack. Once woken is set, it may be gone.
struct Waiter {
    Thread* thread = nullptr;
    Waiter* next = nullptr;
    std::atomic<WaitList*> list{nullptr}; // changes under the lock of the list it is in; null: taken out
    std::uint64_t key = 0;                // for lists that share waiters of several addresses
    std::uint32_t bits = ~0u;             // a wake with none of these bits passes it by
    std::atomic<bool> woken{false};
};

class WaitList {
public:
    SpinLock& lock() { return lock_; }

    // All with the lock held.
    void add(Waiter& waiter) {
        waiter.list.store(this, std::memory_order_relaxed);
        queue_.push(waiter);
    }
    bool empty() const { return queue_.empty(); }
    // The first for which `wanted` holds, taken out; nullptr when there is none.
    template <typename Wanted>
    Waiter* take_first(Wanted&& wanted) {
        Waiter* waiter = queue_.take_first(wanted);
        if (waiter)
            waiter->list.store(nullptr, std::memory_order_relaxed);
        return waiter;
    }
    Waiter* take() {
        return take_first([](const Waiter&) { return true; });
    }
    template <typename Visit>
    void for_each(Visit&& visit) {
        (void)queue_.take_first([&visit](const Waiter& waiter) {
            visit(waiter);
            return false;
        });
    }

private:
    SpinLock lock_;
    FifoQueue<Waiter, &Waiter::next> queue_;
};

enum class WaitEnd : std::uint8_t { Woken, TimedOut, Interrupted };

// Gives the vcore up until the waiter, which is in a list, is woken, its deadline passes, or, if `interruptible`, its
// thread is unparked. Afterwards it is in no list. From the running thread, masked or not.
WaitEnd wait_for_wake(Waiter& waiter, std::uint64_t deadline_tsc, bool interruptible);
// Takes a waiter out of whatever list it is in by now. False when a wake has taken it first, which is over then.
bool withdraw(Waiter& waiter);
// Lets a waiter that was taken out of its list go on. With no lock of a list held, or any.
void wake(Waiter& waiter);

} // namespace exo
