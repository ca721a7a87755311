// Threads that wait for the same thing, in order of arrival, each with an optional deadline. The base of mutexes,
// conditions and address waits: whoever takes a waiter out of the list, by a wake or by its deadline, decides how its wait ended.
#pragma once

#include "libos/thread/run_queue.hpp"
#include "libos/thread/spin_lock.hpp"
#include "libos/thread/thread.hpp"

namespace exo {

class WaitList;

// Lives on the waiting thread's stack.
struct Waiter {
    Thread* thread = nullptr;
    Waiter* next = nullptr;
    WaitList* list = nullptr; // changes under the lock of the list it is in
    std::uint64_t key = 0;    // for lists that share waiters of several addresses
    std::uint32_t bits = ~0u; // a wake with none of these bits passes it by
    std::atomic<bool> woken{false};
};

class WaitList {
public:
    // Adds the waiter; the list's lock is held by the caller.
    void add_locked(Waiter& waiter);
    bool remove_locked(Waiter& waiter);
    // Takes the first out; nullptr when there is none.
    Waiter* take_locked();
    template <typename Wanted>
    Waiter* take_first_locked(Wanted&& wanted) {
        return queue_.take_first(wanted);
    }
    bool empty_locked() const { return queue_.empty(); }
    SpinLock& lock() { return lock_; }

private:
    SpinLock lock_;
    FifoQueue<Waiter, &Waiter::next> queue_;
};

// Gives the vcore up until `wake` was called for the waiter, or the deadline passes, or `interruptible` and the thread was
// unparked. False when it was not woken; then the caller takes it out of its list (settle). Masked.
bool wait_for_wake(Waiter& waiter, std::uint64_t deadline_tsc, bool interruptible);
// Ends a wait that was not woken: takes the waiter out of whatever list it is in now; true when a wake came first after all.
bool settle(Waiter& waiter);
// Makes a waiter that was taken out of its list run again. Do not touch the waiter afterwards.
void wake(Waiter& waiter);

} // namespace exo
