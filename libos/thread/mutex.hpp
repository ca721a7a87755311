// A lock that its waiters sleep on, in order: unlocking with waiters hands it directly to the first, so that none
// starves. For threads of the kit, not for upcall handlers. Short sections without exceptions: spin_lock.hpp.
#pragma once

#include "libos/thread/thread.hpp"
#include "libos/thread/wait_list.hpp"
#include "libos/upcall/vcore.hpp"

namespace exo {

class Mutex {
public:
    void lock() {
        Thread* nobody = nullptr;
        if (!owner_.compare_exchange_strong(nobody, &this_thread(), std::memory_order_acquire))
            lock_slowly(); // pairs with the release in `unlock`
    }
    bool try_lock() {
        Thread* nobody = nullptr;
        return owner_.compare_exchange_strong(nobody, &this_thread(), std::memory_order_acquire);
    }
    // By its owner.
    void unlock() {
        if (waiting_.load(std::memory_order_relaxed)) {
            hand_over();
            return;
        }
        owner_.store(nullptr,
                     std::memory_order_seq_cst); // ordered against lock_slowly, which announces itself, then looks
        if (waiting_.load(std::memory_order_seq_cst))
            look_again();
    }
    bool owned() const { return owner_.load(std::memory_order_relaxed) == &this_thread(); }

private:
    void lock_slowly();
    void hand_over();
    void look_again();

    std::atomic<Thread*> owner_{nullptr};
    std::atomic<bool> waiting_{false}; // someone is in the list, or about to be
    WaitList waiters_;
};

class MutexGuard {
public:
    explicit MutexGuard(Mutex& mutex) : mutex_(mutex) { mutex_.lock(); }
    ~MutexGuard() { mutex_.unlock(); }
    MutexGuard(const MutexGuard&) = delete;
    MutexGuard& operator=(const MutexGuard&) = delete;

private:
    Mutex& mutex_;
};

} // namespace exo
