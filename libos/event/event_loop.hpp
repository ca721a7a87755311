// Runs small tasks one after the other on one thread: handlers of events post them from where they may not block.
#pragma once

#include "libos/thread/run_queue.hpp"
#include "libos/thread/spin_lock.hpp"
#include "libos/thread/thread.hpp"

namespace exo {

struct Task {
    void (*run)(Task& task) = nullptr;
    Task* next = nullptr;
    std::atomic<bool> posted{false};
};

class EventLoop {
public:
    // From any thread or handler. A task that is posted already is not posted twice.
    void post(Task& task);
    // Runs tasks on the calling thread until stop; returns at the deadline at the latest.
    void run(std::uint64_t deadline_tsc = no_deadline);
    void stop();

private:
    SpinLock lock_;
    FifoQueue<Task, &Task::next> tasks_;
    Thread* runner_ = nullptr;
    bool stopping_ = false;
};

} // namespace exo
