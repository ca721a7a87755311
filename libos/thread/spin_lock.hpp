// A lock for the kit's short critical sections. Its holder is masked, so that no upcall of the same vcore can
// want it again: what it protects must be mapped, and no exception may happen inside. Not for waiting: mutex.hpp.
#pragma once

#include "libos/upcall/mask.hpp"

#include <atomic>

namespace exo {

// False once the environment is known to have a single vcore: then whoever is masked is alone, the masked flag alone
// excludes others, and no locked instruction is needed to tell them anything. Set before others start.
inline constinit bool several_vcores = true;

class SpinLock {
public:
    void acquire() {
        if (!several_vcores) {
            held_.store(true, std::memory_order_relaxed);
            std::atomic_signal_fence(std::memory_order_acquire);
            return;
        }
        while (held_.exchange(true, std::memory_order_acquire)) { // pairs with the release in `release`
            while (held_.load(std::memory_order_relaxed))
                pause();
        }
    }
    bool try_acquire() {
        if (several_vcores)
            return !held_.exchange(true, std::memory_order_acquire);
        if (held_.load(std::memory_order_relaxed))
            return false;
        acquire();
        return true;
    }
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

// The next two are for masked code. A store that every other vcore sees before the storer looks at anything else.
template <typename T>
void store_then_look(std::atomic<T>& place, T value) {
    if (several_vcores) {
        place.store(value, std::memory_order_seq_cst);
    } else {
        place.store(value, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);
    }
}
// Replaces `expected` by `desired`; false when there was something else. Ordered as the store above.
template <typename T>
bool replace(std::atomic<T>& place, T expected, T desired) {
    if (several_vcores)
        return place.compare_exchange_strong(expected, desired, std::memory_order_seq_cst);
    if (place.load(std::memory_order_relaxed) != expected)
        return false;
    store_then_look(place, desired);
    return true;
}

} // namespace exo
