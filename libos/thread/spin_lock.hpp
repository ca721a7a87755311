// A lock for the kit's short critical sections. Its holder is masked, so that no upcall of the same vcore can
// want it again: what it protects must be mapped, and no exception may happen inside. Not for waiting: mutex.hpp.
#pragma once

#include "libos/upcall/mask.hpp"

#include <atomic>

namespace exo {

class SpinLock {
public:
    void acquire() {
        while (held_.exchange(true, std::memory_order_acquire)) { // pairs with the release in `release`
            while (held_.load(std::memory_order_relaxed))
                pause();
        }
    }
    bool try_acquire() { return !held_.exchange(true, std::memory_order_acquire); }
    void release() { held_.store(false, std::memory_order_release); }

private:
    std::atomic<bool> held_{false};
};

// Masked, and holding the lock, until the end of the block.
class SpinGuard {
public:
    explicit SpinGuard(SpinLock& lock) : lock_(lock) { lock_.acquire(); }
    ~SpinGuard() { lock_.release(); }
    SpinGuard(const SpinGuard&) = delete;
    SpinGuard& operator=(const SpinGuard&) = delete;

private:
    MaskGuard mask_; // first member: unmasked last
    SpinLock& lock_;
};

// The same for code that is masked already.
class LockGuard {
public:
    explicit LockGuard(SpinLock& lock) : lock_(lock) { lock_.acquire(); }
    ~LockGuard() { lock_.release(); }
    LockGuard(const LockGuard&) = delete;
    LockGuard& operator=(const LockGuard&) = delete;

private:
    SpinLock& lock_;
};

} // namespace exo
