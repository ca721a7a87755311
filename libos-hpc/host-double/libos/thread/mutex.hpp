// Stands in for libos/thread/mutex.hpp in host tests: the same interface on the host's own mutex.
#pragma once

#include <atomic>
#include <mutex>

namespace exo {

class Mutex {
public:
    constexpr Mutex() = default;
    void lock() {
        mutex_.lock();
        owner_ = self();
    }
    bool try_lock() {
        const bool locked = mutex_.try_lock();
        if (locked)
            owner_ = self();
        return locked;
    }
    void unlock() {
        owner_ = nullptr;
        mutex_.unlock();
    }
    bool owned() const { return owner_ == self(); }

private:
    // Something that each thread has one of.
    static const void* self() {
        static thread_local char mark;
        return &mark;
    }

    std::mutex mutex_;
    std::atomic<const void*> owner_{nullptr};
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
