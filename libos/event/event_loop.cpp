// See event_loop.hpp.
#include "libos/event/event_loop.hpp"

#include "libos/time/clock.hpp"
#include "libos/upcall/vcore.hpp"

namespace exo {

void EventLoop::post(Task& task) {
    if (task.posted.exchange(true, std::memory_order_acq_rel))
        return;
    Thread* runner;
    {
        SpinGuard guard(lock_);
        tasks_.push(task);
        runner = runner_;
    }
    if (runner)
        runner->unpark();
}

void EventLoop::run(std::uint64_t deadline_tsc) {
    {
        SpinGuard guard(lock_);
        runner_ = &this_thread();
        stopping_ = false;
    }
    for (bool expired = false;;) {
        Task* task;
        bool stopping;
        {
            SpinGuard guard(lock_);
            task = tasks_.pop();
            stopping = stopping_;
        }
        if (task) {
            task->posted.store(false, std::memory_order_release); // from here on it may be posted again
            task->run(*task);
        } else if (stopping || expired) {
            break;
        } else {
            expired = !thread_park(deadline_tsc) && tsc() >= deadline_tsc;
        }
    }
    SpinGuard guard(lock_);
    runner_ = nullptr;
}

void EventLoop::stop() {
    Thread* runner;
    {
        SpinGuard guard(lock_);
        stopping_ = true;
        runner = runner_;
    }
    if (runner)
        runner->unpark();
}

} // namespace exo
